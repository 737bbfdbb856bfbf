"""A place to connect to, and the heads of the requests that go there.

Heads are built once per endpoint and path; a request is a head, a length and a body.
Nothing that reaches a head can end its line: every part is checked here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from typing_extensions import override

from headgate.backends.exchange import Endpoint
from headgate.backends.proxies import Proxies, Proxy
from headgate.core.errors import ConfigError

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_TARGET = re.compile(r"/[\x21-\x7e]*")
_OWN_HEADERS = {
    "user-agent": "headgate",
    "accept": "*/*",
    # Compression would have to be undone for every look into the stream.
    "accept-encoding": "identity",
}
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Place:
    """Where connections lead; equal places share them."""

    scheme: str
    host: str
    port: int
    uds: str | None = None
    proxy: Proxy | None = None
    address: str | None = None

    @property
    def authority(self) -> str:
        """Host and port as they stand in a URL, without the usual port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @override
    def __str__(self) -> str:
        """For messages: no path, no secrets."""
        return f"{self.scheme}://{self.authority}"


def place_of(endpoint: Endpoint, proxies: Proxies) -> Place:
    """Where `endpoint` is.

    Raises:
        ConfigError: Its base URL is none.
    """
    try:
        parts = urlsplit(endpoint.base_url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise ConfigError(
            "the base URL of a backend must begin with `http://` or `https://` and a host"
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigError("the base URL of a backend must not hold a password, query or fragment")
    port = port or _DEFAULT_PORTS[parts.scheme]
    is_pinned = endpoint.uds is not None or endpoint.address is not None
    proxy = None if is_pinned else proxies.between(parts.scheme, host, port)
    return Place(parts.scheme, host, port, endpoint.uds, proxy, endpoint.address)


def request_head(
    method: str,
    endpoint: Endpoint,
    place: Place,
    path: str,
    *,
    content_type: str | None = None,
) -> bytes:
    """Everything of a request before its own headers, from the request line on.

    What is posted is JSON unless `content_type` says something else.

    Raises:
        ConfigError: A header or the path holds what HTTP does not allow there.
    """
    target = urlsplit(endpoint.base_url).path.rstrip("/") + path
    if not _TARGET.fullmatch(target):
        raise ConfigError(f"{target!a} is not a path that can be requested")
    headers = {"host": place.authority, **_OWN_HEADERS}
    if place.proxy is not None and place.scheme == "http":
        target = f"http://{place.authority}{target}"
        if place.proxy.authorization is not None:
            headers["proxy-authorization"] = place.proxy.authorization
    if content_type is not None or method == "POST":
        headers["content-type"] = content_type or "application/json"
    headers.update((name.lower(), value) for name, value in endpoint.headers.items())
    return f"{method} {target} HTTP/1.1\r\n".encode() + header_lines(headers)


def header_lines(headers: Mapping[str, str]) -> bytes:
    """Header lines, each checked.

    Raises:
        ConfigError: A name or value that HTTP does not allow; the value is not repeated.
    """
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ConfigError(
                f"the header {name!a} holds a character that HTTP does not allow there",
                hint="a key copied with its line break has one",
            )
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")
