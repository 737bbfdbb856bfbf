"""The order of measurements: rounds in which every gateway takes its turn, alone."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from statistics import median

from bench.gateways import Running
from bench.load import Streamed, Whole, run_streams, run_wrk

CONNECTIONS = (1, 16, 64)
STREAMS_AT_ONCE = (1, 16)
MEMORY_MARKS = (5_000, 50_000)
MEMORY_CONNECTIONS = 16
WARM_UP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long to measure."""

    rounds: int
    seconds: float
    """Of load, for each gateway at each number of connections, in each round."""
    streams_each: int
    """Streams read one after the other on each connection, in each round."""
    memory_limit_s: float
    """A gateway too slow for `MEMORY_MARKS` is given up after so long."""


@dataclass(frozen=True, slots=True)
class MemoryMark:
    """Memory of a gateway after so many requests."""

    requests: int
    mib: float


@dataclass(slots=True)
class Figures:
    """What was measured of one gateway; medians over the rounds are taken in `summary`."""

    name: str
    whole: dict[int, list[Whole]] = field(default_factory=dict)
    streamed: dict[int, list[Streamed]] = field(default_factory=dict)
    memory: list[MemoryMark] = field(default_factory=list)
    requests: int = 0
    ledger_rows: int | None = None

    def rate(self, connections: int) -> float:
        """Requests a second."""
        return median(found.requests_per_s for found in self.whole[connections])

    def cpu_us(self, connections: int) -> float:
        """The gateway's own time for a request, in microseconds: the figure least disturbed
        by whatever else the machine does."""
        return median(found.cpu_us for found in self.whole[connections])

    def latency(self, connections: int) -> tuple[float, float]:
        """p50 and p99 in milliseconds."""
        found = self.whole[connections]
        return median(item.p50_ms for item in found), median(item.p99_ms for item in found)

    def stream(self, at_once: int) -> tuple[float, float, float]:
        """First token, and p50 and p99 of a chunk's way, in milliseconds."""
        found = self.streamed[at_once]
        return (
            median(item.first_token_ms for item in found),
            median(item.transit_p50_ms for item in found),
            median(item.transit_p99_ms for item in found),
        )


def measure(gateways: list[Running], plan: Plan) -> list[Figures]:
    """Everything, of every gateway."""
    figures = [Figures(gateway.name) for gateway in gateways]
    pairs = list(zip(gateways, figures, strict=True))
    for gateway in gateways:
        gateway.pause()
    for gateway, found in pairs:
        if gateway.process is not None:
            _say(f"memory: {gateway.name}")
            with _alone(gateway):
                found.memory = list(_memory_marks(gateway, plan.memory_limit_s))
    for number in range(plan.rounds):
        # Every other round runs backwards, so that a drift of the machine favours nobody.
        for gateway, found in pairs if number % 2 == 0 else reversed(pairs):
            _say(f"round {number + 1} of {plan.rounds}: {gateway.name}")
            with _alone(gateway):
                _round(gateway, found, plan)
    for gateway, found in pairs:
        found.requests = gateway.requests
        if found.memory:
            found.memory.append(_memory_mark(gateway))
    return figures


def _round(gateway: Running, found: Figures, plan: Plan) -> None:
    _load(gateway, MEMORY_CONNECTIONS, WARM_UP_S)
    run_streams(gateway.stream_url, 1, 1)
    gateway.requests += 1
    for connections in CONNECTIONS:
        seen = _load(gateway, connections, plan.seconds)
        found.whole.setdefault(connections, []).append(seen)
    for at_once in STREAMS_AT_ONCE:
        streams = run_streams(gateway.stream_url, at_once, at_once * plan.streams_each)
        gateway.requests += streams.streams
        found.streamed.setdefault(at_once, []).append(streams)


def _memory_marks(gateway: Running, limit_s: float) -> Iterator[MemoryMark]:
    yield _memory_mark(gateway)
    # One connection first, or a fast gateway is far beyond the first mark in a second.
    seen = _load(gateway, 1, WARM_UP_S)
    spent_s = WARM_UP_S
    for mark in MEMORY_MARKS:
        while gateway.requests < mark and spent_s < limit_s:
            needed_s = (mark - gateway.requests) / seen.requests_per_s + 1
            burst_s = min(needed_s, limit_s - spent_s + 1)
            seen = _load(gateway, MEMORY_CONNECTIONS, burst_s)
            spent_s += burst_s
        yield _memory_mark(gateway)


def _memory_mark(gateway: Running) -> MemoryMark:
    return MemoryMark(gateway.requests, gateway.resident_mib() or 0.0)


def _load(gateway: Running, connections: int, seconds: float) -> Whole:
    before_s = gateway.cpu_s()
    seen = run_wrk(gateway.url, connections, seconds)
    gateway.requests += seen.requests
    return replace(seen, cpu_us=(gateway.cpu_s() - before_s) / seen.requests * 1e6)


@contextmanager
def _alone(gateway: Running) -> Iterator[None]:
    gateway.resume()
    try:
        yield
    finally:
        gateway.pause()


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
