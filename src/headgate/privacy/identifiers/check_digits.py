"""Check digits that `python-stdnum` has not, and those needed too often to go through it."""

from collections.abc import Sequence
from hashlib import sha256

_LUHN_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUES = {character: value for value, character in enumerate(_BASE58)}
_RIPPLE_TO_BITCOIN = str.maketrans(
    "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz", _BASE58
)
_BECH32_VALUES = {
    character: value for value, character in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")
}
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CONSTANTS = frozenset({1, 0x2BC830A3})
_VIN_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        map(int, "012345678912345678123457923456789"),
        strict=True,
    )
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_MRZ_WEIGHTS = (7, 3, 1)


def passes_luhn(digits: str) -> bool:
    """Whether the last digit follows from the others (ISO/IEC 7812)."""
    octets = digits.encode("ascii")
    total = sum(octets[-1::-2]) + sum(octets[-2::-2].translate(_LUHN_DOUBLED))
    return (total - ord("0") * len(octets)) % 10 == 0


def passes_weights(digits: str, weights: Sequence[int], modulus: int) -> bool:
    """Whether the weighted sum of `digits` is a multiple of `modulus`."""
    return sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % modulus == 0


def passes_vin(number: str) -> bool:
    """Whether the ninth of seventeen characters of a vehicle's number follows from the others."""
    try:
        values = [_VIN_VALUES[character] for character in number]
    except KeyError:
        return False
    total = sum(w * v for w, v in zip(_VIN_WEIGHTS, values, strict=True)) % 11
    return number[8] == ("X" if total == 10 else str(total))


def passes_mrz(field: str, digit: str) -> bool:
    """Whether `digit` is the check digit of a field of a passport's machine-readable zone."""
    values = (0 if character == "<" else int(character, 36) for character in field)
    total = sum(value * _MRZ_WEIGHTS[place % 3] for place, value in enumerate(values))
    return digit == str(total % 10)


def base58_payload(address: str) -> bytes | None:
    """The version and hash that an address in Base58Check spells; `None`: its check fails."""
    number = 0
    for character in address:
        value = _BASE58_VALUES.get(character)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(address) - len(address.lstrip("1"))
    octets = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    payload, check = octets[:-4], octets[-4:]
    return payload if sha256(sha256(payload).digest()).digest()[:4] == check else None


def ripple_payload(address: str) -> bytes | None:
    """The same of an address in the alphabet of the XRP Ledger."""
    return base58_payload(address.translate(_RIPPLE_TO_BITCOIN))


def passes_bech32(address: str) -> bool:
    """Whether an address of the form `bc1…` in one case passes BIP 173 or BIP 350."""
    prefix, _, data = address.lower().rpartition("1")
    if not prefix or len(data) < 6 or not _BECH32_VALUES.keys() >= set(data):
        return False
    spread = [ord(each) >> 5 for each in prefix] + [0] + [ord(each) & 31 for each in prefix]
    check = 1
    for value in [*spread, *(_BECH32_VALUES[character] for character in data)]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_BECH32_GENERATOR):
            check ^= generator if top >> place & 1 else 0
    return check in _BECH32_CONSTANTS
