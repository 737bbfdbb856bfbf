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


@pytest.mark.parametrize(
    "when",
    [
        "request.max_output_tokens > 0 && 10 / request.max_output_tokens > 1",
        "size(request.labels) > 0 && request.labels[0] == 'a'",
        "request.labels.exists(label, label.startsWith('ph')) || time.hour in [22, 23]",
        "caller.key.matches('^ci-[0-9]+$') && !request.deferrable",
    ],
)
def test_what_is_guarded_is_a_condition(when: str) -> None:
    assert not problems(rule(when=when))


def test_a_value_out_of_the_environment_is_not_repeated() -> None:
    assert "hush" not in problems(rule(when="'hush'"))


def test_copies_may_be_kept_from_a_target_that_only_mirrors() -> None:
    mirrored = {"targets": ["a"], "mirror": [{"target": "b", "share": 0.1}]}
    assert not problems({**mirrored, **rule(prefer=[], refuse=["b"])})
    assert not problems({**mirrored, **rule(prefer=[], only=["a", "b"])})
    assert "`b` is no target of the route" in problems({**mirrored, **rule(prefer=["b"])})


@pytest.mark.parametrize(
    ("route", "complaint"),
    [
        (rule(when="request.input_token > 1"), "there is no fact `request.input_token`"),
        (rule(when="request.input_token > 1"), "did you mean `input_tokens`"),
        (rule(when="tokens > 1"), "`tokens` is no fact"),
        (rule(when="1 +"), "syntax error at 1:4"),
        (rule(when="request.input_tokens"), "is no condition: it comes to `int`"),
        (rule(when="request.input_tokens > 'a'"), "cannot be decided"),
        (rule(when="1/0 == 1"), "cannot be decided"),
        (rule(when="10 / request.max_output_tokens > 1"), "request with none of the facts"),
        (rule(when="10 / request.max_output_tokens > 1"), "ask first whether it is 0"),
        (rule(when="request.labels[0] == 'a'"), "ask with `in`"),
        (rule(when="int(caller.team) > 1"), "cannot be decided"),
        (rule(when="request.tier > 2 && request.choices * 2"), "cannot be decided"),
        (rule(when="9223372036854775807 * request.choices > 1"), "cannot be decided"),
        (rule(when="request.input_tokens > 2000000 && request.tokns > 8"), "`request.tokns`"),
        (rule(when="request.tier == 5 && 'a'.startWith('a')"), "did you mean `startsWith`"),
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
