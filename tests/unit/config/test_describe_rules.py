"""Routes in words."""

from typing import Any

import pytest

from headgate.config.describe import route_in_words
from headgate.config.load import settings_from

TARGET = {
    "backend": "vllm",
    "base_url": "http://127.0.0.1:9/v1",
    "model": "m",
    "capacity": {"max_concurrency": 1},
}


def words(route: dict[str, Any]) -> str:
    config = {
        "targets": {"a": TARGET, "b": TARGET},
        "routes": {"r": {"targets": ["a", "b"], **route}},
    }
    return route_in_words(settings_from(config).routes["r"])


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (
            {
                "rules": [
                    {
                        "name": "x",
                        "when": "request.choices > 1",
                        "only": ["a"],
                        "refuse": ["b"],
                        "prefer": ["a"],
                    }
                ]
            },
            "rule `x`: if request.choices > 1, only `a`, never `b`, `a` first",
        ),
        ({"split": {"a": 90, "b": 30}}, "first tried by share: `a` 75%, `b` 25%"),
        ({"sticky": {}}, "conversations stay where they were for 30 minutes"),
        ({"wait": {"max_ms": 500, "priority": 2}}, "waits up to 500 ms for a free slot"),
        ({"wait": {"max_ms": 500, "priority": 2}}, "priority 2"),
        ({"slo": {"ttft_ms": 900}}, "passes over who would start later than 900 ms"),
        ({"affinity": True}, "prefers who has read the beginning"),
    ],
)
def test_what_a_route_does_is_said(route: dict[str, Any], said: str) -> None:
    assert said in words(route)


def test_tiers_by_share_and_what_learns_them() -> None:
    tiers = [{"share": 0.7, "targets": ["a"]}, {"targets": ["b"]}]
    found = words({"targets": None, "tiers": tiers, "learn": {"explore": 0.1, "judge": "b"}})
    assert found.startswith("the next 70% `a`, the rest `b`")
    assert "learns from 10% of the requests, compared by `b`" in found
    free = [{"targets": ["a"]}, {"targets": ["b"]}]
    found = words({"targets": None, "tiers": free, "learn": {"quality": 0.9}})
    assert "learns to recover 90% of the quality from 5% of the requests, by asking" in found


def test_tiers_by_complexity() -> None:
    tiers = [{"up_to": 0.4, "targets": ["a"]}, {"targets": ["b"]}]
    assert words({"targets": None, "tiers": tiers}) == "up to 0.4 `a`, above `b`"
