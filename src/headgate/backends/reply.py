"""The answer to one request: filled by its connection, read by the gateway.

Clocks. `connect` is over before an answer exists. The total clock runs from the start of
the request to the last byte read, whoever is slow. The phase clock (`first_token`,
`stall`) is only moved by `expect`: bytes alone do not keep it quiet, so a backend that
drips pings is still caught. It does not blame the backend for a reader who was away: if
it rings while nobody reads, the next read still hands out what had arrived by then.
"""

from asyncio import AbstractEventLoop, Future
from collections.abc import Mapping
from typing import Protocol

from headgate.core.errors import (
    HeadgateError,
    Phase,
    Timeout,
    UpstreamGarbled,
    UpstreamUnavailable,
)

HIGH_WATER_BYTES = 256 * 1024
"""Unread bytes above which the backend is made to wait."""

_SLOW = {
    "connect": "could not be reached within",
    "first_token": "sent no output within",
    "stall": "paused its output for more than",
    "total": "did not finish within",
}


class NeverAnswered(UpstreamUnavailable):
    """The connection ended before the first byte of an answer; another one may do better."""


class Line(Protocol):
    """The connection, as its answer sees it."""

    loop: AbstractEventLoop

    def wake_at(self, moment: float | None) -> None:
        """Call `HttpExchange.rang` then, and not before."""
        ...

    def pause(self) -> None:
        """Stop reading from the socket."""
        ...

    def resume(self) -> None:
        """Read again."""
        ...

    def release(self) -> None:
        """The answer is complete: the connection may serve another request."""
        ...

    def drop(self) -> None:
        """Close the connection at once."""
        ...


def too_slow(name: str, phase: Phase, seconds: float) -> Timeout:
    """The error for a clock that ran out."""
    return Timeout(f"{name} {_SLOW[phase]} {seconds:g} s", phase=phase)


class HttpExchange:
    """Implements `exchange.Exchange`. Reads belong to one task; `close` to anybody."""

    __slots__ = (
        "_buffered",
        "_chunks",
        "_failure",
        "_grace_used",
        "_is_overdue",
        "_is_paused",
        "_line",
        "_loop",
        "_name",
        "_phase",
        "_phase_ends",
        "_phase_s",
        "_total_ends",
        "_total_s",
        "_waiter",
        "has_ended",
        "has_head",
        "headers",
        "status",
    )

    def __init__(self, line: Line, name: str, total_s: float | None, total_ends: float | None):
        """An answer awaited from `name`; `total_ends` is in the loop's time."""
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.has_head = False
        self.has_ended = False
        self._line: Line | None = line
        self._loop = line.loop
        self._name = name
        self._chunks: list[bytes] = []
        self._buffered = 0
        self._is_paused = False
        self._failure: HeadgateError | None = None
        self._waiter: Future[None] | None = None
        self._phase: Phase = "first_token"
        self._phase_s = 0.0
        self._phase_ends: float | None = None
        self._total_s = total_s
        self._total_ends = total_ends
        self._is_overdue = False
        self._grace_used = False

    # What the gateway calls.

    async def head(self) -> None:
        """Wait for status and headers."""
        while not self.has_head:
            await self._news()

    async def chunk(self) -> bytes:
        """The next bytes, as soon as any are here; `b""` at the complete end."""
        if self._is_overdue and not self.has_ended and (self._grace_used or not self._chunks):
            raise self._give_up(self._phase, self._phase_s)
        while not self._chunks:
            if self.has_ended:
                return b""
            await self._news()
        self._grace_used = self._is_overdue
        return self._take()

    async def read(self, limit: int) -> bytes:
        """The rest of the body, at most `limit` bytes."""
        size, parts = 0, []
        while part := await self.chunk():
            size += len(part)
            if size > limit:
                error = self._fail(UpstreamGarbled(f"{self._name} sent more than {limit} bytes"))
                self._drop()
                raise error
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def expect(self, phase: Phase, within_s: float | None) -> None:
        """Restart the phase clock; the total clock keeps running."""
        self._is_overdue = self._grace_used = False
        ends = None
        if within_s is not None:
            self._phase, self._phase_s = phase, within_s
            ends = self._loop.time() + within_s
        self._phase_ends = ends
        self._set_alarm()

    def close(self) -> None:
        """Give the connection back if the answer has come to its end, else drop it at once."""
        if not self.has_ended:
            self._drop()
        elif self._line is not None:
            line, self._line = self._line, None
            if self._is_paused:
                line.resume()
            line.release()

    # What the connection calls.

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Status and headers are here."""
        self.status, self.headers, self.has_head = status, headers, True

    def add(self, data: bytes) -> None:
        """A piece of the body is here."""
        self._chunks.append(data)
        self._buffered += len(data)

    def end(self) -> None:
        """The body is complete."""
        self.has_ended = True
        self._wake()

    def received(self) -> None:
        """All that one read of the socket gave has been added."""
        if self._waiter is not None and (self._chunks or self.has_head or self.has_ended):
            self._wake()
        if self._buffered > HIGH_WATER_BYTES and not self._is_paused and self._line is not None:
            self._is_paused = True
            self._line.pause()

    def lost(self, error: HeadgateError) -> None:
        """The connection is gone, and `error` is why, if the answer is not complete."""
        self._line = None
        if not self.has_ended:
            self._fail(error)

    def rang(self) -> None:
        """The alarm set with `wake_at` went off."""
        if self.has_ended:
            return
        if self._total_ends is not None and self._total_ends <= self._loop.time():
            self._give_up("total", self._total_s or 0.0)
        elif self._waiter is not None:
            self._give_up(self._phase, self._phase_s)
        else:
            self._is_overdue, self._phase_ends = True, None
            self._set_alarm()

    # Inside.

    def _take(self) -> bytes:
        chunks = self._chunks
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._chunks = []
        self._buffered = 0
        if self._is_paused:
            self._is_paused = False
            if self._line is not None:
                self._line.resume()
        return data

    async def _news(self) -> None:
        """Wait until more is known; raise what went wrong. A reader who is cancelled drops all."""
        if self._failure is not None:
            raise self._failure
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        except BaseException:
            self.close()
            raise
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, error: HeadgateError) -> HeadgateError:
        """Remember what went wrong; the first failure counts."""
        if self._failure is None:
            self._failure = error
        self._wake()
        return self._failure

    def _give_up(self, phase: Phase, seconds: float) -> HeadgateError:
        error = self._fail(too_slow(self._name, phase, seconds))
        self._drop()
        return error

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.drop()

    def _set_alarm(self) -> None:
        if self._line is None:
            return
        ends = self._phase_ends
        if self._total_ends is not None and (ends is None or self._total_ends < ends):
            ends = self._total_ends
        self._line.wake_at(ends)
