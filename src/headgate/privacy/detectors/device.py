"""Devices that belong to somebody: IMEI where the text says so, and hardware addresses."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers.announced import Announcement
from headgate.privacy.identifiers.check_digits import passes_luhn
from headgate.privacy.text import Text
from headgate.privacy.words import Words

_IMEI = Announcement(
    gate=Words("imei imeis"),
    words=r"imei(?:/sv)?",
    value=r"[0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{6}[ -]?[0-9]",
)
_PAIRS = {
    sign: re.compile(rf"{sign}[0-9A-Fa-f]{{2}}(?:{sign}[0-9A-Fa-f]{{2}}){{4}}(?!{sign})")
    for sign in ":-"
}
_OCTET = re.compile(r"[0-9A-Fa-f]{2}\Z")
_NOT_DIGITS = re.compile(r"[^0-9]")


def _find(text: Text) -> Iterator[Hit]:
    hits = [Hit(*span, kind="mac") for span in _hardware_addresses(text)]
    for start, end in _IMEI.find(text):
        if passes_luhn(_NOT_DIGITS.sub("", text.value[start:end])):
            hits.append(Hit(start, end, kind="imei"))
    yield from sorted(hits)


def _hardware_addresses(text: Text) -> Iterator[tuple[int, int]]:
    value = text.value
    for sign, pairs in _PAIRS.items():
        if value.count(sign) < 5:
            continue
        for match in pairs.finditer(value):
            start, end = match.start() - 2, match.end()
            if start < 0 or not _OCTET.match(value[start : start + 2]):
                continue
            if value[start - 1 : start] == sign or not _stands_alone(text, start, end):
                continue
            if _is_universal(value[start:end].replace(sign, "")):
                yield start, end


def _stands_alone(text: Text, start: int, end: int) -> bool:
    return not text.is_word_at(start - 1) and not text.is_word_at(end)


def _is_universal(octets: str) -> bool:
    """Made by its manufacturer for one device: not a group's, not set by software, not empty."""
    return int(octets[:2], 16) & 3 == 0 and len(set(octets)) > 2


DETECTOR = Detector(
    name="device",
    find=_find,
    examples=(
        "IMEI 49-015420-323751-8",
        "imei: 490154203237518",
        "eth0 00:1B:44:11:3A:B7",
        "00-1b-44-11-3a-b7",
    ),
    counter_examples=(
        "490154203237518",
        "ff:ff:ff:ff:ff:ff",
        "00:00:00:00:00:00",
        "02:42:ac:11:00:02",
        "imei 490154203237519",
        "aa:bb:cc:dd:ee:ff:00:11",
        "2023-11-12-13-14-15-16",
    ),
)
