"""A target as the rules see it: what is fixed, and how it stands at this moment."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from headgate.gateway.affinity import BLOCK_BYTES, Prompt
from headgate.gateway.health import FAILURES_TO_OPEN, SPEED_IS_KNOWN_FOR_S
from headgate.gateway.target import Moment, Target, Terms, Work, claim_of
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
    state = "ready"

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


WAITS = replace(FACTS, max_wait_ms=1000.0)


def worked(began: float, ended: float, **more: Any) -> Work:
    usual: dict[str, Any] = {
        "model": "m",
        "ttft_ms": 100.0,
        "tokens_per_s": 20.0,
        "filled_it": False,
        "input_tokens": 10,
        "cached_tokens": 0,
        "output_tokens": 20,
    }
    return Work(began=began, ended=ended, **(usual | more))


def waiting(target: Target, facts: RequestFacts = WAITS, now: float = 0.0) -> Candidate:
    moment = Moment(now, 0.0)
    return target.candidate(facts, Terms(0), model="m", client=DIALECT, moment=moment)


def test_speed_of_prompts_about_as_long_goes_before_the_average_of_all() -> None:
    target = built()
    target.learn(worked(0.0, 1.0, input_tokens=50_000, ttft_ms=9000.0))
    assert (seen(target).ttft_ms, seen(target).p95_ttft_ms) == (9000.0, None)
    target.learn(worked(0.0, 1.0, ttft_ms=100.0))
    assert (seen(target).ttft_ms, seen(target).p95_ttft_ms) == (100.0, 100.0)


def test_answers_in_one_piece_teach_the_speed_by_their_lengths() -> None:
    target = built()
    for tokens in (10, 200, 30, 400, 50, 600, 70, 800):
        target.learn(
            worked(0.0, 0.3 + 0.02 * tokens, ttft_ms=None, tokens_per_s=None, output_tokens=tokens)
        )
    assert seen(target, now=17.0).ttft_ms == pytest.approx(300)
    assert seen(target, now=17.0).output_tokens_per_s == pytest.approx(50)


def test_only_requests_that_wait_see_the_line() -> None:
    target = built(capacity={"max_concurrency": 1, "queue": 7})
    target.learn(worked(0.0, 4.0))
    target.begin(0.0)
    target.slots.join(1.0, lambda: None)
    there, beside = waiting(target, now=1.0), waiting(target, FACTS, now=1.0)
    assert (there.wait_ms, there.waiting, there.max_waiting) == (7000.0, 1, 7)
    assert (beside.wait_ms, beside.waiting, beside.max_waiting) == (None, 0, None)
    assert beside.in_flight == beside.max_concurrency == 1


def test_slots_of_an_engine_that_queues_itself_bound_only_those_that_wait_here() -> None:
    made = built()
    target = Target(
        name="a",
        model="m",
        provider=made.provider,
        dialect=made.dialect,
        upstream=made.upstream,
        is_local=True,
        operations=made.operations,
        known_slots=2,
    )
    assert waiting(target).max_concurrency == 2
    assert waiting(target, FACTS).max_concurrency is None


def test_an_adaptive_target_has_the_limit_that_was_found() -> None:
    target = built(capacity={"adaptive": True, "max_concurrency": 3})
    assert seen(target).max_concurrency == 3
    began = 5.0
    target.begin(began)
    target.learn(worked(0.0, began))
    target.overloaded(began + 1, began + 1)
    target.end(was_probe=False, began=began)
    assert seen(target).max_concurrency == 2


def test_what_a_target_has_read_counts_as_tokens_and_as_time() -> None:
    target, prompt = built(), Prompt((1, 2, 3), 4 * BLOCK_BYTES)
    facts = replace(FACTS, input_tokens=1000)
    assert target.with_cache(seen(target), facts, prompt, 0.0).cached_tokens == 0
    target.prefixes.note((1, 2), 0.0)
    found = target.with_cache(seen(target), facts, prompt, 0.0)
    assert (found.cached_tokens, found.saved_ms) == (500, None)
    for tokens in range(100, 2100, 100):
        target.learn(worked(0.0, 1.0, input_tokens=tokens, ttft_ms=50 + 0.5 * tokens))
    assert target.with_cache(seen(target), facts, prompt, 0.0).saved_ms == pytest.approx(250)


def test_a_model_to_be_loaded_says_how_long_that_takes() -> None:
    target = built()
    assert seen(target).load_ms is None
    target.engine = Engine()  # type: ignore[assignment]
    target.cold_load.took(4000.0)
    target.engine.state = "stopped"  # type: ignore[misc]
    assert seen(target).load_ms == 4000.0
    target.engine.state = "ready"  # type: ignore[misc]
    assert seen(target).load_ms is None


def test_what_a_request_brings_to_the_line() -> None:
    asked = replace(WAITS, key="k", priority=3, deadline_ms=900.0, local_labels=frozenset({"x"}))
    claim = claim_of(asked, waited_s=0.25)
    assert (claim.key, claim.priority, claim.deadline_s) == ("k", 3, pytest.approx(0.65))
    assert claim.stays_s == 1.0
    assert claim_of(WAITS).stays_s == 0.0
    assert claim_of(replace(WAITS, is_deferrable=True)).priority < 0


def test_when_to_come_again_is_the_longer_of_rest_and_wait() -> None:
    target = built(capacity={"max_concurrency": 1})
    assert target.free_in_s(FACTS, 0.0) == 1.0
    target.learn(worked(0.0, 4.0))
    target.begin(0.0)
    assert target.free_in_s(FACTS, 1.0) == 3.0
    target.health.rest(1.0, 9.0)
    assert target.free_in_s(FACTS, 1.0) == 9.0


def test_how_it_stands_is_shown() -> None:
    target = built(capacity={"max_concurrency": 1})
    target.learn(worked(0.0, 4.0))
    target.begin(0.0)
    target.slots.join(1.0, lambda: None)
    shown = target.room(1.0)
    assert (shown["slots"], shown["waiting"], shown["wait_ms"]) == (1, 1, 7000.0)
    assert (shown["service_ms"], shown["load_ms"]) == (4000.0, None)
