"""Which HTTP proxy, if any, stands between us and a backend.

The rules are those of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, upper or lower case.
A backend on this machine is never reached through a proxy.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit

from headgate.core.errors import UpstreamUnavailable


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; `authorization` is a secret."""

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)


class Proxies:
    """The proxies an environment asks for."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Take what counts out of `environ`; later changes to it have no effect."""
        self._urls = {scheme: _variable(environ, f"{scheme}_proxy") for scheme in ("http", "https")}
        listed = _variable(environ, "no_proxy").split(",")
        self._exempt = tuple(entry for item in listed if (entry := item.strip().lower()))

    def between(self, scheme: str, host: str, port: int) -> Proxy | None:
        """The proxy for `scheme://host:port`.

        Raises:
            UpstreamUnavailable: The environment names a proxy we cannot speak to.
        """
        url = self._urls[scheme]
        if not url or is_loopback(host) or self._is_exempt(host.lower(), port):
            return None
        return _proxy(url, f"{scheme.upper()}_PROXY")

    def _is_exempt(self, host: str, port: int) -> bool:
        return any(_covers(entry, host, port) for entry in self._exempt)


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, without asking anyone."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _variable(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name) or environ.get(name.upper()) or ""


def _covers(entry: str, host: str, port: int) -> bool:
    """Whether a `NO_PROXY` entry means `host`: `*`, a domain, an address or a network."""
    if entry in {"*", host, f"{host}:{port}", f"[{host}]:{port}"}:
        return True
    try:
        address = ip_address(host)
    except ValueError:
        name, _, only_port = entry.partition(":")
        domain = "." + name.removeprefix("*").removeprefix(".")
        return f".{host}".endswith(domain) and only_port in {"", str(port)}
    try:
        return address in ip_network(entry, strict=False)
    except ValueError:
        return False


def _proxy(url: str, variable: str) -> Proxy:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme != "http" or not host:
        # The value may hold a password: it is not repeated.
        raise UpstreamUnavailable(
            f"the proxy in `{variable}` is not one of the form `http://host:port`",
            hint=f"correct `{variable}`, or list the backend in `NO_PROXY`",
        )
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + b64encode(pair.encode()).decode()
    return Proxy(host, port, authorization)
