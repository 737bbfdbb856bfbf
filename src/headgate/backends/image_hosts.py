"""Which addresses of pictures the operator allows, and what such an address must look like.

Pure. An entry is `host`, `*.host` or `*`, with a port where it is not the usual one, and
with `http://` in front where the connection need not be encrypted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from headgate.core.errors import InvalidRequest

IMAGE_HOST = r"^(http://)?(\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*)(:[0-9]{1,5})?$"
"""What an entry looks like."""
LONGEST_URL = 8192
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")
_PORTS = {"http": 80, "https": 443}
_ENTRY = re.compile(IMAGE_HOST)
_KEPT = "%/:@!$&'()*+,;=~-._"
"""Left as it is in a path; all else is quoted, what is quoted stays so."""


@dataclass(frozen=True, slots=True)
class Located:
    """An address, taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    """With its query."""

    @property
    def base_url(self) -> str:
        """All before the path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ImageHost:
    """One entry."""

    scheme: str
    pattern: str
    port: int

    def admits(self, located: Located) -> bool:
        """Whether it means this address."""
        if (located.scheme, located.port) != (self.scheme, self.port):
            return False
        if self.pattern.startswith("*"):
            return located.host.endswith(self.pattern[1:])
        return located.host == self.pattern


def image_hosts(entries: Sequence[str]) -> tuple[ImageHost, ...]:
    """The entries, which the configuration has checked, as values."""
    return tuple(_image_host(entry) for entry in entries)


def located(url: str) -> Located:
    """An address that a client, or a redirect, has named.

    Raises:
        InvalidRequest: It is none that could be fetched from.
    """
    if len(url) > LONGEST_URL:
        raise InvalidRequest(f"a picture's address may have {LONGEST_URL} characters at most")
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode().lower()
        port = parts.port
    except ValueError:
        raise InvalidRequest("the address of the picture is not a URL") from None
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
        raise InvalidRequest("the address of a picture must begin with `https://` and a host")
    if "@" in parts.netloc:
        raise InvalidRequest("the address of a picture must hold no user name or password")
    path = quote(parts.path or "/", safe=_KEPT)
    if not path.startswith("/"):
        path = f"/{path}"
    if parts.query:
        path += "?" + quote(parts.query, safe=_KEPT + "?")
    return Located(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, path)


def _image_host(entry: str) -> ImageHost:
    assert _ENTRY.fullmatch(entry), "the configuration has let it through"
    scheme = "http" if entry.startswith("http://") else "https"
    pattern, _, port = entry.removeprefix("http://").partition(":")
    return ImageHost(scheme, pattern, int(port) if port else _PORTS[scheme])
