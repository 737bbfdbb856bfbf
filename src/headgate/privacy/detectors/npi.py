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
_CELL = re.compile(r"[|\t,;] {0,4}([0-9]{10})(?= {0,12}[|\t,;\n])")
_GATE = Words("npi npis provider providers providerid", numbered=False)
_ISSUER = "80840"
"""Stands before the ten digits when their check digit is computed."""
UNCHECKED = 0.8


def _find(text: Text) -> Iterator[Hit]:
    if b"0000000000" not in text.shape or not _GATE.occur(text):
        return
    spans = set(_ANNOUNCED.find(text))
    heading = _HEADING.search(text.lower)
    if heading and any(sign in heading[0] for sign in "|\t,;"):
        spans.update(match.span(1) for match in _CELL.finditer(text.lower, heading.end()))
    for start, end in sorted(spans):
        is_checked = passes_luhn(_ISSUER + text.value[start:end])
        yield Hit(start, end, score=1.0 if is_checked else UNCHECKED)


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
