"""A target as the rules see it: what is fixed, and how it stands at this moment."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from headgate.gateway.health import FAILURES_TO_OPEN, SPEED_IS_KNOWN_FOR_S
from headgate.gateway.target import Moment, Target, Terms
from headgate.ledger.entry import Pricing
from headgate.policy.decision import Candidate, RequestFacts
from headgate.wire.dialects.openai_chat import DIALECT
from support.gateways import config, gateway

PRICE = {"input_usd_per_mtok": "0.5", "output_usd_per_mtok": "1.5"}


def built(**more: Any) -> Target:
    """A target as the configuration makes it."""

    async def build() -> Target:
        place = {"backend": "openai_compatible", "base_url": "http://127.0.0.1:9/v1"}
        async with gateway(config({"a": {**place, "model": "m", **more}})) as rig:
            return rig.target("a")

    return asyncio.run(build())


FACTS = RequestFacts(operation="chat", route="r", input_tokens=10, expected_output_tokens=10)


def seen(target: Target, now: float = 0.0) -> Candidate:
    moment = Moment(now, 0.0)
    return target.candidate(FACTS, Terms(2, 1), model="m", client=DIALECT, moment=moment)


def test_what_is_configured_stands_in_the_candidate() -> None:
    candidate = seen(
        built(
            price=PRICE,
            region="eu",
            context_tokens=9,
            lacks=["tools"],
            capacity={"max_concurrency": 3},
        )
    )
    assert (candidate.name, candidate.model, candidate.provider) == ("a", "m", "openai_compatible")
    assert (candidate.position, candidate.tier) == (2, 1)
    assert (candidate.region, candidate.context_tokens, candidate.max_concurrency) == ("eu", 9, 3)
    assert "tools" in candidate.lacks
    assert (candidate.usd_per_input_mtok, candidate.usd_per_output_mtok) == (0.5, 1.5)


def asked_for(target: Target, model: str) -> Candidate:
    moment = Moment(0.0, 0.0)
    return target.candidate(FACTS, Terms(0), model=model, client=DIALECT, moment=moment)


def test_what_the_catalogue_knows_of_the_model_stands_in_the_candidate() -> None:
    target = built(backend="openai", base_url="https://example.com/v1", api_key="${HOME}")
    by_client = asked_for(target, "gpt-3.5-turbo").known
    assert by_client is not None
    assert "vision" in by_client.lacks
    assert asked_for(target, "gpt-4o").known != by_client
    assert asked_for(target, "a-model-of-tomorrow").known is None
    has = built(
        backend="openai", base_url="https://example.com/v1", api_key="${HOME}", has=["vision"]
    )
    known = asked_for(has, "gpt-3.5-turbo").known
    assert known is not None
    assert "vision" not in known.lacks


def test_a_server_that_may_run_anything_is_not_looked_up() -> None:
    assert asked_for(built(), "gpt-3.5-turbo").known is None


def test_a_model_on_an_own_machine_is_known_by_its_family() -> None:
    known = asked_for(built(backend="llama_cpp"), "Qwen3-8B-Q4_K_M.gguf").known
    assert known is not None
    assert (known.context_tokens, "vision" in known.lacks) == (None, True)


def test_a_price_nobody_knows_is_not_zero() -> None:
    candidate = seen(built())
    assert candidate.usd_per_input_mtok is None
    assert candidate.usd_per_output_mtok is None


def test_health_is_seen_as_it_is_at_the_moment() -> None:
    target = built()
    assert seen(target).breaker == "closed"
    for _ in range(FAILURES_TO_OPEN):
        target.health.failed(0.0)
    assert seen(target).breaker == "open"
    assert seen(target, now=10.0).breaker == "half_open"
    was_probe = target.begin(10.0)
    assert was_probe
    assert (seen(target, now=10.0).breaker, seen(target, now=10.0).in_flight) == ("open", 1)
    target.end(was_probe=was_probe, began=10.0)
    assert (seen(target, now=10.0).breaker, seen(target, now=10.0).in_flight) == ("half_open", 0)


def test_a_measured_speed_is_forgotten_in_time() -> None:
    target = built()
    target.health.measured(0.0, ttft_ms=50.0, output_tokens_per_s=20.0)
    assert (seen(target).ttft_ms, seen(target).output_tokens_per_s) == (50.0, 20.0)
    later = seen(target, now=SPEED_IS_KNOWN_FOR_S)
    assert (later.ttft_ms, later.output_tokens_per_s) == (None, None)


@pytest.mark.parametrize("speed", [None, 100.0])
def test_an_own_machine_costs_its_busy_time_once_its_speed_is_known(speed: float | None) -> None:
    target = built()
    target.pricing = Pricing(usd_per_busy_hour=Decimal("0.36"))
    target.health.measured(0.0, ttft_ms=50.0, output_tokens_per_s=speed)
    candidate = seen(target)
    if speed is None:
        assert not candidate.has_price
        return
    # 0.36 $ an hour is 0.0001 $ a second, in which there are 100 tokens.
    assert candidate.usd_per_input_mtok == 0.0
    assert candidate.usd_per_output_mtok == pytest.approx(1.0)


class Engine:
    """Counts who uses it."""

    users = 0

    def using(self) -> None:
        self.users += 1

    def used(self) -> None:
        self.users -= 1


def test_an_engine_knows_that_it_is_in_use() -> None:
    target, engine = built(), Engine()
    target.engine = engine  # type: ignore[assignment]
    was_probe = target.begin(0.0)
    assert (engine.users, was_probe) == (1, False)
    target.end(was_probe=was_probe, began=0.0)
    assert engine.users == 0
