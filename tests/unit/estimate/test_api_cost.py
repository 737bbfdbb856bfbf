"""What traffic costs at a hosted model, against figures worked out by hand."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.catalog.price import Price, Rate
from headgate.estimate.api_cost import class_usd, mean_request_usd, prices_of_day
from headgate.estimate.traffic import RequestClass

DAY = date(2026, 11, 27)
EVENLY = (1 / 24,) * 24
M = 1_000_000


def only(*hours):
    """Requests in these hours alone, as many in each."""
    return tuple(1 / len(hours) if hour in hours else 0.0 for hour in range(24))


def requests(share=1.0, read=0.0, written=0.0, cached=0.0, stored=0.0):
    return RequestClass(
        share=share,
        input_tokens=read,
        output_tokens=written,
        cache_read_tokens=cached,
        cache_write_tokens=stored,
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    provider: str
    model: str
    classes: tuple
    usd: str | None
    times: int = 1
    day: date = DAY
    hours: tuple = field(default=EVENLY)
    is_batch: bool = False


CHAT = (requests(read=700.0, written=300.0),)
OPENAI, ANTHROPIC, DEEPSEEK = "openai", "anthropic", "deepseek"
SONNET, HAIKU, MINI = "claude-sonnet-4-5", "claude-haiku-4-5", "gpt-4o-mini"
CASES = (
    Case(
        id="the tier trap: ten thousand short requests, not seven million tokens at once",
        provider=ANTHROPIC,
        model=SONNET,
        classes=CHAT,
        times=10_000,
        usd="66.00",  # 7 × $3 + 3 × $15; at once it would be 7 × $6 + 3 × $22.50 = $109.50
    ),
    Case(
        id="a request of just the limit pays the lower tier",
        provider=ANTHROPIC,
        model=SONNET,
        classes=(requests(read=200_000.0, written=1_000.0),),
        usd="0.615",  # 0.2 × $3 + 0.001 × $15
    ),
    Case(
        id="a request over it pays the higher tier for all its tokens",
        provider=ANTHROPIC,
        model=SONNET,
        classes=(requests(read=250_000.0, written=1_000.0),),
        usd="1.5225",  # 0.25 × $6 + 0.001 × $22.50
    ),
    Case(
        id="long and short requests each at their own tier",
        provider=ANTHROPIC,
        model=SONNET,
        classes=(
            requests(share=0.9, read=700.0, written=300.0),
            requests(share=0.1, read=250_000.0, written=1_000.0),
        ),
        usd="0.15819",  # 0.9 × $0.0066 + 0.1 × $1.5225
    ),
    Case(
        id="the mean length is below the limit, one class is not",
        provider="google",
        model="gemini-2.5-pro",
        classes=(
            requests(share=0.5, read=100_000.0),
            requests(share=0.5, read=300_000.0),
        ),
        usd="0.4375",  # half of 0.1 × $1.25 and of 0.3 × $2.50
    ),
    Case(
        id="cache reads and writes have their own rates",
        provider=ANTHROPIC,
        model=HAIKU,
        classes=(requests(read=10_000.0, written=100.0, cached=6_000.0, stored=3_000.0),),
        # 1,000 fresh × $1 + 6,000 × $0.10 + 3,000 × $1.25 + 100 × $5, a million each
        usd="0.00585",
    ),
    Case(
        id="cached tokens of a long request pay the higher tier, too",
        provider=ANTHROPIC,
        model=SONNET,
        classes=(requests(read=300_000.0, cached=200_000.0, stored=50_000.0),),
        usd="0.795",  # 0.05 × $6 + 0.2 × $0.60 + 0.05 × $7.50
    ),
    Case(
        id="OpenAI's cached input is half price and writing it is free",
        provider=OPENAI,
        model=MINI,
        classes=(requests(read=2.0 * M, cached=1.0 * M),),
        usd="0.225",  # 1 × $0.15 + 1 × $0.075
    ),
    Case(
        id="a batch is half price: OpenAI",
        provider=OPENAI,
        model=MINI,
        classes=(requests(read=1.0 * M),),
        is_batch=True,
        usd="0.075",
    ),
    Case(
        id="a batch is half price: Anthropic",
        provider=ANTHROPIC,
        model=HAIKU,
        classes=(requests(read=1.0 * M, written=1.0 * M),),
        is_batch=True,
        usd="3.00",  # 0.50 + 2.50
    ),
    Case(
        id="not a batch",
        provider=ANTHROPIC,
        model=HAIKU,
        classes=(requests(read=1.0 * M, written=1.0 * M),),
        usd="6.00",  # 1 + 5
    ),
    Case(
        id="all of it at night",
        provider=DEEPSEEK,
        model="deepseek-chat",
        classes=(requests(read=1.0 * M, written=1.0 * M),),
        hours=only(18, 19, 20, 21),
        usd="0.685",  # 0.135 + 0.55
    ),
    Case(
        id="all of it by day",
        provider=DEEPSEEK,
        model="deepseek-chat",
        classes=(requests(read=1.0 * M, written=1.0 * M),),
        hours=only(8, 9, 10, 11),
        usd="1.37",  # 0.27 + 1.10
    ),
    Case(
        id="a quarter of it at night",
        provider=DEEPSEEK,
        model="deepseek-chat",
        classes=(requests(read=1.0 * M),),
        hours=only(8, 9, 10, 20),
        usd="0.23625",  # 0.75 × $0.27 + 0.25 × $0.135
    ),
    Case(
        id="the price that was in force",
        provider=OPENAI,
        model="o3",
        classes=(requests(read=1.0 * M, written=1.0 * M),),
        day=date(2025, 5, 1),
        usd="50",  # 10 + 40
    ),
    Case(
        id="and the one that is",
        provider=OPENAI,
        model="o3",
        classes=(requests(read=1.0 * M, written=1.0 * M),),
        usd="10",  # 2 + 8
    ),
    Case(
        id="Cohere's embeddings, from our own list",
        provider="cohere",
        model="embed-english-v3.0",
        classes=(requests(read=5.0 * M),),
        usd="0.50",  # 5 × $0.10
    ),
    Case(
        id="a model that only reads has no price for what is written",
        provider="cohere",
        model="embed-english-v3.0",
        classes=(requests(read=1.0 * M, written=1.0),),
        usd=None,
    ),
    Case(
        id="more cached than read is no cost at all",
        provider=ANTHROPIC,
        model=HAIKU,
        classes=(requests(read=10.0, cached=11.0),),
        usd=None,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_cost_is_what_the_arithmetic_says(case):
    prices = prices_of_day(case.provider, case.model, case.day, is_batch=case.is_batch)
    assert prices is not None
    usd = mean_request_usd(prices, case.classes, case.hours)
    if case.usd is None:
        assert usd is None
    else:
        assert usd * case.times == Decimal(case.usd)


@pytest.mark.parametrize(
    ("provider", "model"), [("openai", "no-such-model"), ("no-such-provider", "gpt-4o")]
)
def test_what_no_list_has_is_unknown_and_not_free(provider, model):
    assert prices_of_day(provider, model, DAY) is None


def test_the_prices_of_a_day_cover_each_hour_once():
    for model in ("deepseek-chat", "deepseek-reasoner"):
        prices = prices_of_day(DEEPSEEK, model, DAY)
        assert sorted(hour for each in prices for hour in each.hours) == list(range(24))
    assert len(prices_of_day(DEEPSEEK, "deepseek-chat", DAY)) == 2
    assert len(prices_of_day(OPENAI, MINI, DAY)) == 1


def test_hours_without_requests_need_no_price():
    day = prices_of_day(DEEPSEEK, "deepseek-chat", DAY)
    nothing = Price(source="x", as_of=None)
    prices = [
        each if 8 in each.hours else type(each)(nothing, each.hours)
        for each in day
    ]  # fmt: skip
    assert mean_request_usd(prices, CHAT, only(8)) is not None
    assert mean_request_usd(prices, CHAT, only(8, 20)) is None


@given(st.floats(0, 1e7), st.floats(0, 1e5))
def test_a_longer_request_never_costs_less(read, written):
    price = Price(
        source="x",
        as_of=None,
        input=Rate(Decimal(3), ((200_000, Decimal(6)),)),
        output=Rate(Decimal(15), ((200_000, Decimal("22.5")),)),
    )
    less = class_usd(price, requests(read=read, written=written))
    more = class_usd(price, requests(read=read + 1, written=written + 1))
    assert less < more


@given(st.integers(0, 100), st.integers(1, 200_000))
def test_shares_of_the_input_that_are_all_of_it_leave_nothing_unknown(percent, read):
    prices = prices_of_day(ANTHROPIC, HAIKU, DAY)
    cached, stored = percent / 100, (100 - percent) / 100
    mean = requests(read=float(read), cached=read * cached, stored=read * stored)
    usd = mean_request_usd(prices, (mean,), EVENLY)
    # A tenth of $1 to read, $1.25 to write.
    assert float(usd) == pytest.approx(read * (0.1 * cached + 1.25 * stored) / M)


def test_binary_fractions_leave_no_dust():
    price = Price(source="x", as_of=None, input=Rate(Decimal(1)))
    assert class_usd(price, requests(read=0.1 + 0.2)) == Decimal("0.30000000000000004E-6")
    assert class_usd(price, requests(read=0.7 * M)) == Decimal("0.7")
