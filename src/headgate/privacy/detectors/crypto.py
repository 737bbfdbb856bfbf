"""Addresses of cryptocurrencies, by their check sums where they have any."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers.check_digits import (
    base58_payload,
    passes_bech32,
    ripple_payload,
)
from headgate.privacy.text import Text

_VERSIONS = {
    b"\x00": "bitcoin",
    b"\x05": "bitcoin",
    b"\x30": "litecoin",
    b"\x32": "litecoin",
    b"\x1e": "dogecoin",
    b"\x16": "dogecoin",
    b"\x4c": "dash",
    b"\x10": "dash",
    b"\x41": "tron",
    b"\x1c\xb8": "zcash",
    b"\x1c\xbd": "zcash",
}
_HASH_SIZE = 20
_FIRST = frozenset("13LM9ADXTt7")
"""Characters that addresses of these versions begin with."""
_SEGWIT = {"bc1": "bitcoin", "ltc1": "litecoin", "addr1": "cardano", "cosmos1": "cosmos"}
_LETTERS = re.compile(r"[a-z]+1")
_HEX = re.compile(r"0x[0-9a-fA-F]{40}\Z")
SHORTEST, LONGEST = 26, 35
MONERO = re.compile(r"[48][1-9A-HJ-NP-Za-km-z]{94}\Z")


def _find(text: Text) -> Iterator[Hit]:
    for start, end in text.runs:
        if end - start >= SHORTEST:
            kind = _kind(text.value[start:end])
            if kind:
                yield Hit(start, end, kind=kind)


def _kind(run: str) -> str | None:
    size = len(run)
    if size == 42 and _HEX.match(run):
        return "ethereum"
    if size == 95 and MONERO.match(run):
        return "monero"
    if size <= LONGEST:
        return _base58_kind(run)
    return _bech32_kind(run)


def _base58_kind(run: str) -> str | None:
    if run[0] == "r":
        payload = ripple_payload(run)
        return "ripple" if payload and payload[0] == 0 and len(payload) == 1 + _HASH_SIZE else None
    if run[0] not in _FIRST:
        return None
    payload = base58_payload(run)
    if payload is None or len(payload) <= _HASH_SIZE:
        return None
    return _VERSIONS.get(payload[:-_HASH_SIZE])


def _bech32_kind(run: str) -> str | None:
    if not (run.islower() or run.isupper()) or len(run) > 110:
        return None
    match = _LETTERS.match(run.lower())
    kind = _SEGWIT.get(match[0]) if match else None
    return kind if kind and passes_bech32(run) else None


DETECTOR = Detector(
    name="crypto",
    find=_find,
    examples=(
        "send to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "ETH 0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe",
        "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
    ),
    counter_examples=(
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "commit de0B295669a9FD93d5F28D9Ec85E40f4cb697BAe",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "0x1234",
    ),
)
