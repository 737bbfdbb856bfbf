"""The good rows of a file, summed up by the database."""

from datetime import UTC, datetime
from typing import NamedTuple

from headgate.estimate.length_classes import INPUT_EDGES, OUTPUT_EDGES, Cell
from headgate.estimate.load_curve import STEADY, bucket_s, load_curve
from headgate.estimate.traffic import MOST_MODELS, LoadStep, ModelShare
from headgate.traffic.database import Database
from headgate.traffic.problems import is_relative

HOUR_MS = 3_600_000
DAY_S = 86_400
GOOD = (
    "(SELECT *, coalesce(requests, 1) AS many, coalesce(cache_read_tokens, 0) AS cache_read,"
    " coalesce(cache_write_tokens, 0) AS cache_write FROM staged WHERE reason IS NULL)"
)


class Times(NamedTuple):
    """When requests came."""

    kind: str
    first_at: str | None
    span_s: float | None
    load_curve: tuple[LoadStep, ...]
    hours_utc: tuple[float, ...]


NO_TIMES = Times("", None, None, STEADY, ())


def cells(database: Database) -> list[Cell]:
    """What was counted for each cell of lengths."""
    rows = database.rows(f"""
        SELECT sum(many), sum(input_tokens), sum(output_tokens), sum(cache_read), sum(cache_write)
        FROM {GOOD}
        GROUP BY {_cell("input_tokens / many", INPUT_EDGES)},
            {_cell("output_tokens / many", OUTPUT_EDGES)}
    """)
    return [
        Cell(
            requests=int(requests),
            input_tokens=int(input_tokens),
            output_tokens=int(output_tokens),
            cache_read_tokens=int(cache_read),
            cache_write_tokens=int(cache_write),
        )
        for requests, input_tokens, output_tokens, cache_read, cache_write in rows
    ]


def _cell(value: str, edges: tuple[int, ...]) -> str:
    whens = " ".join(f"WHEN {value} <= {edge} THEN {place}" for place, edge in enumerate(edges))
    return f"CASE {whens} ELSE {len(edges)} END"


def models(database: Database) -> tuple[ModelShare, ...]:
    """What each model was used for, dearest first, then most used; empty if none is named.

    A cost that some row does not tell is unknown: the sum of the others would be too low.
    """
    rows = database.rows(f"""
        SELECT coalesce(model, 'unknown'), sum(many), sum(input_tokens), sum(output_tokens),
            CASE WHEN count(cost_usd) = count(*) THEN sum(cost_usd) END
        FROM {GOOD} GROUP BY 1
        ORDER BY 5 DESC NULLS LAST, sum(input_tokens) + sum(output_tokens) DESC, 1
        LIMIT {MOST_MODELS}
    """)
    if [row[0] for row in rows] == ["unknown"]:
        return ()
    return tuple(
        ModelShare(
            model=model,
            requests=int(requests),
            input_tokens=int(input_tokens),
            output_tokens=int(output_tokens),
            recorded_cost_usd=cost,
        )
        for model, requests, input_tokens, output_tokens, cost in rows
    )


def is_summed_up(database: Database) -> bool:
    """Whether rows stand for several requests."""
    (most,) = database.row(f"SELECT max(many) FROM {GOOD}")
    return int(most) > 1


def times(database: Database, *, requests: int) -> Times:
    """The arrival of all requests."""
    first, last, kind = database.row(
        f"SELECT min(at_ms), max(at_ms), any_value(time_kind) FROM {GOOD}"
    )
    if first is None:
        return NO_TIMES
    dated = not is_relative(kind)
    first_at = _iso(first) if dated else None
    width_s = _row_width_s(database) if is_summed_up(database) else 0.0
    span_s = (last - first) / 1000 + width_s
    if span_s <= 0:
        return Times(kind, first_at, None, STEADY, ())
    bucket = max(width_s, bucket_s(requests, span_s))
    curve = load_curve(_counts(database, first, bucket), width_s=bucket, span_s=span_s)
    by_hour = dated and span_s >= DAY_S and width_s * 1000 <= HOUR_MS
    return Times(kind, first_at, span_s, curve, _hours(database, requests) if by_hour else ())


def _counts(database: Database, first_ms: float, bucket: float) -> dict[int, int]:
    number = f"floor((at_ms - {first_ms}) / {bucket * 1000})::BIGINT"
    rows = database.rows(f"SELECT {number}, sum(many) FROM {GOOD} GROUP BY 1")
    return {int(place): int(count) for place, count in rows}


def _row_width_s(database: Database) -> float:
    """How long a time one row sums up: to its end, else the least distance of two times."""
    (least,) = database.row(f"SELECT min(until_ms - at_ms) FROM {GOOD} WHERE until_ms > at_ms")
    if least is None:
        (least,) = database.row(f"""
            SELECT min(gap) FROM (
                SELECT at_ms - lag(at_ms) OVER (ORDER BY at_ms) AS gap
                FROM (SELECT DISTINCT at_ms FROM {GOOD} WHERE at_ms IS NOT NULL)
            )
        """)
    return float(least or 0) / 1000


def _hours(database: Database, requests: int) -> tuple[float, ...]:
    rows = database.rows(
        f"SELECT floor(at_ms / {HOUR_MS})::BIGINT % 24, sum(many) FROM {GOOD} GROUP BY 1"
    )
    counts = {int(hour) % 24: int(count) for hour, count in rows}
    return tuple(counts.get(hour, 0) / requests for hour in range(24))


def _iso(at_ms: float) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
