"""One HTTP exchange with a backend, as the gateway sees it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from msgspec import Struct

from headgate.core.errors import Phase


class Timeouts(Struct, frozen=True, kw_only=True):
    """How long each phase may take, in seconds. `None` waits for ever."""

    connect_s: float | None = 5.0
    first_token_s: float | None = 60.0
    """From the request being sent to the first model output; streams only."""
    stall_s: float | None = 30.0
    """Between two pieces of model output; streams only."""
    total_s: float | None = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where requests of one target go: absolute URLs, and how they are signed.

    `uds` is a Unix socket path to connect to instead of the URL's host, `address` an IP address:
    the host is not looked up then, and no proxy is used.
    `headers` hold secrets: never log an `Endpoint`, its `repr` leaves them out.
    """

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    uds: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A request body that is sent as it comes. What `pieces` raises ends the request."""

    pieces: AsyncIterator[bytes]
    length: int | None
    """In bytes; `None` where it is not known before the end."""
    content_type: str | None = None


class Exchange(Protocol):
    """An answer whose status and headers have arrived. Always `close()` it.

    Every read raises `Timeout` (naming the phase), `UpstreamCut` (the body ended
    before its declared length or terminating chunk) or `UpstreamUnavailable`.
    """

    status: int
    headers: Mapping[str, str]
    """Lower-case names."""

    async def read(self, limit: int) -> bytes:
        """The rest of the body.

        Raises:
            UpstreamGarbled: Over `limit` bytes.
        """
        ...

    async def chunk(self) -> bytes:
        """The next bytes, as soon as any are here; `b""` at the complete end."""
        ...

    def expect(self, phase: Phase, within_s: float | None) -> None:
        """Restart the phase clock: unless called again within `within_s`, reads raise `Timeout`.

        The total clock set at the start keeps running beside it.
        """
        ...

    def close(self) -> None:
        """Give the connection back if the body was read to its end, else drop it at once.

        Dropping is how a backend learns that nobody waits any more; it never blocks.
        """
        ...


class Client(Protocol):
    """Sends requests. One per process; pools connections by endpoint."""

    async def post(
        self,
        endpoint: Endpoint,
        path: str,
        body: bytes,
        *,
        timeouts: Timeouts,
        stream: bool,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """POST JSON and return once the response headers are here.

        For a stream the first-token clock starts when the request has been sent and is
        left running. A pooled connection that died idle is replaced and the request sent
        again, once, if not a single byte of the answer had arrived.

        Raises:
            UpstreamUnavailable: No connection, TLS failure, or closed before any answer.
            Timeout: In phase `connect`, `first_token` or `total`.
        """
        ...

    async def delete(
        self, endpoint: Endpoint, path: str, body: bytes, *, timeouts: Timeouts
    ) -> Exchange:
        """DELETE with a body of JSON."""
        ...

    async def get(self, endpoint: Endpoint, path: str, *, timeouts: Timeouts) -> Exchange:
        """GET, for probes and model lists."""
        ...

    async def send(
        self,
        method: str,
        endpoint: Endpoint,
        path: str,
        *,
        timeouts: Timeouts,
        upload: Upload | None = None,
    ) -> Exchange:
        """Any request, its body sent as it comes; return once the response headers are here.

        The first-token clock starts when the request has been sent whole and is left
        running; while it is sent, the backend may take nothing for `stall_s` at most.
        """
        ...

    async def close(self) -> None:
        """Drop every connection."""
        ...
