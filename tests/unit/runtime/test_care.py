"""Cascades, hedges and copies from a configuration, as routes have them."""

import asyncio
from typing import Any

from headgate.config.load import settings_from
from headgate.gateway.route import Route
from headgate.runtime.build import build

BOX = {"backend": "openai_compatible", "base_url": "http://127.0.0.1:9/v1", "model": "m"}


def route(**settings: Any) -> Route:
    return asyncio.run(_route(settings))


async def _route(settings: dict[str, Any]) -> Route:
    data = {
        "targets": dict.fromkeys(("a", "b", "judge", "copy"), BOX),
        "routes": {"chat": {"targets": ["a", "b"], **settings}},
        "ledger": {"enabled": False},
    }
    runtime = await build(settings_from(data, {}))
    await runtime.close()
    return runtime.gateway.routes.by_name["chat"]


def test_a_cascade_has_what_was_configured() -> None:
    asked = {"members": ["a"], "samples": 3, "accept": 0.9, "checks": ["refusal"], "hold": "whole"}
    judge = {"target": "judge", "when": "always"}
    cascade = (route(cascade={**asked, "judge": judge, "max_added_ms": 5})).cascade
    assert cascade is not None
    assert cascade.members == ("a", "a", "a")
    assert (cascade.accept, cascade.agree, cascade.held_chars) == (0.9, None, None)
    assert cascade.checks == {"refusal"}
    assert cascade.judge is not None
    assert (cascade.judge.target.name, cascade.judge.when) == ("judge", "always")
    assert (cascade.max_added_ms, cascade.max_added_usd) == (5, None)


def test_a_held_beginning_is_so_many_characters() -> None:
    cascade = (route(cascade={"members": ["a"], "hold": 40})).cascade
    assert cascade is not None
    assert cascade.held_chars == 40


def test_a_hedge_has_an_allowance_of_its_own() -> None:
    one, two = (route(hedge={"after": "p95"}), route(hedge={"after_ms": 7}))
    assert one.hedge is not None
    assert two.hedge is not None
    assert (one.hedge.after_ms, two.hedge.after_ms) == (None, 7)
    assert one.hedge.allowance is not two.hedge.allowance


def test_who_only_mirrors_has_a_place_that_says_so() -> None:
    mirror = [{"target": "copy", "share": 0.1, "judge": "judge"}, {"target": "b", "share": 1}]
    made = route(mirror=mirror)
    assert [(p.target.name, p.only_mirrors) for p in made.places] == [
        ("a", False),
        ("b", False),
        ("copy", True),
    ]
    assert [(each.target, each.share) for each in made.mirrors] == [("copy", 0.1), ("b", 1.0)]
    assert made.mirrors[0].judge is not None
    assert made.mirrors[1].judge is None
