"""Telephone numbers: by their form alone where it is unmistakable, else by the words around.

Unmistakable are the international form, the North American one with dashes, dots or
brackets, an area code in brackets, a trunk zero with separators, and, where no other digits
are near, groups that no amount and no list has. Anything else (eight digits in two groups,
ten in one) is also how people write amounts, lists and ids, and counts only near a word such
as `phone`, `call` or `reach`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers import phone_words as words
from headgate.privacy.identifiers.calling_codes import is_complete
from headgate.privacy.text import Form, Number, Text

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
_LOOSE_FORM = re.compile(rb"0{2,12}\)?(?:[ .-]0{2,8}){0,5}")
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

# The least that makes a number one to call: `at 9469 9966.`
_AT = re.compile(r"\b(?:at|on|via) \Z")
_FULL_STOP = re.compile(
    r"[.,;:?!)]{0,2}(?:\s*\Z|\n| (?:or|and|if|for|when|before|after|between)\b)"
)
_ONE_GAP = ({" "}, {"-"})
SHORTEST = 6
_LEADS = ("+", "(")
_MAY_LEAD = frozenset(" \t\nTtNnAa")
_LINE_STARTS = frozenset({"", "\n"})
APART = 12
"""Characters without a digit around a number that only its grouping shows."""
Needs = Literal["nothing", "a word", "a lead"]
NOTHING: Needs = "nothing"
A_WORD: Needs = "a word"
A_LEAD: Needs = "a lead"
"""What may make a number of digits of some form: it does itself, words near it, a plus."""
COMPLETE, FORMED, ANNOUNCED, GROUPED = 1.0, 0.8, 0.7, 0.6
"""Scores: of a length its country has, of a sure form, by the words around, by its groups."""


def _find(text: Text) -> Iterator[Hit]:
    value = text.value
    for number, places in text.numbers(_places):
        done = 0
        for at, needs in places:
            start = number.begin(at)
            if start < done:
                continue
            has_lead = value[start] == "0" or value[start - 1 : start] in _LEADS
            if not has_lead and (
                needs == A_LEAD or (needs == A_WORD and not _has_words(text, number, at))
            ):
                continue
            hit = _at(text, number, at)
            if hit is not None:
                yield hit
                done = hit.end


def _has_words(text: Text, number: Number, at: int) -> bool:
    """Whether there may be words near it that make it one, or it begins a line."""
    start = number.begin(at)
    if at == 0 and _begins_line(text.value, start):
        return True
    return words.may_stand(text, start, number.end(-1))


def _places(form: Form) -> Sequence[tuple[int, Needs]]:
    """Groups that one may begin with, and what each needs for that, unless it is a zero."""
    last = len(form.written) - SHORTEST
    return [
        (at, _needs(form, at))
        for at, offset in enumerate(form.offsets)
        if offset <= last and not _continues(form, at)
    ]


def _needs(form: Form, at: int) -> Needs:
    if at == 0 and form.sizes in _GROUPINGS and set(form.gaps) in _ONE_GAP:
        return NOTHING
    if at and form.gaps[at - 1].endswith("("):
        return NOTHING
    if _AMERICAN_FORM.match(form.written, form.offsets[at]):
        return NOTHING
    loose = _LOOSE_FORM.match(form.written, form.offsets[at])
    return A_WORD if loose and _may_be_loose(loose[0].decode()) else A_LEAD


def _may_be_loose(written: str) -> bool:
    """Whether it has as many digits as a number that only words announce, and no other form."""
    if _NOT_LOOSE.fullmatch(written):
        return False
    digits = len(_digits(written))
    longest = 12 if written.isdigit() else 13
    return 7 <= digits <= longest or (digits == 6 and _SIX_DIGITS.fullmatch(written) is not None)


def _at(text: Text, number: Number, at: int) -> Hit | None:
    """The telephone number that begins with group `at`; `None`: there is none."""
    value, start = text.value, number.begin(at)
    lead = value[start - 1 : start]
    if lead in {"+", "("}:
        start -= 2 if value[max(0, start - 2) : start] == "+(" else 1
    if _is_glued(text, start):
        return None
    end, score = _strong_end(value, start), FORMED
    # Further into a run of numbers than this, there is no word before and no use in looking.
    if end is None and lead != "+" and start - number.start < words.NEAR_CHARACTERS:
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
    last = value[start - 1 : start]
    if start > 1 and last != "\n" and not (last in " \t" and value[start - 2] in _MAY_LEAD):
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
    return b"0" not in around and not words.say_something_else(words.before(text, first))


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
    if match is None or not _may_be_loose(match[0]):
        return None
    end, is_whole = match.end(), match[0].isdigit()
    if words.follow(text, end):
        return end
    before, after = words.before(text, start), words.after(text, end)
    if words.say_something_else(before):
        return None
    if words.precede(text, start, is_whole=is_whole):
        return end
    return end if not is_whole and _stands_out(match[0], before, after) else None


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
