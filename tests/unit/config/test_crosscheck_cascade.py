"""Cascades, hedges and copies that cannot mean what they say."""

from typing import Any

import pytest

from headgate.config.crosscheck import crosscheck
from headgate.config.report import dotted
from headgate.config.schema import Settings

BOX = {"backend": "vllm", "base_url": "http://127.0.0.1:8000/v1", "model": "m"}
TWO = {"members": ["box", "gpt"]}
ONE = {"members": ["box"]}


def said(**route: Any) -> list[str]:
    any_model = {key: value for key, value in BOX.items() if key != "model"}
    settings = Settings.model_validate(
        {
            "targets": {
                "box": BOX,
                "gpt": {"backend": "openai", "model": "gpt-4o"},
                "other": BOX,
                "any": any_model,
            },
            "routes": {"r": {"targets": ["box", "gpt"], **route}},
        }
    )
    return [f"{dotted(p.loc)}: {p.message}" for p in crosscheck(settings)]


@pytest.mark.parametrize(
    "route",
    [
        {"cascade": {**TWO, "agree": 2}},
        {"cascade": {**TWO, "accept": 0.8, "judge": {"target": "other"}}},
        {"cascade": {**ONE, "samples": 3, "agree": 2}},
        {"cascade": {**ONE, "accept": 0.5}},
        {"cascade": {**ONE, "hold": 100}},
        {"hedge": {"after": "p95"}},
        {"hedge": {"after_ms": 300}},
        {"mirror": [{"target": "other", "share": 0.1, "judge": "gpt"}]},
    ],
    ids=str,
)
def test_what_makes_sense_is_taken(route: dict[str, Any]) -> None:
    assert said(**route) == []


@pytest.mark.parametrize(
    ("route", "problem"),
    [
        (
            {"cascade": {"members": ["box", "other"]}},
            "routes.r.cascade.members[1]: `other` is no target of the route",
        ),
        (
            {"cascade": {"members": ["box", "box"]}},
            "routes.r.cascade.members[1]: stands here twice",
        ),
        ({"cascade": {**TWO, "samples": 2}}, "routes.r.cascade.samples: is for a single member"),
        (
            {"cascade": {**TWO, "agree": 3}},
            "routes.r.cascade.agree: there are only 2 answers to compare",
        ),
        (
            {"cascade": ONE},
            "routes.r.cascade: a single answer has nothing to be compared with, "
            "and would never be trusted",
        ),
        (
            {"cascade": {**TWO, "hold": 10}},
            "routes.r.cascade.hold: a beginning is all that is checked of one answer",
        ),
        (
            {"cascade": {**ONE, "hold": 10, "accept": 0.9}},
            "routes.r.cascade.hold: a beginning is all that is checked of one answer",
        ),
        (
            {"cascade": {**TWO, "judge": {"target": "nobody"}}},
            "routes.r.cascade.judge.target: there is no target `nobody`",
        ),
        (
            {"cascade": {**TWO, "judge": {"target": "any"}}},
            "routes.r.cascade.judge.target: `any` has no `model` of its own to judge with",
        ),
        ({"hedge": {}}, "routes.r.hedge: needs either `after: p95` or `after_ms`"),
        (
            {"hedge": {"after": "p95", "after_ms": 1}},
            "routes.r.hedge: needs either `after: p95` or `after_ms`",
        ),
        (
            {"targets": ["box"], "hedge": {"after_ms": 1}},
            "routes.r.hedge: means nothing with a single target",
        ),
        (
            {"mirror": [{"target": "nobody", "share": 1}]},
            "routes.r.mirror[0].target: there is no target `nobody`",
        ),
        (
            {"mirror": [{"target": "other", "share": 1, "judge": "nobody"}]},
            "routes.r.mirror[0].judge: there is no target `nobody`",
        ),
    ],
    ids=str,
)
def test_what_does_not_is_told(route: dict[str, Any], problem: str) -> None:
    assert said(**route) == [problem]
