"""US social security numbers, and taxpayer numbers where the text says what they are."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Number, Text

_CONTEXT = re.compile(
    r"social.?(?:sec|ins|num|no\b)|\bssns?\b|\bss ?#|\bitin\b|taxpayer|tax ?id|\btin\b", re.I
)
CONTEXT_CHARACTERS = 48


def _find(text: Text) -> Iterator[Hit]:
    for number in text.numbers:
        groups = number.groups
        for at in range(len(groups)):
            if len(groups[at]) == 3 and at + 2 < len(groups):
                if _is_grouped(text, number, at):
                    yield Hit(number.starts[at], number.end(at + 2))
            elif len(groups[at]) == 9 and _is_plain(text, number, at):
                yield Hit(number.starts[at], number.end(at))


def _is_grouped(text: Text, number: Number, at: int) -> bool:
    """Three, two and four digits, whole: not the middle of something longer."""
    area, group, serial = number.groups[at : at + 3]
    gap = number.gaps[at]
    if len(group) != 2 or len(serial) != 4 or number.gaps[at + 1] != gap or len(gap) > 1:
        return False
    if gap in {number.gaps[at - 1] if at else "", *number.gaps[at + 2 : at + 3]}:
        return False
    if gap not in "- ." or not _stands_alone(text, number.starts[at], number.end(at + 2)):
        return False
    # Dashes are how they are written; other separators also part other numbers.
    is_named = _is_named(text, number.starts[at])
    return (gap == "-" or is_named) and _may_exist(area, group, serial, is_named=is_named)


def _is_plain(text: Text, number: Number, at: int) -> bool:
    digits, start = number.groups[at], number.starts[at]
    return (
        _stands_alone(text, start, start + 9)
        and _may_exist(digits[:3], digits[3:5], digits[5:], is_named=True)
        and _is_named(text, start)
    )


def _may_exist(area: str, group: str, serial: str, *, is_named: bool) -> bool:
    """Areas 000, 666 and 900 up are never issued; 900 up are taxpayer numbers."""
    if area in {"000", "666"} or group == "00" or serial == "0000":
        return False
    return area < "900" or is_named


def _is_named(text: Text, start: int) -> bool:
    return _CONTEXT.search(text.value, max(0, start - CONTEXT_CHARACTERS), start) is not None


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
    ),
    counter_examples=(
        "000-12-3456",
        "666-12-3456",
        "987-65-4321",
        "123-00-4567",
        "123-45-0000",
        "order 123456789",
        "table 123 45 6789",
        "2270-123-45-6789",
        "2023-11-23",
        "A123-45-6789",
    ),
)
