"""Settings of cascades, hedges and copies."""

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from headgate.config.cascade import CascadeSettings, HedgeSettings, MirrorSettings
from headgate.core.errors import QualityProblem


def test_a_cascade_needs_no_more_than_its_members() -> None:
    settings = CascadeSettings(members=("a", "b"))
    assert settings.asked == ("a", "b")
    assert settings.hold == "whole"
    assert set(settings.checks) == set(get_args(QualityProblem))


def test_a_single_member_may_be_asked_several_times() -> None:
    assert CascadeSettings(members=("a",), samples=3).asked == ("a", "a", "a")


@pytest.mark.parametrize(
    "wrong",
    [
        {"members": []},
        {"members": ["a"], "samples": 1},
        {"members": ["a"], "accept": 1.5},
        {"members": ["a"], "accept": True},
        {"members": ["a"], "hold": 0},
        {"members": ["a"], "hold": "half"},
        {"members": ["a"], "checks": ["ugly"]},
        {"members": ["a"], "max_added_ms": -1},
        {"members": ["a"], "judge": {"target": "a", "when": "never"}},
    ],
    ids=str,
)
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CascadeSettings.model_validate(wrong)


def test_a_twentieth_of_requests_is_hedged_where_nothing_is_said() -> None:
    assert HedgeSettings(after="p95").max_share == 0.05


@pytest.mark.parametrize("share", [0, 1.1])
def test_a_share_is_more_than_nothing_and_no_more_than_all(share: float) -> None:
    with pytest.raises(ValidationError):
        MirrorSettings(target="a", share=share)
