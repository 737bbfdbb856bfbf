from typing import get_args

import pytest

from headgate.engine.states import TRANSITIONS, Event, State, after


def test_every_state_can_be_reached_and_left() -> None:
    states = set(get_args(State))
    assert {state for state, _ in TRANSITIONS} == states
    assert set(TRANSITIONS.values()) == states


def test_every_event_means_something() -> None:
    assert {event for _, event in TRANSITIONS} == set(get_args(Event))


def test_a_worker_that_was_told_to_go_did_not_fail() -> None:
    assert after("stopping", "exited") == "stopped"
    assert after("ready", "exited") == "failed"
    assert after("starting", "exited") == "failed"


def test_what_cannot_happen_is_a_bug() -> None:
    with pytest.raises(KeyError):
        after("stopped", "answered")
