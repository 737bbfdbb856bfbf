"""The life of a worker, as a table: what may happen in a state, and where it leads.

A pair that is not in the table cannot happen; meeting one is a bug.
"""

from collections.abc import Mapping
from typing import Final, Literal

State = Literal["stopped", "starting", "ready", "stopping", "failed"]
"""`failed`: it crashed or could not be loaded, and is started again when next asked for."""
Event = Literal["start", "answered", "exited", "leave"]
"""`leave`: it was told to go, because it was idle or because we stop."""

TRANSITIONS: Final[Mapping[tuple[State, Event], State]] = {
    ("stopped", "start"): "starting",
    ("failed", "start"): "starting",
    ("starting", "answered"): "ready",
    ("starting", "exited"): "failed",
    ("starting", "leave"): "stopping",
    ("ready", "exited"): "failed",
    ("ready", "leave"): "stopping",
    ("stopping", "exited"): "stopped",
}


def after(state: State, event: Event) -> State:
    """The state that `event` leads to."""
    return TRANSITIONS[state, event]
