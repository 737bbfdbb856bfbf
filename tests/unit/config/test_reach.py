"""Dead, contradictory and unreachable parts of a configuration."""

from datetime import UTC, datetime
from typing import Any

import pytest

from headgate.config.load import settings_from
from headgate.config.reach import unreachable

TARGET = {"backend": "vllm", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
NOW = datetime(2026, 11, 28, tzinfo=UTC)
HASH = "sha256:" + "0" * 64


def found(route: dict[str, Any] | None = None, **more: Any) -> list[str]:
    targets = {
        "a": {**TARGET, "region": "eu"},
        "b": {**TARGET, "region": "us"},
        "c": {**TARGET, "region": "eu"},
    }
    config = {
        "targets": targets,
        "routes": {"r": {"targets": ["a", "b", "c"], **(route or {})}},
        **more,
    }
    problems = unreachable(settings_from(config), frozenset(), NOW)
    return [f"{'.'.join(map(str, each.loc))}: {each.message}" for each in problems]


def rule(name: str, when: str, **what: Any) -> dict[str, Any]:
    return {"name": name, "when": when, **what}


def test_a_sound_configuration_has_no_findings() -> None:
    assert found({"rules": [rule("x", "request.input_tokens > 5", refuse=["a"])]}) == []


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (
            {"rules": [rule("x", "request.priority > 100", refuse=["a"])]},
            "routes.r.rules.0.when: never holds",
        ),
        (
            {"rules": [rule("x", "request.priority >= 0", prefer=["a"])]},
            "routes.r.rules.0.when: holds for every request",
        ),
        (
            {"rules": [rule("x", "request.choices > 1", refuse=["a", "b", "c"])]},
            "routes.r.rules.0: leaves no target",
        ),
        (
            {"regions": ["eu"], "rules": [rule("x", "request.choices > 1", only=["b"])]},
            "routes.r.rules.0: leaves no target",
        ),
        (
            {
                "rules": [
                    rule("x", "request.input_tokens > 10", only=["a"]),
                    rule("y", "request.input_tokens > 20", only=["b"]),
                ]
            },
            "routes.r.rules.1: together with rule `x` it leaves no target",
        ),
        ({"regions": ["eu"]}, "routes.r: no request gets to `b`: its region `us`"),
        ({"regions": ["de"]}, "routes.r: no request gets to any of its targets"),
        ({"split": {"a": 1, "b": 0}}, "routes.r.split.b: weighs 0"),
    ],
)
def test_what_is_dead_is_found_where_it_stands(route: dict[str, Any], expected: str) -> None:
    assert any(each.startswith(expected) for each in found(route)), found(route)


def test_rules_that_never_hold_together_do_not_clash() -> None:
    rules = [
        rule("x", "request.input_tokens > 10", only=["a"]),
        rule("y", "request.input_tokens < 5", only=["b"]),
    ]
    assert found({"rules": rules}) == []


def test_a_tier_that_nobody_gets() -> None:
    tiers = [{"up_to": 0.5, "targets": ["a"]}, {"targets": ["b"]}]
    messages = found({"targets": None, "tiers": tiers, "regions": ["eu"]})
    assert any(each.startswith("routes.r.tiers.1: no target of this tier") for each in messages)


def test_a_target_of_another_environment_is_no_finding() -> None:
    assert found(environment="dev", environments={"dev": ["a", "b"]}) == []


def test_a_target_without_a_route_is_one_where_clients_cannot_name_it() -> None:
    assert found({"targets": ["a", "b"]}) == []
    messages = found({"targets": ["a", "b"], "privacy": {}})
    assert messages == ["targets.c: no route asks it, and clients cannot"]


def test_a_pattern_behind_a_wider_one_is_never_reached() -> None:
    routes = {
        "wide": {"targets": ["a"], "models": ["gpt-*"]},
        "narrow": {"targets": ["b"], "models": ["gpt-4*", "other-*"]},
    }
    settings = settings_from({"targets": {"a": TARGET, "b": TARGET}, "routes": routes})
    messages = [(each.loc, each.message) for each in unreachable(settings, frozenset(), NOW)]
    assert messages == [
        (("routes", "narrow", "models", 0), "never reached: `gpt-*` of route `wide` comes first")
    ]


def test_a_route_that_no_key_may_use() -> None:
    keys = [{"name": "k", "hash": HASH, "routes": ["r"]}]
    routes = {"r": {"targets": ["a"]}, "s": {"targets": ["a"]}}
    settings = settings_from({"targets": {"a": TARGET}, "routes": routes, "server": {"keys": keys}})
    assert [each.loc for each in unreachable(settings, frozenset(), NOW)] == [("routes", "s")]
