"""Deferrable work at a provider: its own batch API, in one form for all of them."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from headgate.backends.exchange import Exchange, Timeouts, Upload
from headgate.backends.upstream import Upstream
from headgate.core.errors import UpstreamGarbled
from headgate.core.inbound import Operation

TIMEOUTS = Timeouts(connect_s=10.0, first_token_s=120.0, stall_s=60.0, total_s=None)
LONGEST_LINE = 64 * 1024 * 1024
LONGEST_STATE = 4 * 1024 * 1024
Kind = TypeVar("Kind")


class RemoteLine(Struct, frozen=True):
    """One request, in the provider's dialect."""

    id: str
    """Ours: letters, digits and `-`, 64 at most."""
    body: bytes


class RemoteState(Struct, frozen=True):
    """How a provider's batch stands."""

    is_over: bool
    places: tuple[str, ...] = ()
    """Paths of the API with results, once it is over."""
    refused: str | None = None
    """What the provider had against the batch as a whole; no text of ours."""


class RemoteResult(Struct, frozen=True):
    """What became of one request; those that are missing in the end were never tried."""

    id: str
    status: int
    body: bytes


class BatchForm(Protocol):
    """One provider's way of taking batches.

    Every call raises `UpstreamError` when the provider does not answer as it should.
    """

    most_lines: int
    most_bytes: int

    async def submit(
        self, upstream: Upstream, operation: Operation, lines: Sequence[RemoteLine], *, mark: str
    ) -> str:
        """Hand lines over; the provider's id for them. `mark` is unique, and ours."""
        ...

    async def find(self, upstream: Upstream, mark: str) -> str | None:
        """The id of a batch that was handed over with `mark`, if the provider can tell."""
        ...

    async def state(self, upstream: Upstream, remote_id: str) -> RemoteState:
        """How it stands."""
        ...

    async def cancel(self, upstream: Upstream, remote_id: str) -> None:
        """Ask for its end; what is done by then is charged."""
        ...

    def results(self, upstream: Upstream, state: RemoteState) -> AsyncIterator[RemoteResult]:
        """What became of its requests."""
        ...


async def read_json(
    upstream: Upstream, path: str, kind: type[Kind], *, body: bytes | None = None
) -> Kind:
    """GET, or POST `body`, and read the answer as `kind`.

    Raises:
        UpstreamError: There is no such answer.
    """
    upload = None if body is None else in_one_piece(body, "application/json")
    method = "GET" if body is None else "POST"
    exchange = await upstream.send(method, path, timeouts=TIMEOUTS, upload=upload)
    try:
        answer = await exchange.read(LONGEST_STATE)
    finally:
        exchange.close()
    try:
        return msgspec.json.decode(answer, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UpstreamGarbled(f"`{upstream.provider.name}`: {error} in its batch API") from error


async def read_lines(upstream: Upstream, path: str) -> AsyncIterator[bytes]:
    """The lines of a file, as they come.

    Raises:
        UpstreamError: It broke off, or a line has no end.
    """
    exchange = await upstream.send("GET", path, timeouts=TIMEOUTS)
    try:
        rest = b""
        async for piece in _pieces(exchange):
            *lines, rest = (rest + piece).split(b"\n")
            for line in filter(None, lines):
                yield line
            if len(rest) > LONGEST_LINE:
                raise UpstreamGarbled(
                    f"`{upstream.provider.name}`: a result of its batch is endless"
                )
        if rest:
            yield rest
    finally:
        exchange.close()


async def _pieces(exchange: Exchange) -> AsyncIterator[bytes]:
    while piece := await exchange.chunk():
        yield piece
        exchange.expect("stall", TIMEOUTS.stall_s)


def in_one_piece(body: bytes, content_type: str) -> Upload:
    """A body that is here whole."""

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    return Upload(pieces=pieces(), length=len(body), content_type=content_type)
