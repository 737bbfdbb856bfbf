"""Waiting and affinity that cannot mean what they say."""

from typing import Any

import pytest

from headgate.config.crosscheck import crosscheck
from headgate.config.report import dotted
from headgate.config.schema import Settings

BOX = {"backend": "vllm", "base_url": "http://127.0.0.1:8000/v1", "model": "m"}
WAIT = {"wait": {"max_ms": 1000}}
NO_LIMIT = "routes.r.wait: none of the route's targets has a limit that a request could wait at"


def said(box: dict[str, Any], **route: Any) -> list[str]:
    settings = Settings.model_validate(
        {
            "targets": {"box": BOX | box, "gpt": {"backend": "openai", "model": "gpt-4o"}},
            "routes": {"r": {"targets": ["box", "gpt"], **route}},
        }
    )
    return [f"{dotted(p.loc)}: {p.message}" for p in crosscheck(settings)]


@pytest.mark.parametrize(
    "box",
    [
        {"capacity": {"max_concurrency": 2}},
        {"capacity": {"adaptive": True}},
        {"backend": "embedded", "base_url": None},
    ],
)
def test_a_route_may_wait_where_there_is_a_limit(box: dict[str, Any]) -> None:
    assert said(box, **WAIT) == []


def test_a_route_cannot_wait_for_targets_without_a_limit() -> None:
    assert said({}, **WAIT) == [NO_LIMIT]


def test_a_wait_as_long_as_the_promise_leaves_no_time_to_answer() -> None:
    box = {"capacity": {"max_concurrency": 2}}
    assert said(box, **WAIT, slo={"ttft_ms": 1001}) == []
    (problem,) = said(box, **WAIT, slo={"ttft_ms": 1000})
    assert problem.startswith("routes.r.wait.max_ms: leaves no time to answer")


def test_affinity_needs_targets_to_choose_from() -> None:
    assert said({}, affinity=True) == []
    (problem,) = said({}, affinity=True, targets=["box"])
    assert problem == "routes.r.affinity: means nothing with a single target"
