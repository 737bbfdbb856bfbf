"""The ledger as traffic: what plans are calculated from. Summed up by the database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, case, cast, func, select

from headgate.estimate.length_classes import INPUT_EDGES, OUTPUT_EDGES, Cell, classes
from headgate.estimate.load_curve import STEADY, bucket_s, load_curve
from headgate.estimate.traffic import MOST_MODELS, Dropped, LoadStep, ModelShare, Traffic
from headgate.ledger.schema import attempts
from headgate.ledger.speeds import read_speeds
from headgate.ledger.store import LedgerStore

DAY_S = 86_400
HOUR_S = 3600
_tried = attempts.c
_second = cast(_tried.started_at, BigInteger)


def read_traffic(store: LedgerStore, since: float | None = None) -> Traffic:
    """Every attempt that answered and whose tokens are known, from `since` (Unix seconds) on."""
    with store.engine.connect() as connection:
        cells = _cells(connection, since)
        requests = sum(cell.requests for cell in cells)
        first, last = connection.execute(
            _counted(since, func.min(_tried.started_at), func.max(_tried.started_at))
        ).one()
        span_s = last - first if requests and last > first else None
        return Traffic(
            name="ledger",
            format="ledger",
            requests=requests,
            input_tokens=sum(cell.input_tokens for cell in cells),
            output_tokens=sum(cell.output_tokens for cell in cells),
            cache_read_tokens=sum(cell.cache_read_tokens for cell in cells),
            cache_write_tokens=sum(cell.cache_write_tokens for cell in cells),
            first_at=_iso(first) if requests else None,
            span_s=span_s,
            classes=classes(cells),
            load_curve=_load_curve(connection, since, requests, first, span_s),
            hours_utc=_hours(connection, since, requests) if (span_s or 0) >= DAY_S else (),
            by_model=_models(connection, since),
            speeds=read_speeds(connection, since),
            dropped=_dropped(connection, since),
        )


def _counted(since: float | None, *columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).where(
        *_since(since),
        _tried.outcome == "answered",
        _tried.input_tokens + _tried.output_tokens > 0,
    )


def _since(since: float | None) -> Sequence[ColumnElement[bool]]:
    return () if since is None else (_tried.started_at >= since,)


def _cells(connection: Connection, since: float | None) -> list[Cell]:
    totals = (
        func.sum(_tried.input_tokens).label("input_tokens"),
        func.sum(_tried.output_tokens).label("output_tokens"),
        func.coalesce(func.sum(_tried.cache_read_tokens), 0).label("cache_read_tokens"),
        func.coalesce(func.sum(_tried.cache_write_tokens), 0).label("cache_write_tokens"),
    )
    query = _counted(since, func.count().label("requests"), *totals).group_by(
        _place(_tried.input_tokens, INPUT_EDGES), _place(_tried.output_tokens, OUTPUT_EDGES)
    )
    rows = connection.execute(query)
    return [Cell(**{name: int(value) for name, value in row._mapping.items()}) for row in rows]


def _place(column: ColumnElement[Any], edges: Sequence[int]) -> ColumnElement[int]:
    return case(*((column <= edge, place) for place, edge in enumerate(edges)), else_=len(edges))


def _load_curve(
    connection: Connection, since: float | None, requests: int, first: float, span_s: float | None
) -> tuple[LoadStep, ...]:
    if span_s is None:
        return STEADY
    width_s = bucket_s(requests, span_s)
    bucket = (_second - int(first)) // width_s
    rows = connection.execute(_counted(since, bucket, func.count()).group_by(bucket))
    counts = {int(number): count for number, count in rows}
    return load_curve(counts, width_s=width_s, span_s=span_s)


def _hours(connection: Connection, since: float | None, requests: int) -> tuple[float, ...]:
    hour = _second // HOUR_S % 24
    rows = connection.execute(_counted(since, hour, func.count()).group_by(hour))
    counts = {int(number): count for number, count in rows}
    return tuple(counts.get(number, 0) / requests for number in range(24))


def _models(connection: Connection, since: float | None) -> tuple[ModelShare, ...]:
    # Where one cost of a model is unknown the sum would be too low: it is unknown as well.
    known = func.count(_tried.cost_usd) == func.count()
    cost = case((known, func.sum(_tried.cost_usd))).label("cost")
    tokens = func.sum(_tried.input_tokens + _tried.output_tokens)
    totals = (func.count(), func.sum(_tried.input_tokens), func.sum(_tried.output_tokens), cost)
    query = _counted(since, _tried.model, *totals).group_by(_tried.model)
    ordered = query.order_by(cost.desc().nulls_last(), tokens.desc(), _tried.model)
    return tuple(
        ModelShare(
            model=model,
            requests=requests,
            input_tokens=int(input_tokens),
            output_tokens=int(output_tokens),
            recorded_cost_usd=None if usd is None else float(usd),
        )
        for model, requests, input_tokens, output_tokens, usd in connection.execute(
            ordered.limit(MOST_MODELS)
        )
    )


def _dropped(connection: Connection, since: float | None) -> tuple[Dropped, ...]:
    reason = case(
        (_tried.outcome != "answered", "the attempt did not answer"),
        else_="its tokens are not known",
    )
    counts = func.coalesce(_tried.input_tokens + _tried.output_tokens, 0) > 0
    query = (
        select(reason, func.count())
        .where(*_since(since), (_tried.outcome != "answered") | ~counts)
        .group_by(reason)
        .order_by(func.count().desc())
    )
    return tuple(
        Dropped(reason=why, rows=rows, first_line=0) for why, rows in connection.execute(query)
    )


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
