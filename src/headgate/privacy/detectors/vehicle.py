"""Vehicle identification numbers: seventeen characters with a check digit (ISO 3779, NHTSA)."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers.check_digits import passes_vin
from headgate.privacy.text import Text

SIZE = 17
_FORM = re.compile(r"[A-HJ-NPR-Z0-9]{17}\Z")
_NAMED = re.compile(r"\b(?:vin|vehicle id|chassis|fahrgestell|châssis|bastidor|telaio)")
NEAR_CHARACTERS = 40
CHECKED = 0.8


def _find(text: Text) -> Iterator[Hit]:
    for start, end in text.runs:
        if end - start != SIZE or not _FORM.match(text.value[start:end]):
            continue
        digits = text.shape.count(b"0", start, end)
        if not 4 <= digits < SIZE:
            continue
        if _NAMED.search(text.lower, max(0, start - NEAR_CHARACTERS), start):
            yield Hit(start, end)
        elif passes_vin(text.value[start:end]):
            yield Hit(start, end, score=CHECKED)


DETECTOR = Detector(
    name="vehicle",
    find=_find,
    examples=(
        "1HGCM82633A004352",
        "VIN: WVWZZZ1JZXW000001",
        "Fahrgestellnummer WVWZZZ1JZXW000001",
    ),
    counter_examples=(
        "1HGCM82633A004353",
        "WVWZZZ1JZXW000001",
        "12345678901234567",
        "ABCDEFGHJKLMNPRST",
        "1hgcm82633a004352",
    ),
)
