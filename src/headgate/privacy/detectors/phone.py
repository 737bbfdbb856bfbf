"""Telephone numbers: by their form alone where it is unmistakable, else by the words around.

Unmistakable are the international form, the North American one with dashes, dots or
brackets, an area code in brackets, a trunk zero with separators, and, where no other digits
are near, groups that no amount and no list has. Anything else (eight digits in two groups,
ten in one) is also how people write amounts, lists and ids, and counts only near a word such
as `phone`, `call` or `reach`.
"""

import re
from collections.abc import Iterator, Sequence

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers.calling_codes import is_complete
from headgate.privacy.text import Form, Number, Text
from headgate.privacy.words import Words

_DATE = (
    r"(?!(?:19|20)[0-9]{2}([ ./-])[01]?[0-9]\1[0-3]?[0-9](?![0-9]))"
    r"(?![0-3]?[0-9]([ ./-])[0-3]?[0-9]\2(?:19|20)[0-9]{2}(?![0-9]))"
)
_INTERNATIONAL = re.compile(
    r"(?:\+|00[ .-]?)\(?([0-9]{1,2})[0-9]{0,12}\)?"
    r"(?:(?: ?\([0-9]{1,4}\)[ -]?|[ ./-]| - )[0-9]{1,12}){0,6}"
)
_AMERICAN = re.compile(
    r"(?:1[ .-]?)?(?:\([2-9][0-9]{2}\)[ .-]{0,2}[0-9]{3}[ .-]?"
    r"|[2-9][0-9]{2}(?:([.-])[0-9]{3}\1|[ .-][0-9]{3}-))[0-9]{4}"
)
_AMERICAN_FORM = re.compile(rb"(?:0[ .-]?)?(?:\(000\)[ .-]{0,2}000[ .-]?|000[ .-]000[ .-])0000")
_BRACKETS = re.compile(r"\(0?[1-9][0-9]{0,3}\)[ -]?[0-9]{3,4}(?:[ .-]?[0-9]{2,4}){1,2}")
_TRUNK = re.compile(
    # Three, two and four digits are a social security number; five and four a postal code.
    r"(?!(?:[0-9]{3}[ .-][0-9]{2}[ .-]|[0-9]{5}-)[0-9]{4}(?![0-9]))"
    + _DATE
    # Three digits before the first separator are no day and no hour: any mixture will do.
    + r"(?:0[1-9][0-9]{1,3}(?:[ ./-][0-9]{2,8}){1,5}"
    r"|0[1-9](?:[ .-][0-9]{2}){4}"
    r"|0[1-9][0-9]{0,3}[ ./-][0-9]{2,8}(?:([ .-])[0-9]{2,4}(?:\3[0-9]{2,4}){0,2})?)(?![0-9])"
)
_LOOSE = re.compile(_DATE + r"\(?[0-9]{2,12}\)?(?:[ .-][0-9]{2,8}){0,5}")
# `00…` without a separator is as likely a padded id; `+1.5…` is a number unless it has the
# length of a registry's `+46.802429806`.
_AMOUNT = re.compile(
    r"00[0-9]+|\+(?!0[0-9]|1\.[0-9]{10}\Z|[0-9]{2,3}\.[0-9]{9,12}\Z)[0-9]+\.[0-9]+"
)
_NOT_LOOSE = re.compile(
    r"[0-9]+\.[0-9]+|(?:[0-9]{1,3}\.){3}[0-9]{1,3}|(?:19|20)[0-9]{2}[ -](?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])"
)
_DOTTED = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_DIGIT_LINE = re.compile(r"[0-9]")
_SIX_DIGITS = re.compile(r"[0-9]{2}([ -])[0-9]{2}\1[0-9]{2}")
_EXTENSION = re.compile(r",? ?(?:x|ext\.?|extension|#) ?[0-9]{1,6}(?![0-9])", re.I)
_NOT_DIGITS = re.compile(r"[^0-9]+")

_UNASSIGNED = frozenset({"28", "83", "89"})
"""First two digits that begin no country's code."""
_GROUPINGS = frozenset(
    {(3, 3, 4), (3, 4, 4), (2, 4, 4), (2, 3, 4), (3, 2, 3), (3, 3, 2, 2), (2, 3, 2, 2)}
    | {(3, 2, 2, 2), (2, 2, 3, 2), (4, 2, 2, 2), (4, 3, 3)}
)
"""Sizes of groups that countries write, and that thousands, dates and lists do not have."""

# Matched against lower case: ignoring case would cost `re` its shortcuts.
_WORDS = (
    r"(?:phone|t[eé]l[eéè][fp]|mobile|mobil\b|call.?back|toll.?free|whats.?app|voice.?mail"
    r"|\b(?:cell|fax|desk|t[eé]l|tlf|tfn|ph|mob|handy|sms|viber|telegram|pager|switchboard"
    r"|text(?:s|ed|ing)?|call(?:s|ed|ing|er)?|dial(?:s|ed|ling|ing)?|ring(?:ing)?|rang|buzz"
    r"|reach(?:es|ed|able|ing)?|contact(?:s|ed|ing)?|speak(?:ing)?|talk(?:ing)?|touch|hold of"
    r"|answer(?:s|ed|ing)?|pick(?:s|ed|ing)? up|hang(?:s|ing)? up|messag(?:e|es|ed|ing)"
    r"|registered|hotline|helpline|landline|subscriber|sim|prepaid|porting|roaming|direct line"
    r"|(?:my|his|her|our|their|your|new|old|work|home|office|emergency|same|another|wrong|the)"
    r" (?:\w+ )?numbers?|rufnummer|handynummer|anrufen|erreichbar|erreichen|num[eé]ro|m[oó]vil"
    r"|cellulare|portable|ll[aá]m[ae]\w*|llamar|chiam\w{1,6}|appele[rz]|joindre|ligue|ligar|bel"
    r"|bellen|puhelin\w*|zadzwo\w+|volejte|hívj\w*)\b"
    r"|电话|電話|手机|手機|携帯|전화|тел|звон|هاتف|טלפון|τηλ)"
)
_NEAR = re.compile(_WORDS)
# For digits in one piece: the word, and then nothing that ends a thought.
_LEADS_UP = re.compile(_WORDS + r"\w{0,8}\.?(?:[^0-9\n.;?!]|\.(?! )){0,36}\Z")
_AFTER = re.compile(
    r"(?: ?[(-]|,) ?(?:phone|mobile|cell|tel|fax|home|work|office|desk|direct)\b"
    r"|,? (?:is|was) (?:my|his|her|our|their|your|the)\b[^.\n]{0,24}"
    r"\b(?:phone|mobile|cell|number)\b",
)
# The least that makes a number one to call: `at 9469 9966.`
_AT = re.compile(r"\b(?:at|on|via) \Z")
_FULL_STOP = re.compile(
    r"[.,;:?!)]{0,2}(?:\s*\Z|\n| (?:or|and|if|for|when|before|after|between)\b)"
)
_SOMETHING_ELSE = re.compile(
    r"\b(?:id|order|ticket|case|account|acct|invoice|ref|reference|serial|imei|model|zip|tracking"
    r"|card|page|line|port|version|error|code|function|licen[cs]e|passport|member|policy|npi|mrn"
    r"|ssn|security|tax|routing|employee|student|customer|patient|room|pin|record|claim|isbn|badge"
    r"|certificate|transaction|cve|iban|batch)(?: (?:number|num|no\.?|is|of))*[:#* \"'=(-]{0,4}\Z",
)
NEAR_CHARACTERS = 56
_ONE_GAP = ({" "}, {"-"})
SHORTEST = 6
_LEADS = ("+", "(")
_BLANKS = frozenset({"", " ", "\t", "\n"})
_LINE_STARTS = frozenset({"", "\n"})
_PARTS = (
    *("phone", "telef", "telep", "télé", "telé", "mobil", "callback", "tollfree", "whatsapp"),
    "voicemail",
)
_GATE_WORDS = (
    "tel tél telp tlf tfn ph mob cell fax desk handy sms viber telegram pager switchboard text "
    "texts texted texting call calls called calling caller dial dials dialed dialling dialing "
    "ring ringing rang buzz reach reaches reached reachable reaching contact contacts contacted "
    "contacting speak speaking talk talking touch hold answer answers answered answering pick "
    "picks picked hang hangs message messages messaged messaging registered hotline helpline "
    "landline subscriber sim prepaid porting roaming direct number numbers anrufen erreichbar "
    "erreichen numéro numero móvil movil cellulare portable llama llame lláma llamar llámame "
    "llámeme llamame chiama chiamami chiamare chiamate appeler appelez joindre ligue ligar bel "
    "bellen puhelin puhelinnumero mobil toll whats voice back home work office téléphone "
)
_GATE = Words(_GATE_WORDS, numbered=False)
"""One of these or of `_PARTS` occurs wherever `_WORDS` or `_AFTER` match, in western letters."""
APART = 12
"""Characters without a digit around a number that only its grouping shows."""
COMPLETE, FORMED, ANNOUNCED, GROUPED = 1.0, 0.8, 0.7, 0.6
"""Scores: of a length its country has, of a sure form, by the words around, by its groups."""


def _find(text: Text) -> Iterator[Hit]:
    numbers = text.numbers(_places)
    if not numbers:
        return
    is_announced = _may_be_announced(text)
    value = text.value
    for number, places in numbers:
        done = 0
        for at, is_formed in places:
            start = number.begin(at)
            if start < done:
                continue
            if not (is_announced or is_formed or _may_be(value, start, is_first=not at)):
                continue
            hit = _at(text, number, at, is_announced=is_announced)
            if hit is not None:
                yield hit
                done = hit.end


def _may_be(value: str, start: int, *, is_first: bool) -> bool:
    """Whether it begins as one may that is neither announced nor of a form without a zero."""
    if value[start] == "0":
        return True
    return is_first and (value[start - 1 : start] in _LEADS or _begins_line(value, start))


def _places(form: Form) -> Sequence[tuple[int, bool]]:
    """Groups that one may begin with, and whether its form alone may tell, of any first digit
    but a zero and behind neither plus nor bracket.
    """
    last = len(form.written) - SHORTEST
    return [
        (at, _is_formed(form, at))
        for at, offset in enumerate(form.offsets)
        if offset <= last and not _continues(form, at)
    ]


def _is_formed(form: Form, at: int) -> bool:
    if at == 0 and form.sizes in _GROUPINGS and set(form.gaps) in _ONE_GAP:
        return True
    if at and form.gaps[at - 1].endswith("("):
        return True
    return _AMERICAN_FORM.match(form.written, form.offsets[at]) is not None


def _may_be_announced(text: Text) -> bool:
    """Whether there is any of the words that announce one."""
    if not text.value.isascii() or _GATE.occur(text):
        return True
    return any(part in text.lower for part in _PARTS)


def _at(text: Text, number: Number, at: int, *, is_announced: bool) -> Hit | None:
    """The telephone number that begins with group `at`; `None`: there is none."""
    value, start = text.value, number.begin(at)
    lead = value[start - 1 : start]
    if lead in {"+", "("}:
        start -= 2 if value[max(0, start - 2) : start] == "+(" else 1
    if _is_glued(text, start):
        return None
    end, score = _strong_end(value, start), FORMED
    # Further into a run of numbers than this, there is no word before and no use in looking.
    if end is None and lead != "+" and start - number.start < NEAR_CHARACTERS:
        if is_announced or _begins_line(value, start):
            end, score = _loose_end(text, start), ANNOUNCED
        if end is None and at == 0 and _is_grouped(text, number):
            end, score = number.end(-1), GROUPED
    if end is None or not _ends(text, start, end):
        return None
    if score == FORMED and _is_complete(value, start, end):
        score = COMPLETE
    extension = _EXTENSION.match(value, end)
    return Hit(start, extension.end() if extension else end, score=score)


def _begins_line(value: str, start: int) -> bool:
    """Whether `_stands_out` might say so: it is first in its line, or at the end of `at `."""
    if value[start - 1 : start] not in _BLANKS:
        return False
    before = value[max(0, start - 4) : start].lower()
    return before.strip(" \t")[-1:] in _LINE_STARTS or before.endswith(("at ", "on ", "via "))


def _is_complete(value: str, start: int, end: int) -> bool:
    digits = _digits(value[start:end])
    if value[start] == "+" or digits.startswith("00"):
        # The trunk zero of `+44 (0)20` is not dialled.
        return is_complete(digits.removeprefix("00")) or "(0)" in value[start:end]
    return value[start] not in "0(" or len(digits) == 10


def _is_grouped(text: Text, number: Number) -> bool:
    """Whether it is grouped like a telephone number, with no other digits around."""
    first, last = number.start, number.end(-1)
    if number.form.sizes not in _GROUPINGS or set(number.form.gaps) not in _ONE_GAP:
        return False
    around = text.shape[max(0, first - APART) : first] + text.shape[last : last + APART]
    before = text.value[max(0, first - NEAR_CHARACTERS) : first].lower()
    return b"0" not in around and not _SOMETHING_ELSE.search(before)


def _is_glued(text: Text, start: int) -> bool:
    """Whether a word, a time (`04:05.678`) or a thousand (`10,000 100`) leads into it."""
    before = text.shape[max(0, start - 2) : start]
    return before[-1:] in {b"0", b"a"} or before in {b"0:", b"0,"}


def _continues(form: Form, at: int) -> bool:
    """Whether group `at` only carries on the number, or the list, before it."""
    if at == 0:
        return False
    gap = form.gaps[at - 1]
    is_list = gap == " " and form.sizes[at - 1] == form.sizes[at]
    return is_list or gap in {"-", ".", "/"}


def _strong_end(value: str, start: int) -> int | None:
    """Where a number of unmistakable form ends."""
    first = value[start]
    if first in "+0" and (match := _INTERNATIONAL.match(value, start)):
        digits = _digits(match[0]).removeprefix("00")
        is_plausible = match[1] not in _UNASSIGNED and 8 <= len(digits) <= 15
        # A trunk zero after the plus is a mistake people make, with separators in between.
        if digits[0] == "0" and (first == "0" or match[0][1:].isdigit()):
            is_plausible = False
        if is_plausible and not _AMOUNT.fullmatch(match[0].rstrip(")")):
            return match.end()
    if first in "(123456789" and (match := _AMERICAN.match(value, start)):
        return match.end()
    if first == "(" and (match := _BRACKETS.match(value, start)):
        return match.end() if 8 <= len(_digits(match[0])) <= 12 else None
    if first == "0" and (match := _TRUNK.match(value, start)):
        return match.end() if 9 <= len(_digits(match[0])) <= 12 else None
    return None


def _loose_end(text: Text, start: int) -> int | None:
    """Where digits end that only the words around make a telephone number."""
    value = text.value
    match = _LOOSE.match(value, start)
    if match is None or _NOT_LOOSE.fullmatch(match[0]):
        return None
    digits = len(_digits(match[0]))
    if not (
        7 <= digits <= (12 if match[0].isdigit() else 13)
        or (digits == 6 and _SIX_DIGITS.fullmatch(match[0]))
    ):
        return None
    before = text.lower[max(0, start - NEAR_CHARACTERS) : start]
    after = text.lower[match.end() : match.end() + NEAR_CHARACTERS]
    context = _LEADS_UP if match[0].isdigit() else _NEAR
    if _AFTER.match(after):
        return match.end()
    is_announced = context.search(before) or (
        not match[0].isdigit() and _stands_out(match[0], before, after)
    )
    return match.end() if is_announced and not _SOMETHING_ELSE.search(before) else None


def _stands_out(written: str, before: str, after: str) -> bool:
    """Whether groups of digits are all that a line has, or what something is at."""
    if _DOTTED.fullmatch(written) or len(min(_NOT_DIGITS.split(written.strip("()")), key=len)) < 2:
        return False
    if _AT.search(before):
        return _FULL_STOP.match(after) is not None
    above, _, line = before.rpartition("\n")
    rest, _, below = after.partition("\n")
    return (
        not line.strip()
        and not rest.strip()
        and not _DIGIT_LINE.search(f"{above[-12:]}{below[:12]}")
    )


def _digits(written: str) -> str:
    return _NOT_DIGITS.sub("", written)


def _ends(text: Text, start: int, end: int) -> bool:
    """Nothing of the same number follows."""
    value = text.value
    if text.is_word_at(end):
        return _EXTENSION.match(value, end) is not None
    if not value[end + 1 : end + 2].isdigit():
        return True
    return value[end] not in "-./" and not (value[end] == " " and " " in value[start:end])


DETECTOR = Detector(
    name="phone",
    find=_find,
    examples=(
        "+44 20 7946 0958",
        "+1-604-696-5272x565",
        "+41 (0)62 585 51 90",
        "+447700 900 123",
        "+14155552671",
        "001-253-366-9781",
        "(602)272-9781 ext. 12",
        "call 415-555-2671 today",
        "415.555.2671",
        "1-800-555-0199",
        "030/1234567",
        "03.93.92.16.85",
        "07700 900 123",
        "0961-7596216",
        "(03) 5327 5996",
        "my phone number is 5403926876",
        "Call Tom at 8863543 or come by",
        "785 8949 is my mobile number",
        "toll-free: 8005551234",
        "+46.802429806",
        "You can reach me at 9469 9966",
        '{"phone": "5403926876"}',
        "Tel: 71 33 52 22",
        "４１５-５５５-２６７１",
        "415\u2011555\u20112671",
        "415\u200b-555\u200b-2671",
        "我的电话13812345678",
        "手机：138 1234 5678",
    ),
    counter_examples=(
        "on 2023-11-23 12:34:56",
        "03.04.2023 and 01/02/2023 and 23-11-2023",
        "version 1.22.333.4444",
        "order 5403926876",
        "id 1234567890",
        "a total of 374 780 163 people",
        "3.14159265358979",
        "0.1234567",
        "from 1990-2000",
        "call function 12345678",
        "phone support, ticket 12345678",
        '{"mobile":true,"id":12345678}',
        "call me on 20231115",
        "+1.41421356",
        "12345678 mobile users",
        "1700000000",
        "86.121.97.248",
        "550e8400-e29b-41d4-a716-446655440000",
        "ISBN 978-3-16-148410-0",
        "x+12345678",
        "f(12) 345-678",
        "01 02 03 04 05 06 07 08",
        "10,000 1001 901",
        "03:04:05.6789010",
        "h = 69069 + 907133923",
        "Decimal('+35236450.6')",
        "192.168.100.200",
        "12345678901234567890",
        "2 000 000 lines in 10 000 files",
        "Boston, MA 02110-1301",
    ),
)
