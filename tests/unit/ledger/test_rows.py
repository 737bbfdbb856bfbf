"""Entries as rows, and rows in the database."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from headgate.core.usage import Usage
from headgate.estimate.cost import UNKNOWN, Pricing
from headgate.ledger.queries import recent
from headgate.ledger.rows import attempt_row, cost_of, decision_row, insert
from headgate.ledger.schema import attempts, decisions
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from support.entries import attempt_entry, decision_entry


def test_a_decision_is_read_back_as_it_was_entered(path: Path) -> None:
    entry = decision_entry(
        "d1", key_name="alice", environment="dev", stream=True, ranked=("cloud", "räder")
    )
    store = LedgerStore.open(path)
    with store.engine.begin() as connection:
        insert(connection, decisions, [decision_row(entry)])
        row = connection.execute(select(decisions)).one()
    store.close()
    for name in ("id", "at", "route", "key_name", "environment", "stream", "facts", "candidates"):
        assert getattr(row, name) == getattr(entry, name), name
    assert row.ranked == '["cloud","räder"]'


def test_an_attempt_is_read_back_with_its_cost_exact(path: Path) -> None:
    usage = Usage(
        input_tokens=700,
        output_tokens=300,
        cache_read_tokens=200,
        cache_write_tokens=100,
        reasoning_tokens=50,
        is_estimated=True,
    )
    entry = attempt_entry("d1", 2, usage=usage, ttft_ms=20.5, error="it broke", region="eu")
    store = LedgerStore.open(path)
    with store.engine.begin() as connection:
        insert(connection, attempts, [attempt_row(entry, cost_of(entry))])
        row = connection.execute(select(attempts)).one()
    store.close()
    for name in ("decision_id", "number", "target", "ttft_ms", "error", "region", "http_status"):
        assert getattr(row, name) == getattr(entry, name), name
    assert (row.input_tokens, row.reasoning_tokens, row.usage_is_estimated) == (700, 50, True)
    assert (row.cost_usd, row.cost_basis) == (Decimal("0.001"), "override")


def test_every_kind_of_token_is_read_back_as_it_was_counted(writer: LedgerWriter) -> None:
    """Each field has a value of its own: none is left out, and no two change places."""
    counts = {
        name: number
        for number, name in enumerate(Usage.__struct_fields__, start=1)
        if name not in {"tier", "reported_usd", "is_estimated"}
    }
    usage = Usage(**counts, tier="flex", reported_usd=Decimal("0.000123"), is_estimated=True)
    writer.record(attempt_entry("d1", usage=usage))
    writer.record(decision_entry("d1"))
    writer.flush()
    assert writer.store is not None
    (decision,) = recent(writer.store)
    assert decision.attempts[0].usage == usage


def test_what_is_unknown_is_null_and_not_zero(path: Path) -> None:
    entry = attempt_entry("d1", usage=None, pricing=Pricing())
    assert cost_of(entry) == UNKNOWN
    store = LedgerStore.open(path)
    with store.engine.begin() as connection:
        insert(connection, attempts, [attempt_row(entry, UNKNOWN)])
        row = connection.execute(select(attempts)).one()
    store.close()
    assert (row.cost_usd, row.input_tokens, row.usage_is_estimated) == (None, None, None)


def test_the_price_is_that_of_the_time_of_the_attempt() -> None:
    may_2025 = 1_746_100_800.0
    pricing = Pricing(catalog_provider="openai")
    usage = Usage(input_tokens=1_000_000)
    then = cost_of(
        attempt_entry("d", model="o3", started_at=may_2025, pricing=pricing, usage=usage)
    )
    now = cost_of(attempt_entry("d", model="o3", pricing=pricing, usage=usage))
    assert (then.usd, now.usd) == (Decimal(10), Decimal(2))


def test_names_and_errors_from_outside_are_cut_to_a_length() -> None:
    entry = attempt_entry("d1", model="m" * 9000, response_model="r" * 9000, error="e" * 9000)
    row = attempt_row(entry, UNKNOWN)
    assert max(len(cell) for cell in row if isinstance(cell, str)) == 1000
    assert (
        max(map(len, map(str, decision_row(decision_entry("d", requested_model="x" * 9000))))) < 300
    )


def test_one_bad_row_keeps_its_whole_statement_out(path: Path) -> None:
    good, again = decision_row(decision_entry("d1")), decision_row(decision_entry("d2"))
    store = LedgerStore.open(path)
    with store.engine.begin() as connection:
        with pytest.raises(IntegrityError):
            insert(connection, decisions, [good, again, good])
        assert connection.execute(select(decisions)).all() == []
    store.close()
