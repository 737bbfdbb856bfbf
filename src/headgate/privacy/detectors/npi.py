"""National provider identifiers of American physicians, pharmacies and clinics."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers.announced import Announcement
from headgate.privacy.identifiers.check_digits import passes_luhn
from headgate.privacy.text import Text
from headgate.privacy.words import Words

_ANNOUNCED = Announcement(
    gate=Words("npi national provider"),
    words=r"npis?\b|national provider id(?:entifiers?)?\b|provider[ _]?id\b",
    value=r"[0-9]{10}",
)
_HEADING = re.compile(r"\bnpi\b[^\n]{0,200}\n")
_CELL = b"0" * 10
_CELL_ENDS = re.compile(r" {0,12}[|\t,;\n]")
_NAME = Words("npi", numbered=False)
_SIGNS = frozenset("|\t,;")
_GATE = Words("npi npis provider providers providerid", numbered=False)
_ISSUER = "80840"
"""Stands before the ten digits when their check digit is computed."""
UNCHECKED = 0.8


def _find(text: Text) -> Iterator[Hit]:
    if b"0000000000" not in text.shape or not _GATE.occur(text):
        return
    spans = set(_ANNOUNCED.find(text))
    headings = (_HEADING.match(text.lower, place) for place in _NAME.places(text))
    heading = next(filter(None, headings), None)
    if heading and not _SIGNS.isdisjoint(heading[0]):
        spans.update(_cells(text, heading.end()))
    for start, end in sorted(spans):
        is_checked = passes_luhn(_ISSUER + text.value[start:end])
        yield Hit(start, end, score=1.0 if is_checked else UNCHECKED)


def _cells(text: Text, first: int) -> Iterator[tuple[int, int]]:
    """Cells of a table from `first` on that hold nothing but ten digits."""
    for start in text.shaped(_CELL):
        before = text.lower[max(first, start - 5) : start].rstrip(" ")
        if before[-1:] in _SIGNS and _CELL_ENDS.match(text.lower, start + len(_CELL)):
            yield start, start + len(_CELL)


DETECTOR = Detector(
    name="npi",
    find=_find,
    examples=(
        "NPI: 1234567893",
        "registered under NPI 9189875575 and",
        "Provider NPI:          8644822172",
        "The cardiologist's National Provider Identifier is 3953767241",
        "| Name | NPI | Phone |\n| --- | --- | --- |\n| Dr. King | 0614435754 | 884-975-3312 |",
        '{"npi": "1234567893"}',
    ),
    counter_examples=(
        "1234567893",
        "the NPI registry has 8000000 entries",
        "order 1234567893",
        "| Phone |\n| 1234567893 |",
    ),
)
