"""Which knowledge prices an attempt, and to what."""

from datetime import UTC, date, datetime
from decimal import Decimal

from msgspec.structs import replace

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


def test_an_override_prices_an_hour_in_the_cache_like_any_other_write_unless_it_says() -> None:
    usage = Usage(input_tokens=1_000, cache_write_tokens=1_000, cache_write_1h_tokens=1_000)
    bare = Pricing(usd_per_input_mtok=Decimal(1), usd_per_output_mtok=Decimal(2))
    written = replace(bare, usd_per_cache_write_mtok=Decimal("1.25"))
    hour = replace(written, usd_per_cache_write_1h_mtok=Decimal(2))
    found = [price(each, usage).usd for each in (bare, written, hour)]
    assert found == [Decimal("0.001"), Decimal("0.00125"), Decimal("0.002")]


def test_an_override_prices_sound_and_searches_only_where_it_says_how() -> None:
    bare = Pricing(usd_per_input_mtok=Decimal(1), usd_per_output_mtok=Decimal(2))
    full = replace(
        bare,
        usd_per_audio_input_mtok=Decimal(10),
        usd_per_audio_output_mtok=Decimal(20),
        usd_per_thousand_searches=Decimal(3),
    )
    heard = Usage(input_tokens=1_000, audio_input_tokens=1_000)
    spoken = Usage(output_tokens=1_000, audio_output_tokens=1_000)
    ranked = Usage(search_units=2)
    assert [price(bare, usage) for usage in (heard, spoken, ranked)] == [UNKNOWN] * 3
    found = [price(full, usage).usd for usage in (heard, spoken, ranked)]
    assert found == [Decimal("0.01"), Decimal("0.02"), Decimal("0.006")]


def test_what_a_provider_says_it_charged_is_believed_where_it_is_known_to_say_it() -> None:
    usage = replace(THOUSAND, reported_usd=Decimal("0.42"))
    reporting = Pricing(catalog_provider="openai", reports_cost=True)
    cost = price(reporting, usage)
    assert cost == Cost(
        Decimal("0.42"), "the provider's own figure", date(2026, 11, 23), "reported"
    )
    assert price(reporting).basis == "catalog"
    # Any server can write such a figure into its answers.
    assert price(Pricing(catalog_provider="openai"), usage).usd == Decimal("0.00075")
    own = replace(reporting, usd_per_input_mtok=Decimal(1), usd_per_output_mtok=Decimal(1))
    assert price(own, usage).basis == "override"


def test_the_list_is_asked_for_the_tier_that_served() -> None:
    catalog = Pricing(catalog_provider="openai")
    usual = price(catalog, THOUSAND, model="gpt-5").usd
    flex = price(catalog, replace(THOUSAND, tier="flex"), model="gpt-5").usd
    assert (usual, flex) == (Decimal("0.01125"), Decimal("0.005625"))  # 0.001 × ($1.25 + $10)


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
