"""Decisions as JSON and as CSV, with keys that stay. Money is text, so that it stays exact."""

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import msgspec

from headgate.core.usage import Usage
from headgate.ledger.queries import RecordedAttempt, RecordedDecision

CSV_COLUMNS = (
    *("decision_id", "at", "operation", "route", "requested_model", "key_name", "environment"),
    *("stream", "status", "served_by", "http_status", "duration_ms", "rules_version"),
    *("attempt", "target", "provider", "model", "response_model", "is_local", "region"),
    *("attempt_at", "attempt_ms", "ttft_ms", "outcome", "error", "attempt_http_status"),
    *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("reasoning_tokens", "usage_is_estimated"),
    *("cost_usd", "cost_known", "cost_basis", "price_source", "price_as_of"),
    *("cache_write_1h_tokens", "audio_input_tokens", "audio_output_tokens"),
    *("cache_read_audio_tokens", "billed_input_tokens", "billed_output_tokens"),
    *("search_units", "web_searches", "tier", "reported_usd"),
    "role",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a cell that begins like this, and clients choose model names."""


def plain(value: Any) -> Any:
    """Structs as plain JSON values; money as text in full, never as `1E-7`."""
    return _written_out(msgspec.to_builtins(value, builtin_types=(Decimal,)))


def document(decision: RecordedDecision) -> dict[str, Any]:
    """One decision with its attempts, as plain JSON values."""
    fields: dict[str, Any] = plain(decision)
    fields["at"] = timestamp(decision.at)
    fields["cost_known"] = not decision.unknown_costs
    for attempt, recorded in zip(fields["attempts"], decision.attempts, strict=True):
        attempt["started_at"] = timestamp(recorded.started_at)
        attempt["cost_known"] = recorded.cost_usd is not None
    return fields


def json_text(value: Any) -> str:
    """One JSON document for people and programs."""
    return msgspec.json.format(msgspec.json.encode(plain(value))).decode()


def decisions_json(decisions: Iterable[RecordedDecision]) -> str:
    """All of them as one JSON document."""
    return json_text({"decisions": [document(decision) for decision in decisions]})


def csv_text(decisions: Iterable[RecordedDecision]) -> str:
    """One line for each attempt; one with empty cells for a decision without any."""
    text = StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, restval="")
    writer.writeheader()
    for decision in decisions:
        for line in _lines(decision):
            writer.writerow({column: _cell(value) for column, value in line.items()})
    return text.getvalue()


def timestamp(at: float) -> str:
    """Unix seconds as ISO 8601, in UTC, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _lines(decision: RecordedDecision) -> Iterator[dict[str, Any]]:
    shared = {
        "decision_id": decision.id,
        "at": timestamp(decision.at),
        "operation": decision.operation,
        "route": decision.route,
        "requested_model": decision.requested_model,
        "key_name": decision.key_name,
        "environment": decision.environment,
        "stream": decision.stream,
        "status": decision.status,
        "served_by": decision.served_by,
        "http_status": decision.http_status,
        "duration_ms": decision.duration_ms,
        "rules_version": decision.rules_version,
    }
    if not decision.attempts:
        yield shared
    for attempt in decision.attempts:
        yield {**shared, **_attempt_cells(attempt)}


def _attempt_cells(attempt: RecordedAttempt) -> dict[str, Any]:
    return {
        "attempt": attempt.number,
        "target": attempt.target,
        "provider": attempt.provider,
        "model": attempt.model,
        "response_model": attempt.response_model,
        "is_local": attempt.is_local,
        "region": attempt.region,
        "attempt_at": timestamp(attempt.started_at),
        "attempt_ms": attempt.duration_ms,
        "ttft_ms": attempt.ttft_ms,
        "outcome": attempt.outcome,
        "error": attempt.error,
        "attempt_http_status": attempt.http_status,
        **_usage_cells(attempt.usage),
        "cost_usd": attempt.cost_usd,
        "cost_known": attempt.cost_usd is not None,
        "cost_basis": attempt.cost_basis,
        "price_source": attempt.price_source,
        "price_as_of": attempt.price_as_of,
        "role": attempt.role,
    }


def _usage_cells(usage: Usage | None) -> dict[str, Any]:
    if usage is None:
        return {}
    cells = msgspec.structs.asdict(usage)
    cells["usage_is_estimated"] = cells.pop("is_estimated")
    return cells


def _written_out(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {key: _written_out(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_written_out(inner) for inner in value]
    return value


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
