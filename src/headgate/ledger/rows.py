"""Entries as rows of their tables, and many rows as one statement."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection, Table

from headgate.core.usage import Usage
from headgate.estimate.cost import Cost, price_attempt
from headgate.ledger.entry import AttemptEntry, DecisionEntry
from headgate.ledger.schema import to_pico_usd

Row = tuple[Any, ...]
LONGEST_NAME = 256
"""Model names come from clients and backends."""
LONGEST_ERROR = 1000
LONGEST_TIER = 40
_NO_USAGE: Row = (None,) * 6
_NO_DETAILS: Row = (None,) * 10
_json = msgspec.json.Encoder()


def decision_row(entry: DecisionEntry) -> Row:
    """In the order of `schema.decisions`."""
    return (
        entry.id,
        entry.at,
        entry.operation,
        entry.route,
        entry.requested_model[:LONGEST_NAME],
        entry.key_name,
        entry.environment,
        entry.stream,
        entry.facts,
        entry.candidates,
        _json.encode(entry.ranked).decode(),
        entry.status,
        entry.served_by,
        entry.http_status,
        entry.attempts,
        entry.duration_ms,
        entry.rules_version,
        None if entry.verdict is None else entry.verdict[:LONGEST_ERROR],
    )


def attempt_row(entry: AttemptEntry, cost: Cost) -> Row:
    """In the order of `schema.attempts`."""
    response_model, error, usage = entry.response_model, entry.error, entry.usage
    return (
        entry.decision_id,
        entry.number,
        entry.target,
        entry.provider,
        entry.model[:LONGEST_NAME],
        None if response_model is None else response_model[:LONGEST_NAME],
        entry.is_local,
        entry.region,
        entry.started_at,
        entry.duration_ms,
        entry.ttft_ms,
        entry.outcome,
        None if error is None else error[:LONGEST_ERROR],
        entry.http_status,
        *(_NO_USAGE if usage is None else _usage(usage)),
        None if cost.usd is None else to_pico_usd(cost.usd),
        cost.basis,
        cost.source,
        None if cost.as_of is None else cost.as_of.isoformat(),
        *(_NO_DETAILS if usage is None else _details(usage)),
        entry.role,
        None if entry.note is None else entry.note[:LONGEST_ERROR],
    )


def _usage(usage: Usage) -> Row:
    return (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
        usage.is_estimated,
    )


def _details(usage: Usage) -> Row:
    return (
        usage.cache_write_1h_tokens,
        usage.audio_input_tokens,
        usage.audio_output_tokens,
        usage.cache_read_audio_tokens,
        usage.billed_input_tokens,
        usage.billed_output_tokens,
        usage.search_units,
        usage.web_searches,
        None if usage.tier is None else usage.tier[:LONGEST_TIER],
        None if usage.reported_usd is None else to_pico_usd(usage.reported_usd),
    )


def cost_of(entry: AttemptEntry) -> Cost:
    """What the attempt cost, at the prices of its time."""
    return price_attempt(
        entry.pricing,
        entry.usage,
        model=entry.model,
        response_model=entry.response_model,
        duration_s=entry.duration_ms / 1000,
        at=datetime.fromtimestamp(entry.started_at, UTC),
    )


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert all rows, or none, with one statement.

    One and not `executemany`: SQLite lets go of Python's lock while a statement runs and
    has to queue for it again afterwards, behind the event loop, as often as there are
    statements. Measured beside a busy loop, that made `executemany` 20 times slower.
    """
    if rows:
        connection.exec_driver_sql(_statement(table, len(rows)), tuple(chain.from_iterable(rows)))


@lru_cache(maxsize=512)
def _statement(table: Table, count: int) -> str:
    # Question marks are SQLite's; another database needs its own here.
    row = f"({', '.join('?' * len(table.columns))})"
    return f"INSERT INTO {table.name} VALUES {', '.join([row] * count)}"
