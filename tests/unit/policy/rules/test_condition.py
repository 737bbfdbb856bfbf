"""What a route's own rules do to its targets."""

from typing import Any

import pytest

from headgate.policy.decision import Applied, Candidate, Penalty, RequestFacts, Veto
from headgate.policy.rules.condition import RULE

ONLY_A = Applied(name="home", only=frozenset({"a"}))
NOT_B = Applied(name="short", refuse=frozenset({"b"}))
LIKES_A = Applied(name="likes", prefer=frozenset({"a"}))
LIKES_B = Applied(name="also", prefer=frozenset({"b"}))


def verdict(name: str, *applied: Applied) -> Any:
    facts = RequestFacts(
        operation="chat", route="r", input_tokens=1, expected_output_tokens=1, applied=applied
    )
    return RULE.judge(facts, Candidate(name=name, model="m", provider="p", is_local=False))


@pytest.mark.parametrize(
    ("name", "applied", "refused"),
    [
        ("a", [], None),
        ("a", [ONLY_A], None),
        ("b", [ONLY_A], "home"),
        ("b", [LIKES_B, ONLY_A], "home"),
        ("b", [NOT_B], "short"),
        ("a", [NOT_B], None),
        ("a", [LIKES_B], None),
    ],
)
def test_who_is_shut_out_and_by_which_rule(
    name: str, applied: list[Applied], refused: str | None
) -> None:
    found = verdict(name, *applied)
    assert isinstance(found, Veto) is (refused is not None)
    assert refused is None or f"`{refused}`" in found.reason


def test_the_first_of_two_wishes_has_the_last_word() -> None:
    assert verdict("a", LIKES_A, LIKES_B).steps < verdict("b", LIKES_A, LIKES_B).steps
    assert verdict("b", LIKES_B, LIKES_A).steps < verdict("a", LIKES_B, LIKES_A).steps


def test_whoever_all_wishes_want_pays_nothing() -> None:
    assert verdict("a", LIKES_A, NOT_B) == Penalty("rule `likes` prefers it")
    assert "`likes`" in verdict("b", LIKES_A).reason
