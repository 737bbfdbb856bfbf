"""Passports: the number where the text says so, and the machine-readable zone by its checks."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers.announced import Announcement
from headgate.privacy.identifiers.check_digits import passes_mrz
from headgate.privacy.text import Text
from headgate.privacy.words import Words

_ANNOUNCED = Announcement(
    gate=Words(
        (
            "passport passeport pasaporte passaporto passaporte reisepass paspoort paszport"
            " paszportu"
        ),
        (
            "паспорт",
            "护照",
            "護照",
            "旅券",
            "여권",
        ),
    ),
    words=(
        r"passe?port(?![a-z])|pasaporte|passaporto|passaporte|reisepass|paspoort|paszport\w{0,3}"
        r"|паспорт\w{0,3}|护照|護照|旅券|여권"
    ),
    value=r"(?=[a-z]{0,2}[0-9])[a-z]{0,2} ?[0-9]{2}[a-z0-9]?[a-z0-9]{3,6}[0-9][a-z]?",
    between=r"(?:[ _-]*(?:numbers?|nummer|n[uú]mero|num|no|nr|n°|id|号码|號碼|号|번호|#)\.?)?",
)
_ZONE = re.compile(
    r"P[A-Z<][A-Z]{3}[A-Z<]{39}\s{0,3}"
    r"([A-Z0-9<]{9})([0-9])[A-Z<]{3}([0-9]{6})([0-9])[MFX<]([0-9]{6})([0-9])[A-Z0-9<]{14}[0-9<][0-9]"
)


def _find(text: Text) -> Iterator[Hit]:
    zones = list(_zones(text))
    spans = [span for span in _ANNOUNCED.find(text) if _has_digits(text, span)]
    yield from (Hit(*span) for span in sorted({*zones, *spans}))


def _has_digits(text: Text, span: tuple[int, int]) -> bool:
    return text.shape.count(b"0", *span) >= 5


def _zones(text: Text) -> Iterator[tuple[int, int]]:
    if "<<" not in text.value:
        return
    for match in _ZONE.finditer(text.value):
        number, check, born, born_check, expires, expires_check = match.groups()
        if (
            passes_mrz(number, check)
            and passes_mrz(born, born_check)
            and passes_mrz(expires, expires_check)
        ):
            yield match.span()


DETECTOR = Detector(
    name="passport",
    find=_find,
    examples=(
        "passport number 145103306",
        "Passport No.: C01X00T47",
        "Reisepass-Nr. C01X00T47",
        "pasaporte AA123456",
        "numéro de passeport : 14AA12345",
        '{"passport_number": "X1234567"}',
        "护照号码：E12345678",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ),
    counter_examples=(
        "your passport expires in 2027",
        "passport control at gate 12",
        "npm install passport@0.7.0",
        "145103306",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C37UTO7408122F1204159ZE184226B<<<<<10",
    ),
)
