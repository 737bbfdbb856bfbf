"""Opening a connection: TCP or Unix socket, TLS, and the way through a proxy."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import cast

from typing_extensions import override

from headgate.backends.connection import Connection
from headgate.backends.place import Place
from headgate.backends.proxies import Proxy
from headgate.core.addresses import is_own_address
from headgate.core.errors import UpstreamUnavailable

MAX_TUNNEL_BYTES = 16 * 1024

_KEEP_ALIVE = (
    # A long answer may be silent for minutes: routers must not forget it, nor we a dead peer.
    ("SO_KEEPALIVE", socket.SOL_SOCKET, 1),
    ("TCP_KEEPIDLE", socket.IPPROTO_TCP, 60),
    ("TCP_KEEPINTVL", socket.IPPROTO_TCP, 15),
    ("TCP_KEEPCNT", socket.IPPROTO_TCP, 4),
)


class Dialler:
    """Opens connections; holds the TLS settings, made when they are first needed."""

    def __init__(self, tls: ssl.SSLContext | None = None, *, only_own: bool = False) -> None:
        """`tls` stands in for the system's certificates.

        `only_own` refuses every address but those of this machine and of private networks.
        """
        self._tls = tls
        self._only_own = only_own

    async def __call__(self, place: Place, make: Callable[[], Connection]) -> Connection:
        """Connect to `place`.

        Raises:
            UpstreamUnavailable: With the reason the system gave.
        """
        try:
            return await self._connect(place, make)
        except ssl.SSLCertVerificationError as error:
            raise UpstreamUnavailable(
                f"the certificate of {place} is not trusted: {error.verify_message}",
                hint="`SSL_CERT_FILE` names a file of certificates to trust",
            ) from error
        except OSError as error:
            what = f"the socket `{place.uds}`" if place.uds else _whom(place)
            reason = error.strerror or str(error) or type(error).__name__
            raise UpstreamUnavailable(f"{what} cannot be reached: {reason}") from error

    async def _connect(self, place: Place, make: Callable[[], Connection]) -> Connection:
        if self._only_own:
            _check_own(place)
        loop = asyncio.get_running_loop()
        tls = self._tls_for(place)
        if place.uds is not None:
            name = place.host if tls else None
            _, made = await loop.create_unix_connection(
                make, place.uds, ssl=tls, server_hostname=name
            )
            return made
        if place.proxy is not None and tls is not None:
            return await _through(place.proxy, place, make, tls)
        host, port = place.address or place.host, place.port
        if place.proxy is not None:
            host, port = place.proxy.host, place.proxy.port
        name = place.host if tls else None
        transport, made = await loop.create_connection(
            make, host, port, ssl=tls, server_hostname=name
        )
        _keep_alive(transport)
        return made

    def _tls_for(self, place: Place) -> ssl.SSLContext | None:
        if place.scheme != "https":
            return None
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls


def _check_own(place: Place) -> None:
    """Refuse what is not our own before anything is sent, a look-up of its name included."""
    host = place.proxy.host if place.proxy is not None else place.address or place.host
    if place.uds is None and not is_own_address(host):
        raise UpstreamUnavailable(f"air-gapped: `{host}` is not asked")


class _Tunnel(asyncio.Protocol):
    """Waits for a proxy's answer to `CONNECT`."""

    def __init__(self, answered: asyncio.Future[bytes]) -> None:
        self._answered = answered
        self._received = b""

    @override
    def data_received(self, data: bytes) -> None:
        self._received += data
        if b"\r\n\r\n" in self._received:
            self._settle(self._received)
        elif len(self._received) > MAX_TUNNEL_BYTES:
            self._settle(b"")

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._settle(b"")

    def _settle(self, answer: bytes) -> None:
        if not self._answered.done():
            self._answered.set_result(answer)


async def _through(
    proxy: Proxy, place: Place, make: Callable[[], Connection], tls: ssl.SSLContext
) -> Connection:
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[bytes] = loop.create_future()
    raw, _ = await loop.create_connection(lambda: _Tunnel(answered), proxy.host, proxy.port)
    try:
        _keep_alive(raw)
        raw.write(_connect_request(proxy, place))
        _check_tunnel(await answered, proxy, place)
        connection = make()
        secured = await loop.start_tls(raw, connection, tls, server_hostname=place.host)
    except BaseException:
        raw.abort()
        raise
    if secured is None:
        raise ConnectionResetError("closed during the TLS handshake")
    connection.connection_made(secured)
    return connection


def _connect_request(proxy: Proxy, place: Place) -> bytes:
    host = f"[{place.host}]" if ":" in place.host else place.host
    lines = [f"CONNECT {host}:{place.port} HTTP/1.1", f"host: {host}:{place.port}"]
    if proxy.authorization is not None:
        lines.append(f"proxy-authorization: {proxy.authorization}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _check_tunnel(answer: bytes, proxy: Proxy, place: Place) -> None:
    """Refuse anything but a plain 2xx; a proxy may not speak before the backend does."""
    head, _, more = answer.partition(b"\r\n\r\n")
    words = head.split(b"\r\n")[0].decode("latin-1").split(" ", 2)
    if words[0].startswith("HTTP/1.") and words[1:2] and words[1].startswith("2") and not more:
        return
    said = " ".join(words[1:])[:100] or "nothing that HTTP knows"
    raise UpstreamUnavailable(
        f"the proxy {proxy.host}:{proxy.port} does not let us through to {place}: {said!a}"
    )


def _whom(place: Place) -> str:
    if place.proxy is None:
        return str(place)
    return f"{place} (through the proxy {place.proxy.host}:{place.proxy.port})"


def _keep_alive(transport: asyncio.BaseTransport) -> None:
    peer = cast("socket.socket | None", transport.get_extra_info("socket"))
    if peer is None:
        return
    for name, level, value in _KEEP_ALIVE:
        # The finer ones are not on every system.
        if (option := getattr(socket, name, None)) is not None:
            peer.setsockopt(level, option, value)
