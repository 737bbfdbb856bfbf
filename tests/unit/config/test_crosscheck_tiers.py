"""Bounds of tiers, and what learns them."""

from typing import Any

import pytest

from headgate.config.load import settings_from
from headgate.core.errors import ConfigError

TARGET = {"backend": "vllm", "base_url": "http://127.0.0.1:9/v1", "model": "m"}


def problems(tiers: list[dict[str, Any]], **learn: Any) -> str:
    named = [{**tier, "targets": [name]} for tier, name in zip(tiers, "abc", strict=False)]
    route = {"tiers": named, **({"learn": learn} if learn else {})}
    targets = {**dict.fromkeys("abc", TARGET), "any": {**TARGET, "model": None}}
    try:
        settings_from({"targets": targets, "routes": {"r": route}})
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("tiers", "learn"),
    [
        ([{"up_to": 0.4}, {}], {}),
        ([{"share": 0.4}, {}], {}),
        ([{"share": 0.4}, {"share": 0.3}, {}], {"explore": 0.1, "judge": "c"}),
        ([{}, {}], {"quality": 0.9}),
        ([{"share": 0.8}, {}], {"quality": 0.9}),
    ],
)
def test_what_is_right(tiers: list[dict[str, Any]], learn: dict[str, Any]) -> None:
    assert not problems(tiers, **learn)


@pytest.mark.parametrize(
    ("tiers", "learn", "complaint"),
    [
        ([{"share": 0.4}, {"share": 0.6}], {}, "tiers[1].share: the last tier takes what"),
        ([{"share": 0.6}, {"share": 0.5}, {}], {}, "tiers: the shares add up to 1.1"),
        ([{"share": 0.4}, {"up_to": 0.5}, {}], {}, "tiers[1].up_to: cannot stand beside a `share`"),
        ([{"share": 0.4}, {}, {}], {}, "tiers[1]: every tier but the last needs a `share`"),
        ([{}, {}], {}, "tiers[0]: every tier but the last needs `up_to`"),
        ([{"up_to": 0.4}, {}], {"explore": 0.1}, "learn: has nothing to learn"),
        ([{"share": 0.4}, {"share": 0.3}, {}], {"quality": 0.5}, "learn.quality: is for routes"),
        ([{"share": 0.4}, {}], {"judge": "d"}, "learn.judge: there is no target `d`"),
        ([{"share": 0.4}, {}], {"judge": "any"}, "learn.judge: target `any` leaves the model"),
        ([{"up_to": 0.4}, {"up_to": 0.3}, {}], {}, "must be more than the tier before it"),
    ],
)
def test_what_is_wrong_is_said(
    tiers: list[dict[str, Any]], learn: dict[str, Any], complaint: str
) -> None:
    assert complaint in problems(tiers, **learn)
