"""Policies over past traffic."""

import random
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from headgate.core.errors import InvalidRequest
from headgate.core.usage import Usage
from headgate.planner.replay.past import Past
from headgate.planner.replay.policy import Policy
from headgate.planner.replay.report import Figures
from headgate.planner.replay.simulate import Simulation, replay
from headgate.planner.replay.speeds import Steady
from headgate.policy.decide import decide
from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto
from headgate.policy.facts import RouteDemands
from headgate.policy.registry import all_rules
from support.entries import FACTS, candidate
from support.replays import past, policy, traced, tried

CLOUD = candidate("cloud", position=1)
LOCAL = candidate("local", is_local=True, max_concurrency=1)
SPEEDS = {
    "local": Steady(ttft_s=1.0, write_tokens_per_s=100),
    "cloud": Steady(ttft_s=0.5, write_tokens_per_s=100),
}
ONE_TOKEN = Usage(input_tokens=100, output_tokens=1)
FAILED: dict[str, Any] = {"is_answer": False, "has_failed": True, "usage": None, "usd": None}
WAITS = RouteDemands(route="default", max_wait_ms=1500.0)


def run(
    traffic: Iterable[Past], *policies: Policy, has_record: bool = True
) -> tuple[Figures | None, tuple[Figures, ...]]:
    rules = all_rules()
    simulations = [
        Simulation(each, rules, random.Random(1).random, has_record=has_record) for each in policies
    ]
    recorded, figures, _ = replay(traffic, simulations)
    return recorded, figures


def test_a_full_machine_is_passed_over() -> None:
    # One second of service, every half: each other one finds it busy.
    trace = [traced(n, n / 2, ONE_TOKEN) for n in range(10)]
    recorded, (found,) = run(trace, policy(LOCAL, CLOUD, speeds=SPEEDS), has_record=False)
    assert recorded is None
    assert {each.target: each.requests for each in found.targets} == {"local": 5, "cloud": 5}
    assert (found.changed, found.quality, found.waited) == (None, None, 0)


def test_where_the_route_waits_the_queue_is_played_through() -> None:
    trace = [traced(n, n / 2, ONE_TOKEN) for n in range(4)]
    made = policy(LOCAL, CLOUD, speeds=SPEEDS, demands=WAITS)
    _, (found,) = run(trace, made, has_record=False)
    # They wait 0, 0.5, 1 and 1.5 s, and the route waits no longer than that.
    assert {each.target: each.requests for each in found.targets} == {"local": 4}
    assert found.waited == 3
    assert found.ttft_p95_ms == pytest.approx(2500.0, rel=0.01)
    _, (longer,) = run([*trace, traced(9, 1.6, ONE_TOKEN)], made, has_record=False)
    assert {each.target: each.requests for each in longer.targets} == {"local": 4, "cloud": 1}


def test_a_queue_of_unknown_speed_is_not_made_up() -> None:
    with pytest.raises(InvalidRequest, match="how fast `local` answers") as caught:
        run([traced(1, 0.0)], policy(LOCAL, CLOUD), has_record=False)
    assert "--speed local=" in (caught.value.hint or "")


def test_without_slots_an_unknown_speed_leaves_the_times_unknown() -> None:
    _, (found,) = run([traced(1, 0.0)], policy(CLOUD), has_record=False)
    assert (found.served, found.unknown_times, found.total_p95_ms) == (1, 1, None)


def test_a_name_that_means_nothing_now_is_refused_and_said() -> None:
    _, (found,) = run([past(requested_model="nothing")], policy(CLOUD))
    assert (found.refused, found.served) == (1, 0)
    assert found.notes == ("1 requests name nothing that it has: refused",)
    assert found.moves[0].after is None


def test_what_was_refused_and_would_be_served_costs_nobody_knows_what() -> None:
    then = past(ranked=(), served_by=None, attempts=(), usage=None, is_answered=False)
    recorded, (found,) = run([then], policy(CLOUD, speeds=SPEEDS))
    assert recorded is not None
    assert (recorded.refused, found.refused, found.served) == (1, 0, 1)
    assert (found.known_usd, found.unknown_costs, found.changed) == (0, 1, 1)


def test_what_cannot_be_told_again_is_said() -> None:
    demands = RouteDemands(route="default", tiers=(0.5, 1.0), detect=frozenset({"email", "phone"}))
    facts = replace(FACTS, labels=frozenset({"email"}))
    _, (found,) = run([past(facts=facts)], policy(CLOUD, demands=demands))
    assert found.notes == (
        "1 requests have no complexity, and their text is gone: they are ranked as if their"
        " route had no tiers",
        "nobody recorded `phone`: texts are gone and cannot be searched again",
    )


requests = st.lists(
    st.tuples(st.floats(0, 3), st.floats(10, 9000), st.booleans(), st.integers(0, 2)),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(requests, st.booleans())
def test_the_same_policy_changes_nothing_whatever_happened(
    requests: list[tuple[float, float, bool, int]], waits: bool
) -> None:
    """Durations of then are not those of the speeds, in flight is what the real one counted."""
    demands = WAITS if waits else RouteDemands(route="default")
    facts = replace(FACTS, max_wait_ms=demands.max_wait_ms)
    at, traffic = 0.0, []
    for gap, duration_ms, fails, in_flight in requests:
        at += gap
        stood = {"max_waiting": 100, "wait_ms": duration_ms} if waits else {}
        local = replace(LOCAL, in_flight=in_flight, **stood)
        field = {"local": local, "cloud": CLOUD}
        order = tuple(decide(facts, list(field.values()), all_rules()).order)
        attempts = (
            *([tried(order[0], **FAILED)] if fails else []),
            tried(order[-1 if fails else 0], duration_ms=duration_ms),
        )
        served = attempts[-1].target
        traffic.append(
            past(
                f"d{at}",
                at=at,
                facts=facts,
                candidates=field,
                ranked=order,
                attempts=attempts,
                served_by=served,
            )
        )
    recorded, (found,) = run(traffic, policy(LOCAL, CLOUD, demands=demands))
    assert recorded is not None
    assert (found.changed, found.reordered, found.waited) == (0, 0, 0)
    assert (found.served, found.known_usd) == (recorded.served, recorded.known_usd)
    assert (found.ttft_p95_ms, found.total_p95_ms) == (recorded.ttft_p95_ms, recorded.total_p95_ms)


class ByDraw:
    """The lower half of draws goes to `a`."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto the other half."""
        assert facts.draw is not None
        is_lower = facts.draw < 2**31
        return Penalty("its half") if is_lower == (candidate.name == "a") else Veto("the other")


def test_splits_draw_for_requests_that_nobody_drew_for() -> None:
    made = policy(candidate("a"), candidate("b"), is_split=True)
    trace = [traced(n, n / 2, ONE_TOKEN) for n in range(200)]
    rules = {"draw": ByDraw()}
    simulation = Simulation(made, rules, random.Random(1).random, has_record=False)
    (share, _) = replay(trace, [simulation])[1][0].targets
    assert 85 < share.requests < 125
    together = [replace(each, facts=replace(each.facts, session="one")) for each in trace]
    simulation = Simulation(made, rules, random.Random(1).random, has_record=False)
    assert len(replay(together, [simulation])[1][0].targets) == 1


def test_the_seed_decides_what_is_drawn() -> None:
    trace = [traced(n, n / 2) for n in range(30)]
    made = policy(LOCAL, CLOUD, speeds=SPEEDS)
    assert run(trace, made, has_record=False) == run(trace, made, has_record=False)


def test_policies_do_not_disturb_each_other() -> None:
    trace = [traced(n, n / 2) for n in range(30)]
    one, other = policy(LOCAL, CLOUD, speeds=SPEEDS), policy(CLOUD, speeds=SPEEDS)
    _, (alone,) = run(trace, other, has_record=False)
    _, (_, beside) = run(trace, one, other, has_record=False)
    assert alone == beside
    assert alone.known_usd == Decimal("0.03")
