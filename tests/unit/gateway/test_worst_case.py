"""The most a request may cost is never less than what it costs, within what can be foreseen."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from headgate.backends.client import HttpClient
from headgate.config.schema import TargetSettings
from headgate.core.inbound import Operation
from headgate.core.usage import Usage
from headgate.gateway.target import Target
from headgate.gateway.worst_case import UNBOUNDED_OUTPUT_TOKENS, most_pico, spent_pico
from headgate.ledger.entry import Outcome
from headgate.policy.decision import RequestFacts
from headgate.runtime.targets import TargetBuilder
from support.decisions import facts
from support.entries import AT, attempt_entry

OWN = {"backend": "vllm", "base_url": "http://127.0.0.1:8000/v1", "model": "m"}
PRICE = {"input_usd_per_mtok": 1, "output_usd_per_mtok": 100}
PICO_PER_USD = 10**12
KEYS = {"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k", "COHERE_API_KEY": "k"}


def built(**settings: Any) -> Target:
    builder = TargetBuilder(
        client=HttpClient(),
        open_model=cast(Any, None),
        environ=KEYS,
        now=datetime(2026, 11, 1, tzinfo=UTC),
    )
    return builder.build("box", TargetSettings.model_validate(settings))


PRICED = built(**OWN, price=PRICE)
GPT = built(backend="openai", model="gpt-4o")
CLAUDE = built(backend="anthropic", model="claude-sonnet-4-5")


def of(operation: Operation, **more: Any) -> RequestFacts:
    return replace(facts(**more), operation=operation)


def most_usd(target: Target, asked: RequestFacts, model: str = "m") -> Decimal | None:
    pico = most_pico(target, target.model or model, asked, AT)
    return None if pico is None else Decimal(pico) / PICO_PER_USD


def test_the_client_bounds_the_answer_and_each_choice_counts() -> None:
    one = most_usd(PRICED, facts(input_tokens=0, max_output_tokens=1000))
    four = most_usd(PRICED, facts(input_tokens=0, max_output_tokens=1000, choices=4))
    assert one == Decimal("0.100001")
    assert four == Decimal("0.400001")


@pytest.mark.parametrize(
    ("target", "asked", "tokens"),
    [
        (PRICED, None, UNBOUNDED_OUTPUT_TOKENS),
        (built(**OWN, price=PRICE, max_output_tokens=500), None, 500),
        (built(**OWN, price=PRICE, max_output_tokens=500), 900, 500),
        (built(**OWN, price=PRICE, max_output_tokens=500), 100, 100),
    ],
)
def test_so_does_whoever_says_less(target: Target, asked: int | None, tokens: int) -> None:
    found = most_usd(target, facts(input_tokens=0, max_output_tokens=asked))
    assert found == Decimal(tokens) / 10_000 + Decimal("0.000001")


def test_the_catalogue_bounds_what_nobody_else_does() -> None:
    found = most_usd(GPT, facts(input_tokens=0))
    assert found == pytest.approx(Decimal(16_384 * 10) / 10**6, rel=Decimal("0.001"))


def test_a_prompt_may_be_written_to_a_cache_that_costs_more() -> None:
    asked = facts(input_tokens=100_000, max_output_tokens=1)
    usage = Usage(input_tokens=100_000, cache_write_tokens=100_000, output_tokens=1)
    entry = attempt_entry("d", model=CLAUDE.model, usage=usage, pricing=CLAUDE.pricing)
    most = most_pico(CLAUDE, "claude-sonnet-4-5", asked, AT)
    assert most is not None
    assert spent_pico(entry, 0) <= most


@given(
    st.sampled_from([PRICED, GPT, CLAUDE]),
    st.integers(0, 150_000),
    st.integers(0, 4000),
    st.integers(1, 4),
    st.floats(0, 1),
)
def test_it_is_never_less_than_what_such_a_request_costs(target, read, most, choices, share):
    asked = facts(input_tokens=read, max_output_tokens=most, choices=choices)
    usage = Usage(
        input_tokens=read,
        cache_read_tokens=int(read * share),
        output_tokens=int(most * choices * share),
        reasoning_tokens=int(most * choices * share * share),
    )
    entry = attempt_entry("d", model=target.model, usage=usage, pricing=target.pricing)
    assert spent_pico(entry, 10**15) <= most_pico(target, target.model, asked, AT)


def test_counting_tokens_costs_nothing_and_embedding_has_no_output() -> None:
    assert most_usd(PRICED, of("count_tokens")) == 0
    embedding = built(backend="openai", model="text-embedding-3-small")
    found = most_usd(embedding, of("embedding", input_tokens=1_000_000))
    assert found == pytest.approx(Decimal("0.025"), rel=Decimal("0.01"))


def test_reranking_is_kept_by_searches() -> None:
    rerank = built(backend="cohere", model="rerank-v3.5")
    few = most_usd(rerank, of("rerank", input_tokens=100))
    many = most_usd(rerank, of("rerank", input_tokens=10_000))
    assert few == Decimal("0.002")
    assert many is not None
    assert many > few


def test_an_unknown_price_is_unknown() -> None:
    assert most_usd(built(**OWN, local=False), facts()) is None


def test_a_failed_attempt_costs_nothing_only_where_that_is_known() -> None:
    costs = {
        outcome: spent_pico(attempt_entry("d", usage=None, outcome=outcome), 7)
        for outcome in get_args(Outcome)
    }
    assert {outcome for outcome, cost in costs.items() if cost == 0} == {
        "unavailable",
        "rejected",
        "engine",
    }
    assert set(costs.values()) == {0, 7}


def test_an_answer_without_a_price_costs_all_that_was_kept() -> None:
    entry = attempt_entry("d", pricing=built(**OWN, local=False).pricing)
    assert spent_pico(entry, 7) == 7
