"""Settings for slots, queues and waiting."""

import pytest
from pydantic import ValidationError

from headgate.config.capacity import Capacity, Slo, Wait


def test_nothing_said_is_no_limit_and_no_search_for_one() -> None:
    assert Capacity().model_dump() == {"max_concurrency": None, "adaptive": False, "queue": 100}


@pytest.mark.parametrize("wrong", [{"queue": -1}, {"queue": True}, {"max_concurrency": 0}])
def test_what_makes_no_sense_is_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Capacity(**wrong)


@pytest.mark.parametrize("wrong", [{}, {"max_ms": 0}, {"max_ms": 5, "priority": 101}])
def test_a_wait_needs_a_length_and_a_priority_within_bounds(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Wait(**wrong)


def test_a_queue_of_none_lets_nobody_wait() -> None:
    assert Capacity(queue=0).queue == 0
    assert (Wait(max_ms=5).priority, Slo(ttft_ms=7).ttft_ms) == (0, 7)
