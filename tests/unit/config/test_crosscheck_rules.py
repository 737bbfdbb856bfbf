"""Rules, splits and hours, seen together."""

from typing import Any

import pytest

from headgate.config.load import settings_from
from headgate.core.errors import ConfigError

TARGET = {"backend": "vllm", "base_url": "http://127.0.0.1:9/v1", "model": "m"}


def problems(route: dict[str, Any], target: dict[str, Any] | None = None) -> str:
    config = {
        "targets": {"a": {**TARGET, **(target or {})}, "b": TARGET},
        "routes": {"r": {"targets": ["a", "b"], **route}},
    }
    try:
        settings_from(config)
    except ConfigError as error:
        return str(error)
    return ""


def rule(**fields: Any) -> dict[str, Any]:
    return {"rules": [{"name": "one", "when": "true", "prefer": ["a"], **fields}]}


def test_what_is_right_is_no_problem() -> None:
    right = {
        **rule(when="request.input_tokens > 10 && caller.team == 'x'"),
        "split": {"a": 90, "b": 10},
        "sticky": {"ttl_s": 60},
    }
    assert not problems(right, {"hours": {"open": ["mon-fri 08:00-18:00"]}})


def test_copies_may_be_kept_from_a_target_that_only_mirrors() -> None:
    mirrored = {"targets": ["a"], "mirror": [{"target": "b", "share": 0.1}]}
    assert not problems({**mirrored, **rule(prefer=[], refuse=["b"])})
    assert not problems({**mirrored, **rule(prefer=[], only=["a", "b"])})
    assert "`b` is no target of the route" in problems({**mirrored, **rule(prefer=["b"])})


@pytest.mark.parametrize(
    ("route", "complaint"),
    [
        (rule(when="request.input_token > 1"), "there is no fact `input_token`"),
        (rule(when="request.input_token > 1"), "did you mean `input_tokens`"),
        (rule(when="tokens > 1"), "`tokens` is no fact"),
        (rule(when="1 +"), "Syntax error"),
        (rule(when="request.input_tokens"), "is no condition: it comes to 1"),
        (rule(when="request.input_tokens > 'a'"), "cannot be decided"),
        (rule(only=["c"]), "`c` is no target of the route"),
        (rule(prefer=[]), "does nothing"),
        ({"rules": rule()["rules"] * 2}, "another rule of the route has the same name"),
        ({"split": {"a": 0, "b": 0}}, "all weights are 0"),
        ({"split": {"c": 1}}, "`c` is no target of the route"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(route: dict[str, Any], complaint: str) -> None:
    found = problems(route)
    assert complaint in found
    assert "routes.r." in found


@pytest.mark.parametrize(
    ("hours", "complaint"),
    [
        ({"open": ["soon"]}, "no time of the week"),
        ({"open": ["08:00-09:00"], "timezone": "Middle/Earth"}, "no time zone"),
    ],
)
def test_hours_that_are_none(hours: dict[str, Any], complaint: str) -> None:
    found = problems({}, {"hours": hours})
    assert complaint in found
    assert "targets.a.hours" in found
