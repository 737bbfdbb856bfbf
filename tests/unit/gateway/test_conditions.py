"""Conditions over documented facts."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from headgate.gateway.conditions import (
    FACTS,
    UNDECIDED,
    RouteConditions,
    RouteRule,
    compiled,
    context_of,
)
from headgate.gateway.expressions import BadCondition
from headgate.policy.decision import Bend, Gain, RequestFacts

NIGHT = datetime(2026, 11, 28, 23, 15, tzinfo=UTC).timestamp()
BUSY = RequestFacts(
    operation="chat",
    route="smart",
    environment="prod",
    input_tokens=9000,
    expected_output_tokens=200,
    max_output_tokens=500,
    needs=frozenset({"tools"}),
    labels=frozenset({"phi", "email"}),
    complexity=0.75,
    tier=1,
    gain=Gain(expected=0.25, low=0.0, high=0.5, cut=0.2),
    key="alice",
    team="search",
    tags=frozenset({"nightly"}),
    priority=3,
    session="5e55",
    bend=Bend(budget="b", how="tiers_down", spent=0.8),
)
BARE = RequestFacts(operation="embedding", route="r", input_tokens=0, expected_output_tokens=0)


def holds(when: str, facts: RequestFacts = BUSY) -> bool:
    rule = RouteRule(name="r", when=when, prefer=frozenset({"a"}))
    return bool(RouteConditions([rule]).holding(facts, NIGHT))


@pytest.mark.parametrize(
    "when",
    [
        "request.input_tokens > 8000 && request.max_output_tokens == 500",
        "caller.team == 'search' && 'nightly' in request.tags",
        "request.labels.exists(label, label.startsWith('ph'))",
        "request.tier == 1 && request.complexity > 0.7 && request.gain > 0.2",
        "environment == 'prod' && route == 'smart' && caller.key == 'alice'",
        "time.hour >= 22 && time.weekday == 6 && time.minute == 15",
        "budget.spent > 0.7 || request.deferrable",
        "has(request.tier) && request.labels.exists(tier, tier == 'phi')",
        "request.session != '' && request.priority > 0 && !('json' in request.needs)",
    ],
)
def test_a_condition_over_any_fact(when: str) -> None:
    assert holds(when)
    assert not holds(f"!({when})")
    assert "time" in when or not holds(when, BARE)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
@pytest.mark.parametrize("facts", [BUSY, BARE])
def test_every_fact_is_of_its_kind_for_every_request(fact, facts: RequestFacts) -> None:
    kind = {"list(string)": "list", "double": "double"}.get(fact.kind, fact.kind)
    assert compiled(f"type({fact.name}) == {kind}").execute(context_of(facts, NIGHT))


def test_rules_that_hold_come_in_their_order() -> None:
    rules = [
        RouteRule(name="one", when="true", only=frozenset({"a"})),
        RouteRule(name="two", when="false", refuse=frozenset({"b"})),
        RouteRule(name="three", when="true", prefer=frozenset({"c"})),
    ]
    found = RouteConditions(rules).holding(BARE, NIGHT)
    assert [rule.name for rule in found] == ["one", "three"]
    assert found[0].only == {"a"}


def test_what_cannot_be_decided_is_closed_and_says_so() -> None:
    when = "1000 / request.input_tokens > 5"
    rules = [
        RouteRule(name="keep", when=when, only=frozenset({"a"})),
        RouteRule(name="wish", when=when, prefer=frozenset({"b"})),
        RouteRule(name="number", when="request.input_tokens", refuse=frozenset({"c"})),
    ]
    found = RouteConditions(rules).holding(BARE, NIGHT)
    assert [rule.name for rule in found] == ["keep" + UNDECIDED, "number" + UNDECIDED]
    assert found[0].only == {"a"}


def test_only_facts_that_are_asked_for_are_read() -> None:
    class Counting:
        read: ClassVar[list[str]] = []

        def __getattr__(self, name: str) -> Any:
            self.read.append(name)
            return getattr(BUSY, name)

    rules = [
        RouteRule(name="one", when="request.input_tokens > 1 && 'request.tier' != ''"),
        RouteRule(name="two", when="caller.team == 'search'", refuse=frozenset({"b"})),
    ]
    found = RouteConditions(rules).holding(cast(RequestFacts, Counting()), NIGHT)
    assert [rule.name for rule in found] == ["one", "two"]
    assert sorted(Counting.read) == ["input_tokens", "team"]


@pytest.mark.parametrize(
    ("when", "complaint"),
    [
        ("request.", "syntax error at 1:9: unexpected `.`"),
        ("text == 'x'", "`text` is no fact"),
        ("1 +", "syntax error at 1:4: it ends too early"),
    ],
)
def test_what_is_no_condition_is_refused(when: str, complaint: str) -> None:
    with pytest.raises(BadCondition, match=complaint):
        RouteConditions([RouteRule(name="r", when=when)])


def test_no_text_of_a_request_is_a_fact() -> None:
    assert not any("text" in fact.name or "content" in fact.name for fact in FACTS)


def test_the_guide_lists_every_fact_as_it_is() -> None:
    guide = (Path(__file__).parents[3] / "docs/guides/rules.md").read_text()
    listed = re.findall(r"^\| `([\w.]+)` \| [^|]+ \| (.*) \|$", guide, re.MULTILINE)
    assert listed == [(fact.name, fact.help) for fact in FACTS]
