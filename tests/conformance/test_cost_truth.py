"""Each provider's own report of a request, priced to the last digit of a bill made by hand."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from headgate.backends.provider import Provider
from headgate.backends.registry import provider, provider_names
from headgate.core.plugins import load
from headgate.core.usage import Usage
from headgate.estimate.cost import Cost, Pricing, price_attempt
from headgate.ledger.queries import totals
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.wire.dialect import BackendDialect
from support.cost_truth import WEEKDAY, Row, page, rows
from support.entries import attempt_entry, decision_entry

TABLE = rows()
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cost-truth.md"
every_row = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)


def usage_of(row: Row, dialect: str | None = None) -> Usage:
    name = dialect or row.dialect or provider(row.provider).dialect
    found: BackendDialect = load("headgate.wire.dialects", name, "DIALECT")
    return found.usage_of(row.usage)


def pricing(row: Row) -> Pricing:
    """As `runtime.targets` makes it."""
    if row.usd_per_busy_hour is not None:
        return Pricing(usd_per_busy_hour=row.usd_per_busy_hour)
    if row.catalog is not None:
        return Pricing(catalog_provider=row.catalog)
    kind: Provider = provider(row.provider)
    return Pricing(catalog_provider=kind.catalog_provider, reports_cost=kind.reports_cost)


def at(row: Row) -> datetime:
    return datetime.fromisoformat(WEEKDAY).replace(hour=row.hour, tzinfo=UTC)


def cost(row: Row, usage: Usage) -> Cost:
    return price_attempt(
        pricing(row),
        usage,
        model=row.model,
        response_model=None,
        duration_s=row.duration_s,
        at=at(row),
    )


@every_row
def test_a_report_costs_what_its_bill_says(row: Row) -> None:
    assert cost(row, usage_of(row)).usd == row.total


@every_row
def test_a_bill_adds_up(row: Row) -> None:
    for what, count, rate, usd in row.bill:
        assert rate * count / (1_000 if what == "searches" else 1_000_000) == usd, what
    assert sum(usd for *_, usd in row.bill) == row.total


@every_row
def test_a_mistake_would_show(row: Row) -> None:
    assert (row.naive is None) == (row.mistake is None)
    assert row.naive != row.total


@pytest.mark.parametrize(
    "row",
    [row for row in TABLE if row.mistake and row.mistake.endswith("charged beside a full prompt")],
    ids=lambda row: row.id,
)
def test_counting_the_cache_twice_gives_the_figure_of_the_table(row: Row) -> None:
    usage = usage_of(row)
    again = usage.cache_read_tokens + usage.cache_write_tokens
    assert again
    doubled = replace(usage, input_tokens=usage.input_tokens + again, reported_usd=None)
    assert cost(row, doubled).usd == row.naive


@pytest.mark.parametrize(
    ("row_id", "other"),
    [("anthropic-5m-and-1h", "openai_responses"), ("openai-responses", "anthropic")],
)
def test_one_provider_s_arithmetic_is_wrong_for_another(row_id: str, other: str) -> None:
    """Both say `input_tokens`, and mean something else by it."""
    row = next(each for each in TABLE if each.id == row_id)
    assert cost(row, usage_of(row, other)).usd != row.total


def test_every_hosted_provider_has_its_arithmetic_checked() -> None:
    hosted = {name for name in provider_names() if provider(name).catalog_provider is not None}
    # The same arithmetic and prices as `openai`, in its other dialect: see `openai-responses`.
    assert hosted - {"openai_responses"} <= {row.provider for row in TABLE}


def test_what_openrouter_says_goes_before_the_list_and_agrees_with_it() -> None:
    row = next(each for each in TABLE if each.id == "openrouter")
    usage = usage_of(row)
    assert cost(row, usage).basis == "reported"
    listed = price_attempt(
        Pricing(catalog_provider="openrouter"),
        usage,
        model=row.model,
        response_model=None,
        duration_s=1.0,
        at=at(row),
    )
    assert (listed.usd, listed.basis) == (row.total, "catalog")


def test_the_ledger_adds_up_to_the_sum_of_the_bills(tmp_path: Path) -> None:
    store = LedgerStore.open(tmp_path / "ledger.sqlite3")
    writer = LedgerWriter(store)
    for row in TABLE:
        entry = attempt_entry(
            row.id,
            target=row.provider,
            model=row.model,
            started_at=at(row).timestamp(),
            duration_ms=row.duration_s * 1000,
            usage=usage_of(row),
            pricing=pricing(row),
        )
        writer.record(entry)
        writer.record(decision_entry(row.id, served_by=row.provider))
    writer.flush()
    total = totals(store).total
    writer.close()
    assert total.known_cost_usd == Decimal("0.40860857")
    assert total.unknown_costs == 0


def test_the_page_is_what_the_table_says_now() -> None:
    assert PAGE.read_text("utf-8") == page() + "\n", "run `make docs`"
