"""What a route does beyond asking one target, as a person reads it."""

from typing import Any

import pytest

from headgate.config.describe import route_in_words
from headgate.config.route import RouteSettings


@pytest.mark.parametrize(
    ("route", "words"),
    [
        (
            {"cascade": {"members": ["a", "b"], "agree": 2}},
            "asks `a` and `b` first and goes on unless 2 answers agree",
        ),
        (
            {"cascade": {"members": ["a"], "samples": 3, "accept": 0.8}},
            "asks `a` 3 times first and goes on unless trust is at least 0.8",
        ),
        (
            {"cascade": {"members": ["a", "b"], "judge": {"target": "c"}}},
            "asks `a` and `b` first and goes on unless trust is high enough, "
            "or `c` vouches for one",
        ),
        (
            {"cascade": {"members": ["a"], "hold": 80}},
            "asks `a` first and goes on unless nothing is wrong with the first 80 characters",
        ),
        (
            {"hedge": {"after": "p95"}},
            "a second target after its 95th percentile, for at most 5% of requests",
        ),
        (
            {"hedge": {"after_ms": 300, "max_share": 0.1}},
            "a second target after 300 ms, for at most 10% of requests",
        ),
        (
            {"mirror": [{"target": "c", "share": 0.25, "judge": "a"}]},
            "copies of 25% to `c`, compared by `a`",
        ),
    ],
)
def test_a_sentence_for_each(route: dict[str, Any], words: str) -> None:
    settings = RouteSettings.model_validate({"targets": ["a", "b"], **route})
    assert route_in_words(settings) == f"`a`, then `b`; {words}"
