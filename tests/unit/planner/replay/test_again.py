"""Facts on the terms of another route."""

import pytest
from msgspec.structs import replace

from headgate.planner.replay.again import asked_again, lacks_tier
from headgate.policy.compliance.builtin import classes, policies_of
from headgate.policy.compliance.policy import Book
from headgate.policy.decision import Applied, Gain, RequestFacts
from headgate.policy.facts import RouteDemands
from support.entries import FACTS
from support.replays import route

GAIN = Gain(expected=0.2, low=0.1, high=0.3, cut=0.1)


def again(facts: RequestFacts, **demands: object) -> RequestFacts:
    return asked_again(facts, route(demands=RouteDemands(route="new", **demands)), 0.0)  # type: ignore[arg-type]


def test_what_the_route_demands_is_of_now() -> None:
    then = replace(FACTS, max_usd=1.0, prefer="cost", allowed_regions=frozenset({"us"}))
    now = again(then, prefer="latency", max_ttft_ms=900.0, max_wait_ms=50.0)
    assert (now.route, now.prefer, now.max_usd, now.allowed_regions) == (
        "new",
        "latency",
        None,
        None,
    )
    assert (now.max_ttft_ms, now.max_wait_ms) == (900.0, 50.0)
    assert now.input_tokens == then.input_tokens


def test_what_may_wait_for_hours_still_goes_where_it_is_cheapest() -> None:
    assert again(replace(FACTS, is_deferrable=True), prefer="latency").prefer == "cost"


@pytest.mark.parametrize(
    ("demands", "local"),
    [
        ({}, {"email", "draft"}),
        ({"local_labels": frozenset({"secret"})}, set()),
        ({"local_labels": frozenset({"draft"})}, {"draft"}),
        ({"local_labels": frozenset({"secret"}), "detect": frozenset({"email"})}, {"email"}),
    ],
)
def test_labels_of_then_stay_local_as_the_route_wants_now(
    demands: dict[str, object], local: set[str]
) -> None:
    then = replace(FACTS, labels=frozenset({"email", "draft"}))
    assert again(then, **demands).local_labels == local


def test_what_the_route_declares_is_added() -> None:
    now = again(replace(FACTS, labels=frozenset({"a"})), declared=frozenset({"b"}))
    assert now.labels == now.local_labels == {"a", "b"}


@pytest.mark.parametrize(
    ("facts", "tiers", "tier"),
    [
        ({"complexity": 0.4, "tier": 0}, (0.3, 1.0), 1),
        ({"complexity": 0.2, "tier": 1}, (0.3, 1.0), 0),
        ({"complexity": 0.4, "tier": 1}, (), None),
        ({"complexity": 0.1, "tier": 1, "gain": GAIN}, (0.3, 1.0), 1),
        ({"tier": 2}, (0.3, 1.0), 1),
        ({}, (0.3, 1.0), None),
    ],
)
def test_the_tier_is_told_again_by_complexity_or_kept(
    facts: dict[str, object], tiers: tuple[float, ...], tier: int | None
) -> None:
    assert again(replace(FACTS, **facts), tiers=tiers).tier == tier


def test_a_tier_that_nobody_can_tell_is_noticed() -> None:
    tiers = RouteDemands(route="new", tiers=(0.3, 1.0))
    assert lacks_tier(FACTS, tiers)
    assert not lacks_tier(replace(FACTS, complexity=0.1), tiers)
    assert not lacks_tier(FACTS, RouteDemands(route="new"))


def test_conditions_are_asked_with_the_facts_of_now() -> None:
    class Long:
        def holding(self, facts: RequestFacts, unix: float) -> tuple[Applied, ...]:
            return (Applied(name=f"of {facts.route}"),) if facts.input_tokens > 5 else ()

    then = replace(FACTS, applied=(Applied(name="old"),))
    made = route(demands=RouteDemands(route="new"), conditions=Long())
    assert asked_again(then, made, 0.0).applied == (Applied(name="of new"),)
    assert asked_again(replace(then, input_tokens=1), made, 0.0).applied == ()


def test_policies_are_those_in_force_now_for_the_labels_of_then() -> None:
    book = Book(policies_of("hipaa"), classes())
    then = replace(FACTS, labels=frozenset({"phi"}))
    [applying] = again(then, policies=book).policies
    assert applying.policy.id == "hipaa-baa"
    assert again(replace(FACTS, labels=frozenset()), policies=book).policies == ()
    recorded = replace(then, policies=(applying,))
    assert again(recorded).policies == ()
