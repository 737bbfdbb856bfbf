"""Rules that never hold, change nothing, or leave nobody."""

from typing import Any

import pytest

from headgate.config.load import settings_from
from headgate.config.reach_rules import known_facts, rule_findings

HASH = "sha256:" + "0" * 64
TARGET = {"backend": "vllm", "base_url": "http://127.0.0.1:9/v1"}
TARGETS = {
    "short": {**TARGET, "model": "x", "context_tokens": 4096},
    "longer": {**TARGET, "model": "y", "context_tokens": 8192},
    "unknown": {**TARGET, "model": "z"},
    "any": {**TARGET},
}


def found(*rules: dict[str, Any], **more: Any) -> list[tuple[str, str, str | None]]:
    named = [{"name": f"r{index}", **rule} for index, rule in enumerate(rules)]
    route = {"targets": list(TARGETS), "rules": named, **more.pop("route", {})}
    settings = settings_from({"targets": TARGETS, "routes": {"r": route}, **more})
    problems = rule_findings(settings, "r", settings.routes["r"], frozenset(TARGETS))
    return [(".".join(map(str, each.loc[2:])), each.message, each.hint) for each in problems]


def keys(**team_of: str | None) -> dict[str, Any]:
    hashes = (f"sha256:{number:064x}" for number in range(len(team_of)))
    named = zip(team_of.items(), hashes, strict=True)
    return {"keys": [{"name": n, "hash": each, "team": team} for (n, team), each in named]}


NEVER = "never holds, as far as can be tried"


def test_a_team_that_no_key_has_is_told_by_those_there_are() -> None:
    rule = {"when": "caller.team == 'serach'", "refuse": ["any"]}
    server = keys(ann="search", bob=None)
    hint = "`caller.team` is one of '', 'search' here"
    assert found(rule, server=server) == [("rules.0.when", NEVER, hint)]
    assert found({**rule, "when": "caller.team == 'search'"}, server=server) == []
    assert found({**rule, "when": "caller.key == 'bob'"}, server=server) == []
    assert [each[0] for each in found({**rule, "when": "caller.key == 'eve'"}, server=server)]


def test_a_key_that_may_not_use_the_route_does_not_count() -> None:
    routes = {"r": {"targets": ["any"]}, "s": {"targets": ["any"]}}
    server = {
        "keys": [{"name": "ann", "hash": HASH, "team": "a", "routes": ["s"]}],
    }
    settings = settings_from({"targets": TARGETS, "routes": routes, "server": server})
    assert known_facts(settings, "r", settings.routes["r"])["caller.team"] == [""]
    assert known_facts(settings, "s", settings.routes["s"])["caller.team"] == ["", "a"]


@pytest.mark.parametrize(
    ("when", "hint"),
    [
        ("request.tier > 0", "`request.tier` is always -1 here"),
        ("request.complexity >= 0.0", "`request.complexity` is always -1.0 here"),
        ("request.gain > 0.1", "`request.gain` is always 0.0 here"),
        ("budget.spent > 0.5", "`budget.spent` is always 0.0 here"),
        ("request.operation == 'chta'", None),
    ],
)
def test_what_the_route_does_not_have_never_holds(when: str, hint: str | None) -> None:
    assert found({"when": when, "refuse": ["any"]}) == [("rules.0.when", NEVER, hint)]


def test_with_tiers_and_budgets_the_same_may_hold() -> None:
    tiers = [{"up_to": 0.5, "targets": ["short", "longer"]}, {"targets": ["unknown", "any"]}]
    for when in ("request.tier > 0", "request.complexity >= 0.5", "budget.spent > 0.5"):
        budgets = {"all": {"usd": 1, "per": "day"}}
        rule = {"when": when, "refuse": ["any"]}
        assert found(rule, route={"targets": None, "tiers": tiers}, budgets=budgets) == []


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({"when": "request.input_tokens > 8192", "only": ["short", "longer"]}, "rules.0.only"),
        ({"when": "request.input_tokens > 5000", "prefer": ["short"]}, "rules.0.prefer"),
        ({"when": "request.input_tokens > 5000", "prefer": ["short", "longer"]}, None),
        ({"when": "request.input_tokens > 9000", "prefer": ["unknown", "short"]}, None),
        ({"when": "request.input_tokens > 9000", "prefer": ["any"]}, None),
    ],
    ids=str,
)
def test_long_requests_for_targets_that_cannot_read_them(
    rule: dict[str, Any], place: str | None
) -> None:
    problems = found(rule)
    assert [each[0] for each in problems] == ([place] if place else [])
    assert all("and the rule holds only for longer requests" in each[1] for each in problems)


def test_rules_that_clash_with_several_are_told_once() -> None:
    apart = [
        {"when": "request.choices > 1", "only": ["short"]},
        {"when": "request.choices > 2", "only": ["longer"]},
        {"when": "request.choices > 3", "only": ["any"]},
    ]
    messages = [each[:2] for each in found(*apart)]
    assert messages == [
        ("rules.1", "together with rule `r0` it leaves no target"),
        ("rules.2", "together with any of `r0`, `r1` it leaves no target"),
    ]
