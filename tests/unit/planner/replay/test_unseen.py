"""Verdicts that do not depend on what varies."""

from collections.abc import Callable

import pytest

from headgate.planner.replay.unseen import Seen, Unseen, Used
from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto
from support.entries import FACTS, candidate

ANY = candidate("a")
Judge = Callable[[RequestFacts, Candidate], Verdict]


class Rule:
    """A rule from a function."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge


def steady(judge: Judge, seen: Seen | None = None) -> Verdict | None:
    return (Seen() if seen is None else seen).steady_verdict(Rule(judge), FACTS, ANY)


def shrug(_: object) -> Verdict:
    return Penalty("no opinion")


@pytest.mark.parametrize(
    "used",
    [
        lambda value: value > 5,
        lambda value: value < 5,
        lambda value: 1 + value,
        lambda value: not value,
        lambda value: value in (1, 2),
        lambda value: value in {1, 2},
        lambda value: f"{value}",
        float,
        round,
        lambda value: max(value, 0.0),
        lambda value: isinstance(value, float),
        lambda value: value.expected,
        lambda value: [*range(9)][value],
    ],
)
def test_whatever_is_done_with_a_stand_in_shows(used: Callable[[object], object]) -> None:
    with pytest.raises(Used):
        used(Unseen())


def test_a_value_that_is_read_and_not_used_is_no_reason_to_ask_again() -> None:
    def judge(facts: RequestFacts, candidate: Candidate) -> Verdict:
        return shrug((facts.input_tokens, candidate.ttft_ms))

    assert steady(judge) == Penalty("no opinion")


def test_a_value_that_ends_up_in_the_verdict_is_used() -> None:
    assert steady(lambda facts, candidate: Penalty("", candidate.in_flight)) is None
    assert steady(lambda facts, candidate: Penalty("", 0, candidate.wait_ms or 0.0)) is None


def test_whether_a_candidate_is_measured_makes_verdicts_differ() -> None:
    assert steady(lambda _, it: Penalty("", int(it.ttft_ms is None))) is None


def test_where_a_fact_is_absent_or_not_the_verdicts_are_steady_apart() -> None:
    def judge(facts: RequestFacts, candidate: Candidate) -> Verdict:
        return shrug(facts) if facts.draw is None else Veto("drawn")

    seen = Seen()
    assert steady(judge, seen) == Penalty("no opinion")
    assert seen.known_or_not == {"draw"}
    drawn = Seen().steady_verdict(Rule(judge), _drawn(), ANY)
    assert drawn == Veto("drawn")


def _drawn() -> RequestFacts:
    return RequestFacts(
        operation="chat", route="default", input_tokens=1, expected_output_tokens=1, draw=7
    )


def test_what_is_read_besides_is_noted() -> None:
    def judge(facts: RequestFacts, candidate: Candidate) -> Verdict:
        return shrug((facts.tier, candidate.breaker, candidate.ttft_ms))

    seen = Seen()
    steady(judge, seen)
    assert (seen.facts, seen.candidate) == ({"tier"}, {"breaker"})
    assert seen.size == 2


def test_what_is_no_field_is_made_of_those_that_vary() -> None:
    assert steady(lambda _, candidate: Penalty("", int(candidate.has_price))) is None


def test_a_rule_that_fails_on_a_stand_in_is_asked() -> None:
    def judge(facts: RequestFacts, candidate: Candidate) -> Verdict:
        raise ZeroDivisionError

    assert steady(judge) is None
