from datetime import UTC, datetime
from decimal import Decimal

import pytest

from headgate.catalog.apis import (
    Allowance,
    HostedModel,
    allowances,
    disagreement,
    hosted_models,
    second_prices,
)
from headgate.catalog.files import read
from headgate.catalog.models import models
from headgate.catalog.price import Price, Rate
from headgate.catalog.prices import find_price
from headgate.core.usage import Usage

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
CLASSIC_USD = {
    "openai/gpt-4o-mini": "2.85",
    "cohere/command-r": "2.85",
    "anthropic/claude-3-haiku": "5.50",
    "together/llama-3.1-70b-turbo": "8.80",
    "openai/gpt-4o": "47.50",
    "cohere/command-r-plus": "47.50",
    "anthropic/claude-3-5-sonnet": "66.00",
}
"""10,000 requests of 700 + 300 tokens."""
EVERY = hosted_models().values()


def price(usd_in: str, usd_out: str) -> Price:
    rates = {"input": Rate(Decimal(usd_in)), "output": Rate(Decimal(usd_out))}
    return Price(source="ours", as_of=None, **rates)


def test_ids_are_unique():
    assert len(EVERY) == len(read("apis.yaml", tuple[HostedModel, ...]))
    assert len(allowances()) == len(read("allowances.yaml", tuple[Allowance, ...]))


@pytest.mark.parametrize(("name", "usd"), CLASSIC_USD.items())
def test_the_classic_seven_cost_what_their_table_says(name: str, usd: str):
    api = hosted_models()[name]
    found = find_price(api.provider, api.model, NOW)
    assert found is not None
    one = found.cost(Usage(input_tokens=700, output_tokens=300))
    assert one is not None
    assert one * 10_000 == Decimal(usd)


@pytest.mark.parametrize("api", EVERY, ids=lambda api: api.id)
def test_a_hosted_model_has_a_price_and_refers_to_what_there_is(api: HostedModel):
    assert find_price(api.provider, api.model, NOW) is not None
    assert api.open_model is None or api.open_model in models()
    assert api.id.startswith(f"{api.provider}/")
    assert api.retired is None or api.successor is not None, "its users need another"
    assert api.context_tokens is None or 1_000 <= api.context_tokens <= 20_000_000


@pytest.mark.parametrize("api", EVERY, ids=lambda api: api.id)
def test_successors_lead_to_a_model_that_answers(api: HostedModel):
    seen = {api.id}
    while api.successor is not None:
        api = hosted_models()[api.successor]
        assert api.id not in seen
        seen.add(api.id)
    assert api.retired is None


@pytest.mark.parametrize("api", EVERY, ids=lambda api: api.id)
def test_published_speeds_are_possible(api: HostedModel):
    if (speed := api.latency) is None:
        return
    assert 0 < speed.ttft_p50_s <= (speed.ttft_p95_s or 60)
    assert (speed.tokens_per_s_p5 or 1) <= speed.tokens_per_s_p50 < 5_000


def test_lists_that_differ_by_more_than_one_percent_disagree():
    model = "meta-llama/Llama-3.3-70B-Instruct-Turbo"
    second = disagreement("together", model, price("0.88", "0.88"))
    assert second is not None
    assert (second.input_usd_per_mtok, second.output_usd_per_mtok) == (1.04, 1.04)
    assert disagreement("together", model.lower(), price("1.04", "0.88")) is second


def test_lists_that_differ_by_a_rounding_agree():
    model = "meta-llama/Llama-3.3-70B-Instruct-Turbo"
    assert disagreement("together", model, price("1.05", "1.03")) is None


def test_a_model_the_second_list_lacks_contradicts_nothing():
    assert disagreement("openai", "no-such-model", price("1", "1")) is None


def test_no_model_is_priced_twice_by_the_second_list():
    keys = [(each.provider, each.model.lower()) for each in second_prices()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("allowance", allowances().values(), ids=lambda each: each.id)
def test_an_allowance_is_ordered_and_says_why(allowance: Allowance):
    amount = allowance.amount
    assert 0 <= amount.low <= amount.usual <= amount.high
    assert allowance.why.endswith(".")
    if allowance.unit.startswith("share"):
        assert amount.high <= 1
