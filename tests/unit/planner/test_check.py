"""Names that exist, prices that can be."""

import math
from dataclasses import dataclass
from typing import Any

import pytest

from headgate.core.errors import InvalidRequest
from headgate.planner.check import MOST_OPTIONS, check
from headgate.planner.question import Question


@dataclass(frozen=True)
class Case:
    id: str
    fields: dict[str, Any]
    param: str
    hint: str | None = None


CASES = [
    Case("a typo in hardware", {"hardware_usd": {"rtx4090": 1.0}}, "hardware_usd", "rtx-4090"),
    Case("rent of nothing known", {"rent_usd_per_hour": {"zx81": 1.0}}, "rent_usd_per_hour"),
    Case("a negative rent", {"rent_usd_per_hour": {"l4": -5.0}}, "rent_usd_per_hour"),
    Case("a rent that is no number", {"rent_usd_per_hour": {"l4": math.nan}}, "rent_usd_per_hour"),
    Case("a price without end", {"hardware_usd": {"l4": math.inf}}, "hardware_usd"),
    Case("a typo in a provider", {"signed": ("opneai",)}, "signed", "openai"),
    Case("a region in capitals", {"region": "EU"}, "region", "eu"),
    Case("no region", {"region": ""}, "region"),
    Case("too many machines", {"machines": ("m@h",) * (MOST_OPTIONS + 1)}, "machines"),
    Case("too many models", {"apis": ("a/b",) * (MOST_OPTIONS + 1)}, "apis"),
    Case("an unknown hidden cost", {"allowances": {"coffee": 1.0}}, "allowances"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_cannot_be_meant_is_refused_by_field(case: Case) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check(Question(**case.fields))
    assert caught.value.param == case.param
    assert case.hint is None or case.hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"signed": ("openai", "rental"), "region": "eu"},
        {"region": "us-west-2"},
        {"hardware_usd": {"l4": 0.0}, "rent_usd_per_hour": {"h100-sxm": 2.1}},
    ],
)
def test_what_can_be_meant_is_taken(fields: dict[str, Any]) -> None:
    check(Question(**fields))
