"""A conversation stays where its beginning was read, unless waiting there costs more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.decide import decide
from headgate.policy.registry import all_rules
from support.decisions import candidate, facts, steps

ALL = all_rules()
RULE = ALL["affinity"]
ASKED = facts(keeps_cache=True)


def test_a_replica_that_has_read_the_prompt_goes_before_an_earlier_one_that_has_not() -> None:
    first, second = candidate("a", position=0), candidate("b", position=1, cached_tokens=800)
    assert decide(ASKED, [first, second], ALL).order == ["b", "a"]
    assert decide(facts(), [first, second], ALL).order == ["a", "b"]


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_more_that_was_read_is_never_less_wanted(one: int, more: int) -> None:
    less = RULE.judge(ASKED, candidate(cached_tokens=one))
    assert steps(RULE.judge(ASKED, candidate(cached_tokens=one + more))) <= steps(less)


@pytest.mark.parametrize(("wait_ms", "order"), [(300.0, ["b", "a"]), (500.0, ["a", "b"])])
def test_it_leaves_when_waiting_takes_longer_than_reading_again(
    wait_ms: float, order: list[str]
) -> None:
    asked = facts(keeps_cache=True, max_wait_ms=10_000.0)
    idle = candidate("a")
    busy = {"in_flight": 1, "max_concurrency": 1, "wait_ms": wait_ms}
    cached = candidate("b", position=1, cached_tokens=900, saved_ms=400.0, **busy)
    assert decide(asked, [idle, cached], ALL).order == order


@pytest.mark.parametrize(("wait_ms", "order"), [(300.0, ["b", "a"]), (500.0, ["a", "b"])])
def test_where_speed_ranks_the_cache_counts_as_the_time_it_saves(
    wait_ms: float, order: list[str]
) -> None:
    asked = facts(keeps_cache=True, max_wait_ms=10_000.0, prefer="latency")
    idle = candidate("a", ttft_ms=600.0)
    busy = {"in_flight": 1, "max_concurrency": 1, "wait_ms": wait_ms}
    cached = candidate("b", ttft_ms=600.0, cached_tokens=900, saved_ms=400.0, **busy)
    assert decide(asked, [idle, cached], ALL).order == order
