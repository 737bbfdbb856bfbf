"""Secrets that their place gives away: addresses, headers, manifests."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass

from headgate.privacy.detector import Hit
from headgate.privacy.secrets.plausible import entropy, is_placeholder, looks_random
from headgate.privacy.secrets.rules import LIKELY, Rule, is_glued

_USER_AND_PASSWORD = re.compile(
    r"[^\s:/@\"'<>\[\]\\]{0,100}:([^\s@\"'<>/\\]{3,200})@(?=[\w\[{$.-])"
)
_ONLY_A_TOKEN = re.compile(r"([\w.~-]{20,200})@(?=[\w\[])")


@dataclass(frozen=True, slots=True)
class InAddress:
    """The password of `scheme://user:password@host`."""

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """See `rules.Rule`."""
        if match := _USER_AND_PASSWORD.match(text, end):
            if is_placeholder(match[1]) or match[1].isalpha():
                return None
            return Hit(*match.span(1), "password-in-url", LIKELY)
        match = _ONLY_A_TOKEN.match(text, end)
        if match is None or not looks_random(match[1]):
            return None
        return Hit(*match.span(1), "token-in-url", LIKELY)


_BEARER = re.compile(r"\s{1,8}([\w.~+/=-]{16,4000})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bearer:
    """The token of `Authorization: Bearer …`, and of other words for it."""

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """See `rules.Rule`."""
        match = _BEARER.match(text, end)
        if match is None or is_placeholder(match[1]) or not looks_random(match[1]):
            return None
        return Hit(*match.span(1), "bearer-token", LIKELY)


_BASIC = re.compile(r"[ \t]{1,3}([0-9A-Za-z+/]{8,1000}={0,2})(?![\w+/=-])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Basic:
    """The name and password of `Authorization: Basic …`, in base64."""

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """See `rules.Rule`."""
        match = _BASIC.match(text, end)
        if match is None:
            return None
        try:
            decoded = b64decode(match[1], validate=True)
        except NotBase64:
            return None
        name, colon, _ = decoded.partition(b":")
        if not colon or not name or not decoded.isascii() or not decoded.decode().isprintable():
            return None
        return Hit(*match.span(1), "basic-authorization", LIKELY)


_HEADER = re.compile(
    r"[ =\t]{0,5}\\?['\"]?(?:Authorization|(?:X-[\w-]{0,60})?(?:Api-?)?(?:Key|Token)):\s{0,5}"
    r"(?:(?:Bearer|Basic|(?:Api-)?Token|ApiKey)\s{1,5})?([\w=~@.+/-]{8,2000}+)(?=\\?['\"]|\s|\Z)",
    re.IGNORECASE | re.ASCII,
)
_USER = re.compile(r"[ =\t]{0,5}['\"]?([^\s:'\"]{1,100}:(?!//)[^\s'\"]{3,200})(?=['\"]|\s|\Z)")


@dataclass(frozen=True, slots=True)
class CurlHeader:
    """What `curl -H "X-Token: …"` authorises with."""

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """See `rules.Rule`."""
        match = None if is_glued(text, start) else _HEADER.match(text, end)
        if match is None or is_placeholder(match[1]) or entropy(match[1]) < 2.75:
            return None
        return Hit(*match.span(1), "curl-auth-header", LIKELY)


@dataclass(frozen=True, slots=True)
class CurlUser:
    """What `curl -u name:password` authorises with."""

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """See `rules.Rule`."""
        match = _USER.match(text, end)
        if match is None or "curl" not in text[max(0, start - 400) : start]:
            return None
        _, _, password = match[1].partition(":")
        if is_placeholder(password) or entropy(match[1]) < 2:
            return None
        return Hit(*match.span(1), "curl-auth-user", LIKELY)


_DATA = re.compile(
    r"\b(?:stringData|data):[ \t]*\n((?:[ \t]+[\w.-]+:[ \t]*\S[^\n]*(?:\n|\Z)){1,50})"
)
_NEARBY = 1_000


@dataclass(frozen=True, slots=True)
class Manifest:
    """The data of a Kubernetes manifest of `kind: Secret`."""

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """See `rules.Rule`."""
        first, last = max(0, start - _NEARBY), end + _NEARBY
        match = _DATA.search(text, first, last) if text.find("ata:", first, last) >= 0 else None
        if match is None or match[1].count("{{") == match[1].count("\n"):
            return None
        return Hit(*match.span(1), "kubernetes-secret", LIKELY)


PLACES: dict[str, Rule] = {
    "://": InAddress(),
    "bearer": Bearer(),
    "basic": Basic(),
    " -u": CurlUser(),
    "--user": CurlUser(),
    "-h": CurlHeader(),
    "--header": CurlHeader(),
    "kind: secret": Manifest(),
}
