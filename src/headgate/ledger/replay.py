"""Decisions out of the ledger in bulk, with their attempts, in the order they came."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import select

from headgate.ledger.schema import attempts, decisions
from headgate.ledger.store import LedgerStore

MOST_SAMPLES = 200_000
"""Answers that speeds are told from: the newest."""
_decided, _tried = decisions.c, attempts.c
_COLUMNS = (
    _decided.id,
    _decided.at,
    _decided.requested_model,
    _decided.facts,
    _decided.candidates,
    _decided.ranked,
    _decided.status,
    _decided.served_by,
    _decided.duration_ms,
    _tried.number,
    _tried.target,
    _tried.model,
    _tried.response_model,
    _tried.is_local,
    _tried.started_at,
    _tried.duration_ms,
    _tried.ttft_ms,
    _tried.outcome,
    _tried.role,
    _tried.cost_usd,
    _tried.input_tokens,
    _tried.output_tokens,
    _tried.cache_read_tokens,
    _tried.cache_write_tokens,
    _tried.cache_write_1h_tokens,
    _tried.reasoning_tokens,
    _tried.audio_input_tokens,
    _tried.audio_output_tokens,
    _tried.cache_read_audio_tokens,
    _tried.billed_input_tokens,
    _tried.billed_output_tokens,
    _tried.search_units,
    _tried.web_searches,
    _tried.tier,
    _tried.reported_usd,
)


class AnswerSpeed(NamedTuple):
    """How long one answer took."""

    target: str
    model: str
    input_tokens: int
    output_tokens: int
    ttft_ms: float | None
    duration_ms: float


def stream(
    store: LedgerStore, since: float | None = None, until: float | None = None
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of one decision after the other, in the order of `_COLUMNS`.

    A decision without attempts has one row, whose columns of attempts are all `None`. Values are
    as they lie there: money in millionths of a millionth of a dollar, JSON as text or bytes.
    """
    times = [_decided.at >= since] if since is not None else []
    if until is not None:
        times.append(_decided.at < until)
    query = (
        select(*_COLUMNS)
        .join_from(decisions, attempts, _tried.decision_id == _decided.id, isouter=True)
        .where(*times)
        .order_by(_decided.at, _decided.id, _tried.number)
    )
    with store.engine.connect() as connection:
        # The driver's own rows, one by one: SQLAlchemy's take half as long again.
        cursor: Any = connection.execute(query).cursor
        for _, rows in groupby(cursor, itemgetter(0)):
            yield list(rows)


def answer_speeds(store: LedgerStore, since: float | None = None) -> Iterator[AnswerSpeed]:
    """Of complete answers to clients, newest first."""
    columns = (
        *(_tried.target, _tried.model, _tried.input_tokens, _tried.output_tokens),
        *(_tried.ttft_ms, _tried.duration_ms),
    )
    query = (
        select(*columns)
        .where(
            _tried.outcome == "answered",
            _tried.role == "serve",
            _tried.input_tokens.is_not(None),
            _tried.output_tokens > 1,
            *([] if since is None else [_tried.started_at >= since]),
        )
        # The key, and ids begin with the time: no sorting.
        .order_by(_tried.decision_id.desc())
        .limit(MOST_SAMPLES)
    )
    with store.engine.connect() as connection:
        for row in connection.execute(query):
            yield AnswerSpeed(*row)
