"""IP addresses that can belong to somebody: global ones.

Loopback, private, link-local, documentation, multicast and unspecified addresses say
nothing about a person and stand in every configuration file.
"""

import re
from collections.abc import Iterator, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Form, Text

_COLONS = re.compile(r":[0-9A-Fa-f]{0,4}:")
_EIGHT_GROUPS = re.compile(r":[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){5}:")
"""Has an address that nothing shortens."""
_SIX = re.compile(r"[0-9A-Fa-f:.]+")
LONGEST_SIX = 45
# `is_global` is slow and logs are full of addresses: most are told by their first octet.
_NEVER_GLOBAL = frozenset({"0", "10", "127", *map(str, range(224, 256))})
_DOTS = (".", ".", ".")
_SOMETIMES_LOCAL = frozenset({"100", "169", "172", "192", "198", "203"})
# What comes before a version or a section, which may look just like an address.
_VERSIONS = (
    *("v", "ver", "vers", "version", "versions", "release", "rev", "revision", "build", "rv"),
    *("section", "sec", "chapter", "clause", "firmware"),
)
_SIGNS = frozenset("/§<>~^")
_NOT_BEFORE = re.compile(rf"(?:\b(?:{'|'.join(_VERSIONS)})[.:= ]{{0,2}}|§ ?|[a-z]/|[<>=~^]= ?)\Z")


def _find(text: Text) -> Iterator[Hit]:
    for number, places in text.numbers(_places):
        for at in places:
            span = number.begin(at), number.end(at + 3)
            if _is_global_four(number.groups(at, at + 3)) and _reads_as_address(text, span):
                yield Hit(*span)
    if "::" in text.value or _EIGHT_GROUPS.search(text.value):
        yield from _sixes(text)


def _places(form: Form) -> Sequence[int]:
    """The first of four groups of one to three digits, with dots between and none around."""
    gaps, sizes = form.gaps, form.sizes
    return [
        at
        for at in range(len(sizes) - 3)
        if gaps[at : at + 3] == _DOTS
        and max(sizes[at : at + 4]) <= 3
        and not (at and gaps[at - 1] == ".")
        and gaps[at + 3 : at + 4] != (".",)
    ]


def _is_global_four(octets: list[str]) -> bool:
    if octets[0] in _NEVER_GLOBAL:
        return False
    if octets[0] not in _SOMETIMES_LOCAL:
        return all(_may_be_octet(each) for each in octets)
    try:
        address = IPv4Address(".".join(octets))
    except AddressValueError:
        return False
    return address.is_global


def _may_be_octet(digits: str) -> bool:
    return int(digits) <= 255 and (digits[0] != "0" or len(digits) == 1)


def _reads_as_address(text: Text, span: tuple[int, int]) -> bool:
    """Glued to nothing, and not announced as a version."""
    if not _stands_alone(text, span):
        return False
    before = text.lower[max(0, span[0] - 12) : span[0]]
    last = before.rstrip(".:= ")
    if not (last.endswith(_VERSIONS) or last[-1:] in _SIGNS or "=" in before[-3:]):
        return True
    return _NOT_BEFORE.search(before) is None


def _stands_alone(text: Text, span: tuple[int, int]) -> bool:
    return not text.is_word_at(span[0] - 1) and not text.is_word_at(span[1])


def _sixes(text: Text) -> Iterator[Hit]:
    value, done = text.value, 0
    for match in _COLONS.finditer(value):
        if match.start() < done:
            continue
        start = _six_start(value, match.start())
        done = max(match.end(), _end_of_six(value, start))
        # A word and a colon may stand before it: `from:2a00:…`.
        for begin in (start, value.find(":", start) + 1):
            written = _without_punctuation(value[begin:done])
            span = begin, begin + len(written)
            if _is_global_six(written) and _stands_alone(text, span):
                yield Hit(*span)
                break


def _end_of_six(value: str, start: int) -> int:
    match = _SIX.match(value, start, start + LONGEST_SIX)
    return match.end() if match else start


def _without_punctuation(written: str) -> str:
    written = written.rstrip(".")
    return written if written.endswith("::") else written.rstrip(":")


def _six_start(value: str, colon: int) -> int:
    """Where the hexadecimal group before `colon` begins."""
    start = colon
    while start and colon - start < 4 and value[start - 1] in "0123456789abcdefABCDEF":
        start -= 1
    return start


def _is_global_six(written: str) -> bool:
    """Eight groups; or, shortened by `::`, in the space handed out so far (2000::/3).

    Shortened forms of the rest read as C++, Rust or Perl names: `abc::def`.
    """
    if "::" in written:
        if not (written[0] in "23" and written.find(":") == 4):
            return False
    elif written.count(":") != 7:
        return False
    try:
        address = IPv6Address(written)
    except AddressValueError:
        return False
    return address.is_global and not address.is_multicast


DETECTOR = Detector(
    name="ip",
    find=_find,
    examples=(
        "blocked 86.121.97.248 today",
        "http://106.31.73.20:8080/x",
        "[2a00:1450:4001:81b::200e]",
        "d80:e4b5:79da:6cf6:71f3:51f7:9161:c319",
        "from 8.8.8.8, 3 times",
        "ip:2a00:1450:4001:81b::200e.",
        "８６.121.97.248",
        "86.121.97\u200b.248",
    ),
    counter_examples=(
        "127.0.0.1 and 0.0.0.0 and ::1 and ::",
        "10.1.2.3, 192.168.0.1, 172.16.5.4, 169.254.1.1, 100.64.0.1",
        "203.0.113.7 and 2001:db8::1 stand in documents",
        "fe80::1%eth0 fc00::1",
        "version 1.2.3.4",
        "rv:1.9.7.20",
        "v10.20.30.40",
        "Chrome/120.0.6099.129",
        "OID 1.3.6.1.4.1",
        "999.1.2.3",
        "at 12:34:56:78",
        "std::vector<abc::def>",
        "aa:bb:cc:dd:ee:ff",
        "IPv6Network('200::/7')",
        "8.8.8",
    ),
)
