"""The HTTP client: requests by endpoint, connections by place.

Our own because it is on every request's path: an exchange costs a head that is already
built, one write, one future per wait, and no task or timer.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from headgate.backends.connection import Connection
from headgate.backends.dial import Dialler
from headgate.backends.exchange import Endpoint, Timeouts, Upload
from headgate.backends.place import Place, header_lines, place_of, request_head
from headgate.backends.pool import Pool
from headgate.backends.proxies import Proxies
from headgate.backends.reply import HttpExchange, NeverAnswered, too_slow
from headgate.backends.upload import send_upload
from headgate.core.errors import Phase, UpstreamGarbled

CONNECTIONS = 512
IDLE_S = 30.0
_MAX_PLANS = 1024


@dataclass(frozen=True, slots=True)
class _Plan:
    """What all requests to one path of an endpoint share."""

    endpoint: Endpoint
    """Kept so that its identity stays its own."""
    pool: Pool
    head: bytes


class HttpClient:
    """Implements `exchange.Client`. Belongs to the event loop of its first request."""

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        *,
        connections: int = CONNECTIONS,
        idle_s: float = IDLE_S,
        tls: ssl.SSLContext | None = None,
        only_own: bool = False,
    ) -> None:
        """Create a client.

        Args:
            environ: Where proxies are named; none are used without it.
            connections: Most connections to one place; further requests wait.
            idle_s: How long a connection is kept without a request.
            tls: Stands in for the system's certificates.
            only_own: Refuse every address outside of this machine and of private networks.
        """
        self._proxies = Proxies(environ or {})
        self._connections = connections
        self._idle_s = idle_s
        self._dial = Dialler(tls, only_own=only_own)
        self._pools: dict[Place, Pool] = {}
        self._plans: dict[tuple[int, str, str], _Plan] = {}

    async def post(
        self,
        endpoint: Endpoint,
        path: str,
        body: bytes,
        *,
        timeouts: Timeouts,
        stream: bool,
        headers: Mapping[str, str] | None = None,
    ) -> HttpExchange:
        """POST JSON and return once the response headers are here."""
        plan = self._plan("POST", endpoint, path)
        more = header_lines(headers) if headers else b""
        head = b"%b%bcontent-length: %d\r\n\r\n" % (plan.head, more, len(body))
        return _uncompressed(await self._send(plan.pool, (head, body), timeouts, stream), plan.pool)

    async def delete(
        self, endpoint: Endpoint, path: str, body: bytes, *, timeouts: Timeouts
    ) -> HttpExchange:
        """DELETE with a body of JSON, by which Ollama is told the name of a model."""
        plan = self._plan("DELETE", endpoint, path)
        head = b"%bcontent-length: %d\r\n\r\n" % (plan.head, len(body))
        return await self._send(plan.pool, (head, body), timeouts, False)

    async def get(self, endpoint: Endpoint, path: str, *, timeouts: Timeouts) -> HttpExchange:
        """GET, for probes and model lists."""
        plan = self._plan("GET", endpoint, path)
        return await self._send(plan.pool, (plan.head + b"\r\n", b""), timeouts, False)

    async def send(
        self,
        method: str,
        endpoint: Endpoint,
        path: str,
        *,
        timeouts: Timeouts,
        upload: Upload | None = None,
    ) -> HttpExchange:
        """Any request, its body sent as it comes; return once the response headers are here.

        Its path may be one of its own, so nothing about it is remembered.
        """
        place = place_of(endpoint, self._proxies)
        content_type = None if upload is None else upload.content_type
        head = request_head(method, endpoint, place, path, content_type=content_type)
        pool = self._pool(place)
        if upload is None:
            end = b"\r\n" if method == "GET" else b"content-length: 0\r\n\r\n"
            exchange = await self._send(pool, (head + end, b""), timeouts, True)
        else:
            # Sent once: a connection that has died idle would take the body with it.
            connection = await _acquire(pool, timeouts, None, fresh=True)
            exchange = await send_upload(connection, head, upload, timeouts)
        return _uncompressed(exchange, pool)

    async def close(self) -> None:
        """Drop every connection."""
        for pool in self._pools.values():
            pool.close()

    def _plan(self, method: str, endpoint: Endpoint, path: str) -> _Plan:
        key = (id(endpoint), method, path)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _MAX_PLANS:
                self._forget()
            place = place_of(endpoint, self._proxies)
            head = request_head(method, endpoint, place, path)
            plan = self._plans[key] = _Plan(endpoint, self._pool(place), head)
        return plan

    def _pool(self, place: Place) -> Pool:
        pool = self._pools.get(place)
        if pool is None:
            pool = self._pools[place] = Pool(
                place,
                self._dial,
                loop=asyncio.get_running_loop(),
                limit=self._connections,
                idle_s=self._idle_s,
            )
        return pool

    def _forget(self) -> None:
        """Start over with plans, and with the pools that hold nothing."""
        self._plans.clear()
        self._pools = {place: pool for place, pool in self._pools.items() if pool.size}

    async def _send(
        self, pool: Pool, request: tuple[bytes, bytes], timeouts: Timeouts, stream: bool
    ) -> HttpExchange:
        total_s = timeouts.total_s
        total_ends = None if total_s is None else pool.loop.time() + total_s
        may_repeat = True
        while True:
            connection = pool.idle() or await _acquire(pool, timeouts, total_ends)
            was_used = connection.was_used
            exchange = connection.send(*request, total_s, total_ends)
            if stream:
                exchange.expect("first_token", timeouts.first_token_s)
            try:
                await exchange.head()
            except NeverAnswered:
                if not was_used or not may_repeat:
                    raise
                # The others have been idle for even longer: the next one must be new.
                pool.drop_idle()
                may_repeat = False
            else:
                return exchange


def _uncompressed(exchange: HttpExchange, pool: Pool) -> HttpExchange:
    coding = exchange.headers.get("content-encoding", "identity")
    if coding == "identity" or exchange.status >= 300:
        return exchange
    exchange.close()
    raise UpstreamGarbled(f"{pool.place} compresses its answers ({coding}) though asked not to")


async def _acquire(
    pool: Pool, timeouts: Timeouts, total_ends: float | None, *, fresh: bool = False
) -> Connection:
    """A connection, within the time there is for making one."""
    phase: Phase = "connect"
    seconds = timeouts.connect_s
    if total_ends is not None:
        left_s = max(0.0, total_ends - pool.loop.time())
        if seconds is None or left_s < seconds:
            phase, seconds = "total", left_s
    try:
        async with asyncio.timeout(seconds):
            return await (pool.fresh() if fresh else pool.acquire())
    except TimeoutError as error:
        named_s = timeouts.total_s if phase == "total" else seconds
        raise too_slow(str(pool.place), phase, named_s or 0.0) from error
