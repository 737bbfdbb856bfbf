"""Whether conditions ever hold."""

import pytest

from headgate.config.possible import MOST_TRIED, holds, outcome, situations

AMONG = {"route": ["smart"], "environment": ["prod"], "caller.team": ["", "search", "z"]}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("request.input_tokens > 8000", "sometimes"),
        ("request.input_tokens >= 0", "always"),
        ("request.input_tokens > 10 && request.input_tokens < 5", "never"),
        ("request.input_tokens == 7", "sometimes"),
        ("route == 'smart'", "always"),
        ("route == 'other'", "never"),
        ("environment == 'prod' && caller.team == 'search'", "sometimes"),
        ("time.hour > 23", "never"),
        ("time.weekday >= 1 && time.weekday <= 7", "always"),
        ("'phi' in request.labels || !('phi' in request.labels)", "always"),
        ("'phi' in request.labels && size(request.labels) == 0", "sometimes"),
        ("request.input_tokens / 1000 == 5", "sometimes"),
        ("request.input_tokens * 3 == 21", "sometimes"),
        ("request.input_tokens == 1e3", "sometimes"),
        ("time.hour*60+time.minute == 500", "sometimes"),
        ("request.tags.all(t, t != 'x') && request.tags.size() == 2", "sometimes"),
        ("caller.key == 'gpt-4' && caller.key == 'b+c'", "never"),
        ("request.complexity > 0.5 && request.complexity < 0.502", "sometimes"),
        ("request.complexity > 1.5", "never"),
        ("request.deferrable", "sometimes"),
        ("caller.key == 'a' && caller.key == 'b'", "never"),
        ("caller.team == 'search'", "sometimes"),
        ("caller.team == 'serach'", "never"),
        ("caller.team in ['serach', 'z']", "sometimes"),
        ("request.operation == 'chat'", "sometimes"),
        ("request.operation == 'chta'", "never"),
        ("'vision' in request.needs", "sometimes"),
        ("'visoin' in request.needs", "never"),
        ("size(request.labels) > 3", "sometimes"),
        ("size(request.labels) >= 0", "sometimes"),
        ("caller.key.startsWith('a') && caller.key.endsWith('z')", "sometimes"),
        ("caller.key.matches('^a[bc]$')", "sometimes"),
    ],
)
def test_conditions_at_the_edges_of_what_they_compare(when: str, expected: str) -> None:
    assert outcome(when, AMONG) == expected


def test_what_cannot_be_decided_counts_as_held() -> None:
    assert holds("1 / request.priority > 5", {"request__priority": 0})
    assert not holds("1 / request.priority > 5", {"request__priority": 1})
    assert holds("no expression (", {})


def test_many_facts_are_tried_up_to_a_bound_and_the_same_again() -> None:
    when = (
        "request.input_tokens > 1 && request.choices > 2 && request.priority > 3 && time.hour > 4 "
        "&& time.minute > 5 && 'x' in request.tags && 'y' in request.labels && caller.team == 'z'"
    )
    found = list(situations([when], AMONG))
    assert len(found) == MOST_TRIED
    assert found == list(situations([when], AMONG))
    assert outcome(when, AMONG) == "sometimes"
