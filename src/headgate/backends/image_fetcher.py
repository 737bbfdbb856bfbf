"""Fetches pictures from hosts that the operator allows, and from public addresses only.

A client chooses the address, so this is the way by which it could reach into the network
that Headgate stands in. Therefore a name is resolved once, every address it has must be
public, and the connection goes to exactly that address: another answer of the name server a
moment later changes nothing. Every redirect starts over. The proxies of the environment are
not used, for it would be them who resolve the name. Nothing of the client's request is sent
along, nothing is kept, and no word of an answer that is no picture is repeated.
"""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from headgate.backends.client import HttpClient
from headgate.backends.exchange import Endpoint, Exchange, Timeouts
from headgate.backends.image_hosts import ImageHost, Located, located
from headgate.backends.images import FetchedImage
from headgate.backends.lookups import Lookups
from headgate.backends.public_address import is_public
from headgate.core.errors import InvalidRequest, UpstreamError, UpstreamUnavailable

MOST_REDIRECTS = 3
AT_ONCE = 8
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NO_CLOCKS = Timeouts(connect_s=None, first_token_s=None, stall_s=None, total_s=None)
"""One clock runs over the whole fetch."""
_KINDS = (
    ("image/png", b"\x89PNG\r\n\x1a\n", b""),
    ("image/jpeg", b"\xff\xd8\xff", b""),
    ("image/gif", b"GIF87a", b""),
    ("image/gif", b"GIF89a", b""),
    ("image/webp", b"RIFF", b"WEBP"),
)
"""Media type, first bytes, and those from the eighth on."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(slots=True, eq=False, kw_only=True)
class HostedImages:
    """Implements `images.ImageFetcher`."""

    hosts: Sequence[ImageHost]
    limit_bytes: int
    within_s: float
    resolve: Resolve = field(default_factory=Lookups)
    is_allowed: Callable[[str], bool] = is_public
    """Whether an IP address may be connected to."""
    tls: ssl.SSLContext | None = None
    """Stands in for the system's certificates."""
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def fetch(self, url: str) -> FetchedImage:
        """The picture at `url`.

        Raises:
            InvalidRequest: Its host is not allowed or not public, it is no picture, too large
                or too slow.
        """
        async with self._turns:
            try:
                async with asyncio.timeout(self.within_s):
                    return _image(await self._body(url))
            except TimeoutError:
                raise InvalidRequest(
                    f"the picture was not here within {self.within_s:g} s",
                    hint="the operator may raise `server.limits.image_s`",
                ) from None

    async def _body(self, url: str) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            place = located(url)
            if not any(host.admits(place) for host in self.hosts):
                raise InvalidRequest(
                    f"Headgate may not fetch pictures from `{place.base_url}`",
                    hint="send it as a `data:` URL in base64, or let the operator add the host "
                    "to `server.image_hosts`",
                )
            client = HttpClient(tls=self._tls_for(place))
            try:
                answer = await self._ask(client, place)
                if answer.status not in _REDIRECTS:
                    return await self._read(answer, place)
                url = urljoin(url, answer.headers.get("location", ""))
            except (UpstreamError, ValueError):
                # Its words may hold some of the answer's.
                raise InvalidRequest(f"`{place.host}` did not send the picture") from None
            finally:
                await client.close()
        raise InvalidRequest(f"the picture is behind more than {MOST_REDIRECTS} redirects")

    async def _ask(self, client: HttpClient, place: Located) -> Exchange:
        """The answer of the first address that can be reached."""
        addresses = await self._addresses(place)
        for address in addresses[:-1]:
            try:
                return await _get(client, place, address)
            except UpstreamUnavailable:
                continue
        return await _get(client, place, addresses[-1])

    async def _addresses(self, place: Located) -> Sequence[str]:
        try:
            addresses = await self.resolve(place.host, place.port)
        except (OSError, UnicodeError):
            addresses = ()
        # One sentence for both: whether an inner name exists is nobody's business outside.
        if not addresses or not all(self.is_allowed(address) for address in addresses):
            raise InvalidRequest(f"`{place.host}` has no address on the public Internet")
        return addresses

    async def _read(self, answer: Exchange, place: Located) -> bytes:
        if answer.status != 200:
            raise InvalidRequest(f"`{place.host}` has no such picture, or not for us")
        data = bytearray()
        declared = answer.headers.get("content-length", "")
        too_large = declared.isdigit() and int(declared) > self.limit_bytes
        while not too_large and (piece := await answer.chunk()):
            data += piece
            too_large = len(data) > self.limit_bytes
        if too_large:
            raise InvalidRequest(
                f"the picture is over {self.limit_bytes / 1_048_576:g} MiB",
                hint="the operator may raise `server.limits.image_mib`",
            )
        return bytes(data)

    def _tls_for(self, place: Located) -> ssl.SSLContext | None:
        # Made once: it reads every certificate of the system.
        if place.scheme == "https" and self.tls is None:
            self.tls = ssl.create_default_context()
        return self.tls


async def _get(client: HttpClient, place: Located, address: str) -> Exchange:
    endpoint = Endpoint(base_url=place.base_url, address=address)
    return await client.send("GET", endpoint, place.path, timeouts=_NO_CLOCKS)


def _image(data: bytes) -> FetchedImage:
    for media_type, first, from_eighth in _KINDS:
        if data.startswith(first) and data.startswith(from_eighth, 8):
            return FetchedImage(b64encode(data).decode(), media_type)
    raise InvalidRequest("what the address leads to is no PNG, JPEG, GIF or WebP picture")
