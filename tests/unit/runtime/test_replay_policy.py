"""A policy to replay, from a configuration."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from headgate.config.load import settings_from
from headgate.core.errors import EngineError
from headgate.planner.replay.policy import Policy
from headgate.planner.replay.speeds import Measured, Sample, Steady
from headgate.runtime.replay_policy import NotRunning, policy_of
from support.replays import past

NOW = datetime(2026, 11, 28, tzinfo=UTC)
BOX = {"backend": "vllm", "base_url": "http://127.0.0.1:1/v1", "model": "m", "local": True}
CLOUD = {"backend": "openai", "model": "gpt-4o-mini"}


def policy(
    targets: dict[str, Any],
    routes: dict[str, Any],
    *,
    said: dict[str, Steady] | None = None,
    measured: dict[tuple[str, str], Measured] | None = None,
) -> Policy:
    settings = settings_from({"targets": targets, "routes": routes}, {})
    return policy_of("new", settings, now=NOW, said=said or {}, measured=measured or {})


def test_no_key_is_needed_and_no_model_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    made = policy(
        {"cloud": CLOUD, "here": {"backend": "embedded", "model": "not-there.gguf"}},
        {"chat": {"targets": ["here", "cloud"]}},
    )
    found = made.resolve(past())
    assert found is not None
    facts = past().facts
    here, cloud = (seat.idle(facts, found.model, 100.0) for seat in found.route.seats)
    assert (here.is_local, here.load_ms) == (True, None)
    assert (cloud.model, cloud.usd_per_input_mtok) == ("gpt-4o-mini", 0.15)


def test_names_are_looked_up_as_the_gateway_does() -> None:
    made = policy(
        {"cloud": CLOUD, "box": BOX},
        {"chat": {"targets": ["cloud"], "models": ["gpt-*"]}, "own": {"targets": ["box"]}},
    )
    routes = {
        name: None if found is None else found.route.demands.route
        for name in ("auto", "own", "gpt-9", "box", "nothing")
        for found in [made.resolve(past(requested_model=name))]
    }
    assert routes == {
        "auto": "chat",
        "own": "own",
        "gpt-9": "chat",
        "box": "box",
        "nothing": None,
    }


def test_slots_are_those_of_the_configuration() -> None:
    made = policy(
        {
            "cloud": CLOUD,
            "box": BOX | {"capacity": {"max_concurrency": 3}},
            "tried": BOX | {"capacity": {"max_concurrency": 9, "adaptive": True}},
        },
        {"chat": {"targets": ["box", "tried", "cloud"]}},
    )
    assert made.slots == {"cloud": None, "box": 3, "tried": None}
    assert made.queues_inside == {"cloud"}
    assert made.notes == ("`tried`: slots are found by trying, so no queue is simulated",)


def test_a_speed_that_is_said_wins_over_what_was_measured_and_that_over_what_is_published() -> None:
    sample = Sample("box", "m", 9, 9, 5.0, 9.0)
    known = {("box", "m"): Measured([sample]), ("cloud", "gpt-4o-mini"): Measured([sample])}
    targets = {"cloud": CLOUD, "box": BOX, "other": BOX | {"model": "unheard-of"}}
    routes = {"chat": {"targets": ["box", "cloud", "other"]}}
    made = policy(targets, routes, said={"box": Steady(write_tokens_per_s=9)}, measured=known)
    assert {name: each.source for name, each in made.speeds.items()} == {
        "box": "said",
        "cloud": "measured",
    }
    unmeasured = policy(targets, routes)
    assert {name: each.source for name, each in unmeasured.speeds.items()} == {"cloud": "published"}


def test_an_own_machine_is_priced_by_its_time() -> None:
    cost = {"watts": 1000, "usd_per_kwh": "0.5"}
    made = policy({"box": BOX | {"cost": cost}}, {"chat": {"targets": ["box"]}})
    found = made.resolve(past())
    assert found is not None
    assert found.route.seats[0].usd_per_busy_hour == 0.5


def test_what_answers_were_checked_for_cannot_be_checked_again() -> None:
    checked = {"targets": ["cloud"], "fallback": {"checks": ["empty"]}}
    made = policy({"cloud": CLOUD}, {"chat": checked})
    assert made.notes == ("answers are not checked again: their text is gone",)


def test_what_is_asked_beside_the_answer_is_not_made_up() -> None:
    hedged = {"targets": ["cloud", "box"], "hedge": {"after_ms": 900}}
    made = policy({"cloud": CLOUD, "box": BOX}, {"chat": hedged})
    (note,) = made.notes
    assert note.startswith("`chat`: what cascades, hedges and mirrors ask beside")


def test_routes_that_wait_have_queues() -> None:
    box = BOX | {"capacity": {"max_concurrency": 3}}
    made = policy({"box": box}, {"chat": {"targets": ["box"], "wait": {"max_ms": 50}}})
    found = made.resolve(past())
    assert found is not None
    waits = replace(past().facts, max_wait_ms=found.route.demands.max_wait_ms)
    stood = found.route.seats[0].idle(waits, "m", 0.0)
    assert (stood.max_concurrency, stood.wait_ms) == (3, 0.0)
    assert stood.max_waiting is not None


def test_nothing_is_started() -> None:
    model = NotRunning("m.gguf")
    model.using()
    model.used()
    model.let_go()
    asyncio.run(model.stop())
    assert (model.state, model.path) == ("ready", Path("m.gguf"))
    with pytest.raises(EngineError):
        asyncio.run(model.ensure_ready())
