"""US social security numbers, and taxpayer numbers of the same form.

Three, two and four digits with dashes or dots are hardly ever anything else; with spaces, where
no other digits are near. In one piece, the text has to say what they are.
"""

import re
from collections.abc import Iterator, Sequence

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Form, Number, Text

_CONTEXT = re.compile(
    r"social.?(?:sec|ins|num|no\b)|\bssns?(?![a-z])|\bss ?#|\bitin\b|taxpayer|tax ?id|\btin\b"
)
_CHECKED = re.compile(
    r"\b(?:confirm|verif|identif|validat|authenticat|security|record|on file|my number|digits"
    r"|us(?:e|ing)\b)"
)
_SOMETHING_ELSE = re.compile(
    r"(?:passport|licen[cs]e|\bid ?card|account|acct|routing|phone|order|invoice|zip"
    r"|postcode)\W{0,3}(?:(?:number|num|no)\b\W{0,4})?(?:is )?\Z"
)
# One of these occurs in whatever the pattern matches; looking for them is ten times as fast.
_IN_CONTEXT = ("social", "ss", "itin", "tax", "tin")
_IN_CHECKED = (
    *("confirm", "verif", "identif", "validat", "authenticat", "security", "record", "on file"),
    *("my number", "digits", "us"),
)
_IN_SOMETHING_ELSE = (
    *("passport", "licen", "card", "account", "acct", "routing", "phone", "order", "invoice"),
    *("zip", "postcode"),
)
CONTEXT_CHARACTERS = 48
APART = 12
_TAXPAYER_GROUPS = frozenset(
    str(group) for group in range(50, 100) if group not in {66, 67, 68, 69, 89, 93}
)
"""Middle digits of the taxpayer numbers, which begin with 9."""
_ADVERTISED = "98765432"
"""Begins the taxpayer numbers set aside for examples in print."""
_GAPS = frozenset({"-", " ", "."})
DASHED, DOTTED, NAMED, CHECKED = 0.9, 0.8, 1.0, 0.7


def _find(text: Text) -> Iterator[Hit]:
    for number, places in text.numbers(_places):
        for at in places:
            size = number.form.sizes[at]
            if size == 3:
                score = _grouped(text, number, at)
                if score:
                    yield Hit(number.begin(at), number.end(at + 2), score=score)
            elif size == 9:
                if _is_plain(text, number, at):
                    yield Hit(number.begin(at), number.end(at))
            elif _is_named(text, number.start):
                yield Hit(number.start, number.end(-1))


def _places(form: Form) -> Sequence[int]:
    """Groups that one may begin with: of three digits, of nine, or the first of nine of one."""
    sizes = form.sizes
    if sizes == (1,) * 9:
        return [0]
    return [at for at, size in enumerate(sizes) if size == 9 or _is_grouped(form, at)]


def _is_grouped(form: Form, at: int) -> bool:
    """Three, two and four digits with one separator, not the middle of something longer."""
    if form.sizes[at : at + 3] != (3, 2, 4):
        return False
    gap = form.gaps[at]
    if gap not in _GAPS or form.gaps[at + 1] != gap:
        return False
    return gap not in {form.gaps[at - 1] if at else "", *form.gaps[at + 2 : at + 3]}


def _grouped(text: Text, number: Number, at: int) -> float:
    """How sure it is that three groups are one."""
    area, group, serial = number.groups(at, at + 2)
    start, gap = number.begin(at), number.form.gaps[at]
    if not _stands_alone(text, start, number.end(at + 2)):
        return 0
    if _is_named(text, start):
        return NAMED if _may_exist(area, group, serial, is_named=True) else 0
    is_checked = _precedes(_CHECKED, _IN_CHECKED, text, start) or _is_isolated(text, number)
    if (area + group + serial).startswith(_ADVERTISED) or _is_something_else(text, start):
        return 0
    if not _may_exist(area, group, serial, is_named=is_checked):
        return 0
    if gap == " ":
        return CHECKED if is_checked else 0
    return DASHED if gap == "-" else DOTTED


def _is_isolated(text: Text, number: Number) -> bool:
    """Whether there are no other digits around: it stands in no table and no list."""
    first, last = number.start, number.end(-1)
    around = text.shape[max(0, first - APART) : first] + text.shape[last : last + APART]
    return len(number.form.sizes) == 3 and b"0" not in around


def _is_plain(text: Text, number: Number, at: int) -> bool:
    digits, start = number.group(at), number.begin(at)
    return (
        _stands_alone(text, start, start + 9)
        and _may_exist(digits[:3], digits[3:5], digits[5:], is_named=True)
        and _is_named(text, start)
    )


def _may_exist(area: str, group: str, serial: str, *, is_named: bool) -> bool:
    """Areas 000, 666 and 900 up are never issued; some of 900 up are taxpayer numbers."""
    if area in {"000", "666"} or group == "00" or serial == "0000":
        return False
    return area < "900" or is_named or group in _TAXPAYER_GROUPS


def _is_named(text: Text, start: int) -> bool:
    return _precedes(_CONTEXT, _IN_CONTEXT, text, start) and not _is_something_else(text, start)


def _is_something_else(text: Text, start: int) -> bool:
    return _precedes(_SOMETHING_ELSE, _IN_SOMETHING_ELSE, text, start)


def _precedes(words: re.Pattern[str], parts: tuple[str, ...], text: Text, start: int) -> bool:
    first = max(0, start - CONTEXT_CHARACTERS)
    if not any(map(text.lower[first:start].__contains__, parts)):
        return False
    return words.search(text.lower, first, start) is not None


def _stands_alone(text: Text, start: int, end: int) -> bool:
    return not text.is_word_at(start - 1) and not text.is_word_at(end)


DETECTOR = Detector(
    name="ssn",
    find=_find,
    examples=(
        "SSN 123-45-6789",
        "it is 853-37-1694, thanks",
        "social security number: 123 45 6789",
        "ssn=123456789",
        "ITIN 912-70-1234",
        "123\u201145\u20116789",
        "１２３-４５-６７８９",
        "check against 516.64.7526 please",
        "confirm using 598 27 6059",
        "SSN: 5 5 5 - 1 2 - 3 4 5 6",
        "taxpayer 912-70-1234",
        "number 912-70-1234",
    ),
    counter_examples=(
        "000-12-3456",
        "666-12-3456",
        "use 987-65-4321 as an example",
        "123-00-4567",
        "123-45-0000",
        "order 123456789",
        "table 123 45 6789, 124 46 6790",
        "2270-123-45-6789",
        "2023-11-23",
        "A123-45-6789",
        "social security benefits, passport number 145103306",
        "913-00-1234",
        "1.123.45.6789",
    ),
)
