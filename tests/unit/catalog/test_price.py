"""One request at its rates: each kind of token once, and nothing at a rate nobody named."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from headgate.catalog.price import Price, Rate
from headgate.core.usage import Usage

RATES = {
    "input": "1",
    "output": "5",
    "cache_read": "0.1",
    "cache_write": "1.25",
    "cache_write_1h": "2",
    "reasoning": "7",
    "audio_input": "10",
    "audio_output": "20",
    "cache_read_audio": "0.5",
}


def price(*without: str, **others: str) -> Price:
    """Every rate, but some."""
    named = {name: usd for name, usd in {**RATES, **others}.items() if name not in without}
    rates = {name: Rate(Decimal(usd)) for name, usd in named.items()}
    return Price(
        source="test",
        as_of=None,
        usd_per_search_unit=Decimal("0.002"),
        usd_per_web_search=Decimal("0.01"),
        **rates,
    )


EVERYTHING = Usage(
    input_tokens=1_000_000,
    cache_read_tokens=300_000,
    cache_read_audio_tokens=50_000,
    cache_write_tokens=200_000,
    cache_write_1h_tokens=80_000,
    audio_input_tokens=150_000,
    output_tokens=100_000,
    reasoning_tokens=30_000,
    audio_output_tokens=20_000,
    search_units=3,
    web_searches=2,
)


def test_every_kind_of_token_is_charged_once_and_at_its_own_rate() -> None:
    # Read: 400,000 fresh text, 100,000 fresh sound, 250,000 cached text, 50,000 cached sound,
    # 120,000 written, 80,000 written for an hour. Written: 50,000 text, 30,000 thought,
    # 20,000 spoken.
    read = Decimal("0.4") + Decimal(1) + Decimal("0.025") + Decimal("0.025")
    stored = Decimal("0.15") + Decimal("0.16")
    written = Decimal("0.25") + Decimal("0.21") + Decimal("0.4")
    assert price().cost(EVERYTHING) == read + stored + written + Decimal("0.006") + Decimal("0.02")


@pytest.mark.parametrize("name", ["audio_input", "audio_output", "cache_read_audio"])
def test_sound_without_a_rate_is_unknown_and_neither_free_nor_text(name: str) -> None:
    assert price(name).cost(EVERYTHING) is None
    silent = replace(
        EVERYTHING, audio_input_tokens=0, audio_output_tokens=0, cache_read_audio_tokens=0
    )
    assert price(name).cost(silent) is not None


def test_an_hour_in_the_cache_without_a_rate_is_not_taken_for_five_minutes() -> None:
    assert price("cache_write_1h").cost(EVERYTHING) is None
    assert price("cache_write_1h").cost(replace(EVERYTHING, cache_write_1h_tokens=0)) is not None


def test_searches_without_a_rate_are_unknown() -> None:
    none = replace(price(), usd_per_search_unit=None)
    assert none.cost(EVERYTHING) is None
    assert none.cost(replace(EVERYTHING, search_units=0)) is not None
    none = replace(price(), usd_per_web_search=None)
    assert none.cost(EVERYTHING) is None


def test_thinking_without_a_rate_is_writing() -> None:
    usage = Usage(output_tokens=1_000_000, reasoning_tokens=600_000)
    assert price("reasoning").cost(usage) == Decimal(5)
    assert price().cost(usage) == Decimal("6.2")  # 0.4 × $5 + 0.6 × $7


def test_what_is_billed_goes_before_what_was_read() -> None:
    usage = Usage(input_tokens=900, output_tokens=70, cache_read_tokens=500)
    billed = replace(usage, billed_input_tokens=1_000_000, billed_output_tokens=0)
    assert price().cost(billed) == Decimal(1)
    assert price().cost(replace(usage, billed_output_tokens=1_000_000)) == (
        Decimal(5) + Decimal("0.00045")  # 400 fresh and 500 cached
    )


def test_a_step_holds_for_every_kind_of_token() -> None:
    rate = Rate(Decimal(1), ((100, Decimal(3)),))
    stepped = replace(price(), input=rate, cache_write_1h=rate)
    usage = Usage(input_tokens=100, cache_write_tokens=60, cache_write_1h_tokens=60)
    assert stepped.cost(usage) == Decimal("0.0001")
    assert stepped.cost(replace(usage, input_tokens=101)) == Decimal("0.000303")


@pytest.mark.parametrize(
    "wrong",
    [
        {"cache_write_1h_tokens": 200_001},
        {"cache_read_audio_tokens": 150_001},
        {"audio_output_tokens": 70_001},
        {"audio_input_tokens": 600_000},
        {"search_units": -1},
        {"billed_input_tokens": -1},
    ],
)
def test_parts_larger_than_their_whole_have_no_cost(wrong: dict[str, int]) -> None:
    assert price().cost(replace(EVERYTHING, **wrong)) is None


@given(
    counts=st.fixed_dictionaries(
        dict.fromkeys(
            ("fresh", "heard", "read", "read_heard", "five", "hour", "text", "thought", "spoken"),
            st.integers(0, 10**6),
        )
    )
)
def test_at_one_rate_for_all_only_the_totals_matter(counts: dict[str, int]) -> None:
    """No token is charged twice and none is lost, however they are sorted."""
    read = counts["fresh"] + counts["heard"] + counts["read"] + counts["read_heard"]
    usage = Usage(
        input_tokens=read + counts["five"] + counts["hour"],
        cache_read_tokens=counts["read"] + counts["read_heard"],
        cache_read_audio_tokens=counts["read_heard"],
        audio_input_tokens=counts["heard"] + counts["read_heard"],
        cache_write_tokens=counts["five"] + counts["hour"],
        cache_write_1h_tokens=counts["hour"],
        output_tokens=counts["text"] + counts["thought"] + counts["spoken"],
        reasoning_tokens=counts["thought"],
        audio_output_tokens=counts["spoken"],
    )
    alike = price(**dict.fromkeys(RATES, "1"))
    assert alike.cost(usage) == Decimal(sum(counts.values())).scaleb(-6)
