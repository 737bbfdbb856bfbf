"""How fast models answered, from the streams of the ledger."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from headgate.estimate.traffic import ModelSpeed
from headgate.ledger.schema import attempts

MOST_SAMPLES = 20_000
"""The newest streams: what a provider did last year says little."""
FEWEST_SAMPLES = 20
"""Of one model: a 95th percentile of fewer is one bad moment."""


class Stream(NamedTuple):
    """One streamed answer."""

    provider: str
    model: str
    at: float
    """Unix seconds."""
    ttft_s: float
    tpot_s: float


def read_speeds(connection: Connection, since: float | None) -> tuple[ModelSpeed, ...]:
    """Percentiles for each model with enough streams, by provider and model."""
    by_model: dict[tuple[str, str], list[Stream]] = {}
    for stream in _streams(connection, since):
        by_model.setdefault((stream.provider, stream.model), []).append(stream)
    return tuple(
        _speed(streams) for _, streams in sorted(by_model.items()) if len(streams) >= FEWEST_SAMPLES
    )


def _streams(connection: Connection, since: float | None) -> Iterable[Stream]:
    tried = attempts.c
    columns = (tried.provider, tried.model, tried.started_at, tried.ttft_ms, tried.duration_ms)
    query = (
        select(*columns, tried.output_tokens)
        .where(tried.outcome == "answered", tried.ttft_ms.is_not(None), tried.output_tokens > 1)
        .order_by(tried.started_at.desc())
        .limit(MOST_SAMPLES)
    )
    if since is not None:
        query = query.where(tried.started_at >= since)
    for provider, model, at, ttft_ms, duration_ms, output_tokens in connection.execute(query):
        tpot_s = max(0.0, duration_ms - ttft_ms) / 1000 / (output_tokens - 1)
        yield Stream(provider, model, at, ttft_ms / 1000, tpot_s)


def _speed(streams: Sequence[Stream]) -> ModelSpeed:
    ttfts = sorted(stream.ttft_s for stream in streams)
    tpots = sorted(stream.tpot_s for stream in streams)
    newest = max(stream.at for stream in streams)
    return ModelSpeed(
        provider=streams[0].provider,
        model=streams[0].model,
        samples=len(streams),
        ttft_p50_s=_percentile(ttfts, 0.5),
        ttft_p95_s=_percentile(ttfts, 0.95),
        tpot_p50_s=_percentile(tpots, 0.5),
        tpot_p95_s=_percentile(tpots, 0.95),
        as_of=datetime.fromtimestamp(newest, UTC).date().isoformat(),
    )


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest rank."""
    return ordered[round(share * (len(ordered) - 1))]
