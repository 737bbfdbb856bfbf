"""First tries by weight."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.decide import decide
from headgate.policy.decision import Candidate, RequestFacts
from headgate.policy.registry import all_rules
from headgate.policy.rules.split import RULE
from headgate.policy.split import places
from headgate.policy.weights import MOST_DRAWN, SPLIT_STEPS

ALL = all_rules()


def facts(draw: int | None) -> RequestFacts:
    return RequestFacts(
        operation="chat", route="r", input_tokens=1, expected_output_tokens=1, draw=draw
    )


def target(name: str, **standing: Any) -> Candidate:
    return Candidate(name=name, model="m", provider="p", is_local=False, **standing)


def test_places_of_the_draw_become_steps_up_to_a_bound() -> None:
    drawn = [RULE.judge(facts(7), target("a", weight=1.0, drawn=place)) for place in (0, 1, 99)]
    assert [verdict.steps for verdict in drawn] == [0, SPLIT_STEPS, MOST_DRAWN * SPLIT_STEPS]
    assert drawn[1].reason == "weighs 1, and was drawn as number 2"


def test_what_has_no_weight_stands_behind_all_that_has() -> None:
    last = RULE.judge(facts(7), target("a", weight=0.1, drawn=MOST_DRAWN - 1))
    assert RULE.judge(facts(7), target("b")).steps > last.steps


def test_without_a_draw_nothing_is_shared() -> None:
    assert RULE.judge(facts(None), target("a", weight=1.0, drawn=3)).steps == 0


@given(
    st.integers(0, 2**32 - 1),
    st.dictionaries(st.sampled_from("abcdef"), st.floats(0.1, 100), min_size=1),
)
def test_the_decision_follows_the_draw(draw: int, weights: dict[str, float]) -> None:
    drawn = places(draw, weights)
    field = [target(name, weight=weights[name], drawn=drawn[name]) for name in weights]
    assert decide(facts(draw), field, ALL).order == sorted(weights, key=lambda name: drawn[name])


def test_first_tries_are_shared_by_weight() -> None:
    weights, counts, requests = {"old": 90.0, "new": 10.0}, {"old": 0, "new": 0}, 4000
    for draw in range(requests):
        drawn = places(draw, weights)
        field = [target(name, weight=weights[name], drawn=drawn[name]) for name in weights]
        counts[decide(facts(draw), field, ALL).order[0]] += 1
    # Four standard deviations of 4,000 draws at 10 %.
    assert abs(counts["new"] / requests - 0.1) < 0.019
