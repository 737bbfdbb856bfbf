"""Budgets for what does not exist, or that cannot mean what they say."""

from typing import Any

import pytest

from headgate.config.crosscheck import crosscheck
from headgate.config.report import dotted
from headgate.config.schema import Settings

KEY = {"name": "alice", "hash": f"sha256:{'0' * 64}", "team": "search"}
OWN = {"backend": "vllm", "base_url": "http://127.0.0.1:8000/v1", "model": "m"}
TARGETS = {
    "gpt": {"backend": "openai", "model": "gpt-4o"},
    "timed": {**OWN, "cost": {"watts": 300, "usd_per_kwh": 0.3}},
    "own": OWN,
    "odd": {**OWN, "local": False},
}


def said(budget: dict[str, Any], **settings: Any) -> list[str]:
    found = Settings.model_validate(
        {
            "server": {"keys": [KEY]},
            "targets": TARGETS,
            "routes": {"r": {"targets": list(TARGETS)}},
            "budgets": {"b": {"usd": 5, "per": "day", **budget}},
            **settings,
        }
    )
    return [f"{dotted(p.loc)}: {p.message}" for p in crosscheck(found)]


@pytest.mark.parametrize(
    "budget",
    [
        {},
        {"of": {"key": "alice"}},
        {"of": {"team": "*"}},
        {"of": {"route": "r"}, "bend": {"tiers_down": 0.5, "local_only": 0.6}},
        {"of": {"target": "gpt"}},
        {"of": {"tag": "anything"}, "timezone": "Europe/Berlin"},
    ],
)
def test_what_means_something_is_fine(budget: dict[str, Any]) -> None:
    assert said(budget) == []


@pytest.mark.parametrize(
    ("budget", "problem"),
    [
        ({"of": {"key": "bob"}}, "budgets.b.of.key: there is no key `bob`"),
        ({"of": {"team": "ads"}}, "budgets.b.of.team: there is no team `ads`"),
        ({"of": {"route": "q"}}, "budgets.b.of.route: there is no route `q`"),
        ({"of": {"target": "gtp"}}, "budgets.b.of.target: there is no target `gtp`"),
        ({"of": {}}, "budgets.b.of: needs one of"),
        ({"of": {"key": "alice", "team": "search"}}, "budgets.b.of: needs one of"),
        ({"of": {"target": "timed"}}, "budgets.b.of.target: `timed` has no price to count"),
        ({"of": {"target": "own"}}, "budgets.b.of.target: `own` has no price to count"),
        ({"of": {"target": "odd"}}, "budgets.b.of.target: `odd` has no price to count"),
        (
            {"bend": {"tiers_down": 0.9, "local_only": 0.7}},
            "budgets.b.bend.local_only: must be more than `tiers_down`, 0.9",
        ),
        ({"timezone": "Mars/Olympus"}, "budgets.b.timezone: is no time zone of this machine"),
        ({"timezone": "../../etc/passwd"}, "budgets.b.timezone: is no time zone"),
        ({"usd": 10_000_000}, "budgets.b.usd: must be at most"),
    ],
)
def test_what_cannot_is_said(budget: dict[str, Any], problem: str) -> None:
    (found,) = said(budget)
    assert found.startswith(problem)


def test_each_needs_somebody() -> None:
    (found,) = said({"of": {"key": "*"}}, server={})
    assert found == "budgets.b.of.key: there is no key that could have one"


def test_budgets_are_remembered_by_the_ledger() -> None:
    assert said({}, ledger={"enabled": False}) == [
        "budgets: need the ledger, which remembers what was spent"
    ]
