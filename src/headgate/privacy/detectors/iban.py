"""International bank account numbers: country, its length, and the check digits (ISO 13616)."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from string import ascii_uppercase, digits

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Text

# Country and length, from the SWIFT registry.
_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 "
    "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 "
    "IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 "
    "MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 "
    "SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
LENGTH_OF = {entry[:2]: int(entry[2:]) for entry in _LENGTHS.split()}

_START = b"aa00"
_VALUES = {character: str(value) for value, character in enumerate(digits + ascii_uppercase)}
_GAPS = str.maketrans("", "", " .-")


def _find(text: Text) -> Iterator[Hit]:
    shape = text.shape
    start = shape.find(_START)
    while start >= 0:
        # First of all, as it tells apart the thousands of candidates in an encoded image.
        if not start or shape[start - 1] not in b"a0":
            length = LENGTH_OF.get(text.value[start : start + 2].upper())
            end = _end(text, start, length) if length else None
            if end is not None:
                yield Hit(start, end)
        start = shape.find(_START, start + 1)


def _end(text: Text, start: int, length: int) -> int | None:
    """Where an account of `length` characters that begins at `start` ends; `None`: it is none."""
    body = _bodies()[length].match(text.value, start)
    if body is None or text.is_word_at(body.end()):
        return None
    return body.end() if _passes(body[0].translate(_GAPS).upper()) else None


@cache
def _bodies() -> Mapping[int, re.Pattern[str]]:
    """The form of an account of each length."""
    return {
        length: re.compile(f"[A-Za-z]{{2}}[0-9]{{2}}(?:[ .-]?[A-Za-z0-9]){{{length - 4}}}")
        for length in set(LENGTH_OF.values())
    }


def _passes(account: str) -> bool:
    """The number that letters and digits spell leaves 1 when divided by 97."""
    rotated = account[4:] + account[:4]
    return int("".join(map(_VALUES.__getitem__, rotated))) % 97 == 1


DETECTOR = Detector(
    name="iban",
    find=_find,
    examples=(
        "IBAN GB82 WEST 1234 5698 7654 32",
        "pay DE89370400440532013000 now",
        "gb82west12345698765432",
        "NO93 8601 1117 947",
        "FR14-2004-1010-0505-0001-3M02-606",
        "MT84MALT011000012345MTLCAST001S",
        "DE89 3704 0044 0532 0130 00 at Commerzbank",
        "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000",
        "账号DE89370400440532013000",
    ),
    counter_examples=(
        "GB82 WEST 1234 5698 7654 33",
        "DE8937040044053201300",
        "XX82WEST12345698765432",
        "ADE89370400440532013000",
        "is12 a good number of people who came to see us",
        "commit de12ab34cd56ef7890123456",
    ),
)
