"""Which knowledge prices an attempt, and to what."""

from datetime import UTC, date, datetime
from decimal import Decimal

from headgate.core.usage import Usage
from headgate.estimate.cost import UNKNOWN, Cost, Pricing, expected_usd, price_attempt

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
THOUSAND = Usage(input_tokens=1_000, output_tokens=1_000)


def price(
    pricing: Pricing,
    usage: Usage | None = THOUSAND,
    *,
    model: str = "gpt-4o-mini",
    response_model: str | None = None,
    duration_s: float = 1.0,
) -> Cost:
    return price_attempt(
        pricing,
        usage,
        model=model,
        response_model=response_model,
        duration_s=duration_s,
        at=NOW,
    )


def test_the_list_prices_the_model_that_answered() -> None:
    catalog = Pricing(catalog_provider="openai")
    cost = price(catalog, model="my-alias", response_model="gpt-4o-2024-08-06")
    assert cost.usd == Decimal("0.0125")  # 0.001 × ($2.50 + $10)
    assert cost.basis == "catalog"
    assert cost.source is not None
    assert cost.source.startswith("genai-prices ")
    assert cost.as_of == date(2026, 11, 23)


def test_the_list_prices_the_model_asked_for_when_the_answer_names_none_it_knows() -> None:
    catalog = Pricing(catalog_provider="openai")
    expected = Decimal("0.00075")  # 0.001 × ($0.15 + $0.60)
    assert price(catalog, response_model="something-else").usd == expected
    assert price(catalog, response_model=None).usd == expected


def test_a_batch_is_priced_as_one() -> None:
    assert price(Pricing(catalog_provider="openai", is_batch=True)).usd == Decimal("0.000375")


def test_the_configuration_wins_over_a_machine_and_the_list() -> None:
    pricing = Pricing(
        catalog_provider="openai",
        usd_per_input_mtok=Decimal(1),
        usd_per_output_mtok=Decimal(2),
        usd_per_cache_read_mtok=Decimal("0.5"),
        usd_per_busy_hour=Decimal(9),
    )
    usage = Usage(input_tokens=1_000, cache_read_tokens=400, output_tokens=100)
    # 600 × $1 + 400 × $0.50 + 100 × $2, a million each
    assert price(pricing, usage) == Cost(Decimal("0.001"), "configuration", None, "override")


def test_an_override_that_lacks_the_price_of_what_was_used_knows_nothing() -> None:
    half = Pricing(usd_per_input_mtok=Decimal(1))
    assert price(half) == UNKNOWN
    assert price(half, Usage(input_tokens=1_000)).usd == Decimal("0.001")


def test_a_machine_costs_the_time_it_worked() -> None:
    pricing = Pricing(usd_per_busy_hour=Decimal("3.60"), catalog_provider="openai")
    cost = price(pricing, duration_s=2.5)
    assert cost == Cost(Decimal("0.0025"), "configuration", None, "local")


def test_what_is_not_known_is_unknown_and_not_free() -> None:
    assert price(Pricing()) == UNKNOWN
    assert price(Pricing(catalog_provider="openai"), usage=None) == UNKNOWN
    assert price(Pricing(usd_per_busy_hour=Decimal(1)), usage=None) == UNKNOWN
    assert price(Pricing(catalog_provider="openai"), model="no-such-model") == UNKNOWN
    assert UNKNOWN.usd is None


def test_no_tokens_cost_nothing_where_the_price_is_known() -> None:
    assert price(Pricing(catalog_provider="openai"), Usage()).usd == 0


def test_what_tokens_cost_needs_the_prices_of_those_there_are() -> None:
    assert expected_usd(2.5, 10.0, input_tokens=1000, output_tokens=100) == 0.0035
    assert expected_usd(0.0, 0.0, input_tokens=1000, output_tokens=100) == 0.0
    assert expected_usd(None, 10.0, input_tokens=1000, output_tokens=100) is None
    assert expected_usd(2.5, None, input_tokens=1000, output_tokens=100) is None
    assert expected_usd(2.5, None, input_tokens=1000, output_tokens=0) == 0.0025
