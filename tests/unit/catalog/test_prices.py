"""Prices by request: against figures worked out by hand, and against the library itself."""

import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import genai_prices
import pytest
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.catalog import prices
from headgate.catalog.prices import (
    Addition,
    additions,
    find_price,
    listed_models,
    newest,
    use_list,
    use_packaged_list,
)
from headgate.core.errors import UpstreamGarbled
from headgate.core.usage import Usage
from support.price_list import price_list

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LISTED = sorted((p.id, m.id) for p in get_snapshot().providers for m in p.models)


def cost(provider: str, model: str, usage: Usage, at: datetime = NOW) -> Decimal | None:
    price = find_price(provider, model, at)
    assert price is not None
    return price.cost(usage)


@pytest.mark.parametrize(
    ("provider", "model", "usd"),
    [
        # 10,000 requests of 700 + 300 tokens: the planner's classic table, to the cent.
        ("openai", "gpt-4o-mini", "2.85"),  # 7 × 0.15 + 3 × 0.60
        ("cohere", "command-r-08-2024", "2.85"),
        ("anthropic", "claude-3-haiku-20240307", "5.50"),  # 7 × 0.25 + 3 × 1.25
        ("together", "meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo", "8.80"),  # 10 × 0.88
        ("openai", "gpt-4o", "47.50"),  # 7 × 2.50 + 3 × 10
        ("cohere", "command-r-plus-08-2024", "47.50"),
        ("anthropic", "claude-sonnet-4-5", "66.00"),  # 7 × 3 + 3 × 15
    ],
)
def test_ten_million_tokens_in_small_requests_cost_what_the_table_says(
    provider: str, model: str, usd: str
) -> None:
    one = cost(provider, model, Usage(input_tokens=700, output_tokens=300))
    assert one is not None
    assert one * 10_000 == Decimal(usd)


def test_a_request_over_the_step_pays_the_higher_rate_for_all_its_tokens() -> None:
    below = Usage(input_tokens=200_000, output_tokens=1_000)
    above = Usage(input_tokens=200_001, output_tokens=1_000)
    # 0.2 × $3 + 0.001 × $15, then 0.200001 × $6 + 0.001 × $22.50
    assert cost("anthropic", "claude-sonnet-4-5", below) == Decimal("0.615")
    assert cost("anthropic", "claude-sonnet-4-5", above) == Decimal("1.222506")


def test_cache_reads_and_writes_have_their_own_rates() -> None:
    usage = Usage(
        input_tokens=10_000, cache_read_tokens=6_000, cache_write_tokens=3_000, output_tokens=100
    )
    # 1,000 fresh at $1, 6,000 read at $0.10, 3,000 written at $1.25, 100 out at $5, a million each
    assert cost("anthropic", "claude-haiku-4-5", usage) == Decimal("0.00585")


def test_cached_tokens_without_a_rate_of_their_own_cost_what_input_costs() -> None:
    usage = Usage(input_tokens=1_000, cache_read_tokens=900)
    assert cost("cohere", "command-r-08-2024", usage) == Decimal("0.00015")


def test_an_hour_in_the_cache_costs_twice_the_input() -> None:
    usage = Usage(input_tokens=3_000, cache_write_tokens=3_000, cache_write_1h_tokens=2_000)
    # 1,000 written for five minutes at $1.25, 2,000 for an hour at $2, a million each
    assert cost("anthropic", "claude-haiku-4-5", usage) == Decimal("0.00525")


def test_sound_has_its_own_rates_and_no_cost_where_the_list_has_none() -> None:
    usage = Usage(
        input_tokens=1_000, audio_input_tokens=600, output_tokens=500, audio_output_tokens=400
    )
    # 400 × $2.50 + 600 × $32 + 100 × $10 + 400 × $64, a million each
    assert cost("openai", "gpt-audio", usage) == Decimal("0.0468")
    assert cost("openai", "gpt-4o-audio-preview", usage) is None


def test_reranking_is_charged_by_the_search() -> None:
    assert cost("cohere", "rerank-v3.5", Usage(search_units=3)) == Decimal("0.006")
    assert cost("cohere", "rerank-v4.0-pro", Usage(search_units=3)) == Decimal("0.0075")
    assert cost("cohere", "rerank-v5.0-pro", Usage(input_tokens=1_000)) == Decimal("0.00005")
    assert cost("cohere", "rerank-v5.0-pro", Usage(search_units=1)) is None
    assert cost("cohere", "rerank-v3.5", Usage(input_tokens=1)) is None


def test_what_the_provider_searches_for_is_charged_beside_the_tokens() -> None:
    usage = Usage(input_tokens=1_000, web_searches=2)
    assert cost("anthropic", "claude-haiku-4-5", usage) == Decimal("0.021")  # + 2 × $10 / 1,000


def test_a_tier_has_its_own_rates() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000)

    def usd(tier: str | None, provider: str = "openai", model: str = "gpt-5") -> Decimal | None:
        price = find_price(provider, model, NOW, tier=tier)
        return None if price is None else price.cost(usage)

    assert usd(None) == usd("default") == usd("auto") == Decimal("11.25")
    assert usd("flex") == Decimal("5.625")
    assert usd("priority") == Decimal("22.5")
    assert usd("fast", "anthropic", "claude-opus-4-8") == Decimal(60)  # $10 + $50
    assert usd("batch") == Decimal("5.625")
    # The list does not say what these cost.
    assert usd("priority", model="gpt-5-nano") is None
    assert usd("flex", "cohere", "command-r-08-2024") is None


def test_a_batch_is_discounted_where_the_list_knows_it() -> None:
    usage = Usage(input_tokens=1_000_000)
    batch = find_price("openai", "gpt-4o-mini", NOW, is_batch=True)
    assert batch is not None
    assert batch.cost(usage) == Decimal("0.075")
    assert cost("openai", "gpt-4o-mini", usage) == Decimal("0.15")


def test_the_price_of_an_earlier_day_is_the_one_in_force_then() -> None:
    may = datetime(2025, 5, 1, tzinfo=UTC)
    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000)
    assert cost("openai", "o3", usage, may) == Decimal(50)  # $10 + $40
    assert cost("openai", "o3", usage) == Decimal(10)  # $2 + $8


def test_the_price_of_an_hour_is_the_one_in_force_in_it() -> None:
    usage = Usage(input_tokens=1_000_000)
    dear = cost("deepseek", "deepseek-chat", usage, NOW)
    cheap = cost("deepseek", "deepseek-chat", usage, NOW.replace(hour=20))
    assert dear is not None
    assert cheap is not None
    assert cheap < dear


def test_what_no_list_has_is_none_and_says_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert find_price("openai", "no-such-model", NOW) is None
        assert find_price("no-such-provider", "gpt-4o", NOW) is None
        assert find_price("openai", "", NOW) is None


def test_a_name_too_long_for_a_model_is_not_looked_up_or_remembered() -> None:
    before = prices._find.cache_info().currsize
    assert find_price("openai", "gpt-4o" + "x" * 1000, NOW) is None
    assert prices._find.cache_info().currsize == before


def test_names_nobody_lists_leave_nothing_behind_in_the_library() -> None:
    snapshot = get_snapshot()
    before = len(snapshot._provider_cache), len(snapshot._lookup_cache)
    for number in range(20):
        find_price("openai", f"invented-{number}", NOW)
    after = len(snapshot._provider_cache), len(snapshot._lookup_cache)
    assert after[0] - before[0] <= 1
    assert after[1] == before[1]


def test_the_source_names_the_list_and_its_version_and_the_day() -> None:
    price = find_price("openai", "gpt-4o", NOW)
    assert price is not None
    assert price.source == f"genai-prices {genai_prices.__version__}"
    assert price.as_of == date(2026, 11, 23)
    assert (price.usd_per_input_mtok, price.usd_per_output_mtok) == (2.5, 10.0)


def test_a_model_that_only_reads_ranks_with_no_price_for_output() -> None:
    price = find_price("openai", "text-embedding-3-small", NOW)
    assert price is not None
    assert (price.usd_per_input_mtok, price.usd_per_output_mtok) == (0.02, 0.0)
    assert price.cost(Usage(input_tokens=1_000_000)) == Decimal("0.02")
    assert price.cost(Usage(input_tokens=1_000_000, output_tokens=1)) is None


@pytest.mark.parametrize(
    "usage",
    [
        Usage(input_tokens=10, cache_read_tokens=11),
        Usage(input_tokens=10, cache_read_tokens=6, cache_write_tokens=6),
        Usage(input_tokens=-1),
        Usage(output_tokens=-5),
    ],
)
def test_counts_that_contradict_each_other_have_no_cost(usage: Usage) -> None:
    assert cost("anthropic", "claude-haiku-4-5", usage) is None


@settings(deadline=None)
@given(
    entry=st.sampled_from(LISTED),
    fresh=st.integers(0, 500_000),
    read=st.integers(0, 300_000),
    written=st.integers(0, 300_000),
    output=st.integers(0, 100_000),
    hours=st.integers(0, 24 * 900),
)
def test_every_listed_model_costs_what_the_library_says(
    entry: tuple[str, str], fresh: int, read: int, written: int, output: int, hours: int
) -> None:
    at = NOW - timedelta(hours=hours)
    total = fresh + read + written
    price = find_price(*entry, at)
    if price is None:
        return
    ours = price.cost(
        Usage(
            input_tokens=total,
            cache_read_tokens=read,
            cache_write_tokens=written,
            output_tokens=output,
        )
    )
    theirs = genai_prices.calc_price(
        genai_prices.Usage(
            input_tokens=total,
            cache_read_tokens=read,
            cache_write_tokens=written,
            output_tokens=output,
        ),
        entry[1],
        provider_id=entry[0],
        genai_request_timestamp=at,
    )
    # Where the list has no rate for output, the library takes it as free and we as unknown.
    assert ours == theirs.total_price or (ours is None and theirs.model_price.output_mtok is None)


def test_our_own_additions_are_dated_sourced_and_still_missing_from_the_list() -> None:
    snapshot = get_snapshot()
    assert additions()
    for entry in additions():
        assert entry.source.startswith("https://")
        provider = snapshot.find_provider(None, entry.provider, None)
        has_tokens = entry.input_usd_per_mtok is not None
        assert has_tokens or entry.usd_per_thousand_searches is not None
        for model in entry.models:
            assert model == model.lower()
            assert provider.find_model(model, all_providers=snapshot.providers) is None


def test_an_added_price_is_found_like_a_listed_one() -> None:
    price = find_price("cohere", "embed-english-v3.0", NOW)
    assert price is not None
    assert price.cost(Usage(input_tokens=1_000_000)) == Decimal("0.10")
    assert price.source.startswith("https://")
    assert price.source.endswith("(2026-11-23)")


def test_the_last_added_entry_that_holds_wins() -> None:
    def entry(usd: str, since: date | None) -> Addition:
        return Addition(
            provider="p",
            models=("m",),
            input_usd_per_mtok=Decimal(usd),
            since=since,
            source="https://example.com",
            checked=date(2026, 11, 23),
        )

    history = [entry("3", None), entry("2", date(2026, 6, 1))]
    before, after = datetime(2026, 5, 31, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    old, new = newest(history, before), newest(history, after)
    assert old is not None
    assert new is not None
    assert (old.usd_per_input_mtok, new.usd_per_input_mtok) == (3.0, 2.0)
    assert newest(history[1:], before) is None


@pytest.fixture
def packaged_list_afterwards() -> Iterator[None]:
    yield
    use_packaged_list()


@pytest.mark.usefixtures("packaged_list_afterwards")
def test_a_fetched_list_stands_in_for_the_installed_one() -> None:
    assert cost("openai", "gpt-4o", Usage(input_tokens=1_000_000)) == Decimal("2.5")
    use_list(price_list({"gpt-4o": (9.0, 18.0)}), date(2026, 11, 25))
    price = find_price("openai", "gpt-4o", NOW)
    assert price is not None
    assert price.source == "genai-prices of 2026-11-25"
    assert price.cost(Usage(input_tokens=1_000_000)) == Decimal(9)
    assert ("openai", "gpt-4o") in listed_models()
    assert ("deepseek", "deepseek-chat") not in listed_models()


@pytest.mark.usefixtures("packaged_list_afterwards")
def test_our_own_additions_stay_beside_a_fetched_list() -> None:
    use_list(price_list(), date(2026, 11, 25))
    assert cost("cohere", "embed-english-v3.0", Usage(input_tokens=1_000_000)) == Decimal("0.10")


@pytest.mark.usefixtures("packaged_list_afterwards")
def test_a_list_that_is_refused_changes_nothing() -> None:
    with pytest.raises(UpstreamGarbled):
        use_list(b"[]", date(2026, 11, 25))
    assert cost("openai", "gpt-4o", Usage(input_tokens=1_000_000)) == Decimal("2.5")


def test_the_installed_list_can_be_used_again() -> None:
    use_list(price_list({"gpt-4o": (9.0, 18.0)}), date(2026, 11, 25))
    use_packaged_list()
    assert cost("openai", "gpt-4o", Usage(input_tokens=1_000_000)) == Decimal("2.5")
