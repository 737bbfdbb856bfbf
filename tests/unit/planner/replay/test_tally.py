"""Sums over many requests."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from headgate.planner.replay.course import Course
from headgate.planner.replay.report import Quality
from headgate.planner.replay.slots import Slots
from headgate.planner.replay.speeds import Steady
from headgate.planner.replay.tally import EXAMPLES, Changes, Risk, Tally
from headgate.policy.decision import Gain
from support.entries import FACTS, candidate
from support.replays import past

WEAK = candidate("weak", model="small", tier=0)
STRONG = candidate("strong", model="big", tier=1)
GAIN = Gain(expected=0.2, low=0.1, high=0.4, cut=0.3)
THEN = {"weak": WEAK, "strong": STRONG}


def test_dollars_times_and_shares_are_summed_up() -> None:
    tally = Tally("new")
    local = Course(served_by="local", is_local=True, known_usd=Decimal("0.5"), total_ms=1000.0)
    cloud = Course(served_by="cloud", unknown_costs=1, ttft_ms=400.0)
    tally.add(local, is_refused=False, waited_s=1.0)
    tally.add(local, is_refused=False)
    tally.add(cloud, is_refused=False)
    tally.add(Course(served_by=None), is_refused=True)
    tally.add(Course(served_by=None, unknown_costs=2), is_refused=False)
    slots = Slots(2)
    slots.take(0.0, 3.0)
    steady = Steady(write_tokens_per_s=9)
    found = tally.figures(slots={"local": (slots, 2)}, span_s=6.0, speeds={"local": steady})
    assert (found.requests, found.served, found.refused, found.failed) == (5, 3, 1, 1)
    assert (found.known_usd, found.unknown_costs) == (Decimal(1), 3)
    assert (found.waited, found.unknown_times) == (1, 1)
    assert found.local_share == pytest.approx(2 / 3)
    assert found.total_p95_ms == pytest.approx(2000.0, rel=0.01)
    assert found.ttft_p50_ms == pytest.approx(400.0, rel=0.01)
    first, second = found.targets
    assert (first.target, first.requests, first.utilisation, first.speed) == (
        "local",
        2,
        0.25,
        "said",
    )
    assert (second.target, second.unknown_costs, second.utilisation, second.speed) == (
        "cloud",
        1,
        None,
        None,
    )


def test_changes_are_counted_and_named() -> None:
    changes = Changes()
    for number in range(EXAMPLES + 2):
        changes.add(past(f"d{number}"), ("local",))
    changes.add(past("same"), ("cloud", "local"))
    changes.add(past("tail"), ("cloud",))
    changes.add(past("none"), ())
    changes.add(past("trace", ranked=None), ("local",))
    assert (changes.changed, changes.reordered) == (EXAMPLES + 3, 1)
    first, second = changes.moves()
    assert (first.before, first.after, first.requests) == ("cloud", "local", EXAMPLES + 2)
    assert first.examples == ("d0", "d1", "d2")
    assert (second.after, second.examples) == (None, ("none",))


def moved(gain: Gain | None, *, to: str = "weak") -> Quality:
    risk = Risk()
    by = "strong" if to == "weak" else "weak"
    facts = replace(FACTS, gain=gain)
    risk.add(past(facts=facts, candidates=THEN, served_by=by), THEN[to], THEN[by])
    return risk.quality()


def test_a_weaker_tier_loses_what_was_predicted_that_a_stronger_gains() -> None:
    found = moved(GAIN)
    assert (found.weaker, found.stronger, found.unknown) == (1, 0, 0)
    assert (found.expected_lost, found.low, found.high) == (0.2, 0.1, 0.4)
    found = moved(GAIN, to="strong")
    assert (found.weaker, found.stronger, found.unknown) == (0, 1, 0)
    assert (found.expected_lost, found.low, found.high) == (-0.2, -0.4, -0.1)


def test_without_a_prediction_nothing_is_made_up() -> None:
    found = moved(None)
    assert (found.weaker, found.unknown, found.expected_lost) == (1, 1, None)


def test_targets_that_are_of_no_order_are_unknown() -> None:
    risk = Risk()
    other = candidate("other", model="third")
    risk.add(past(candidates=THEN, served_by="strong"), other, None)
    assert risk.quality().unknown == 1


def test_the_same_model_elsewhere_is_as_good() -> None:
    risk = Risk()
    risk.add(past(candidates=THEN, served_by="weak"), replace(WEAK, name="twin"), WEAK)
    found = risk.quality()
    assert (found.weaker, found.stronger, found.unknown) == (0, 0, 0)
