"""What the ledger knows of money, by whom it counts against."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from headgate.estimate.cost import Pricing
from headgate.ledger.budget_history import spent_before, spent_by_hour
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.policy.budget.terms import BudgetTerms, Scope
from support.entries import AT, FACTS, attempt_entry, decision_entry

MILLI_USD = 10**9
"""What each attempt costs."""
ASKED = replace(FACTS, team="search", tags=frozenset({"nightly", "demo"}))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LedgerStore]:
    writer = LedgerWriter(LedgerStore.open(tmp_path / "ledger.sqlite3"), interval_s=3600)
    facts = msgspec.json.encode(ASKED)
    writer.record(decision_entry("d1", key_name="alice", facts=facts))
    writer.record(attempt_entry("d1", 1, target="azure"))
    writer.record(attempt_entry("d1", 2))
    writer.record(decision_entry("d2", at=AT + 7200, route="code"))
    writer.record(attempt_entry("d2", started_at=AT + 7200))
    own = Pricing(usd_per_busy_hour=Decimal(9))
    writer.record(decision_entry("d3"))
    writer.record(attempt_entry("d3", 1, target="box", pricing=own))
    writer.record(attempt_entry("d3", 2, pricing=Pricing()))
    writer.record(decision_entry("old", at=AT - 40 * 86_400))
    writer.record(attempt_entry("old", started_at=AT - 40 * 86_400))
    assert writer.store is not None
    writer.flush()
    yield writer.store
    writer.close()


@pytest.mark.parametrize(
    ("scope", "who", "attempts"),
    [
        (None, "all", 3),
        ("key", "alice", 2),
        ("key", "bob", 0),
        ("team", "search", 2),
        ("team", "ads", 0),
        ("tag", "nightly", 2),
        ("tag", "night", 0),
        ("route", "code", 1),
        ("target", "azure", 1),
        ("target", "cloud", 2),
    ],
)
def test_it_is_counted_whose_it_is(
    store: LedgerStore, scope: Scope | None, who: str, attempts: int
) -> None:
    """Time of own machines, unknown costs and other periods are not."""
    terms = BudgetTerms(name="b", limit_pico=1, per="month", scope=scope, who=who)
    with store.engine.connect() as connection:
        assert spent_before(connection, terms, who, terms.period(AT)) == attempts * MILLI_USD


def test_hours_are_those_since_1970(store: LedgerStore) -> None:
    terms = BudgetTerms(name="b", limit_pico=1, per="month", who="all")
    with store.engine.connect() as connection:
        found = spent_by_hour(connection, terms, "all", AT - 86_400, AT + 86_400)
    hour = int(AT // 3600)
    assert found == {hour: pytest.approx(0.002), hour + 2: pytest.approx(0.001)}
