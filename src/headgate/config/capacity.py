"""How much a target takes at once, and how long a route's requests wait for it."""

from typing import Annotated

from pydantic import Field

from headgate.config.values import NotASwitch, Number, Positive, Section
from headgate.gateway.queue import MOST_WAITING


class Capacity(Section):
    """How much a target takes at once."""

    max_concurrency: Positive | None = Field(
        default=None,
        description="Requests at the same time; further ones go to the next target, or wait "
        "where the route says so.",
    )
    adaptive: bool = Field(
        default=False,
        description="Find out by trying how many at the same time it answers without delay, up "
        "to `max_concurrency`; for a server whose slots nobody knows.",
    )
    queue: Annotated[int, Field(ge=0), NotASwitch] = Field(
        default=MOST_WAITING,
        description="Most requests that wait for it, on routes that wait; further ones are "
        "refused, with the time to come again.",
    )


class Wait(Section):
    """How long requests wait for a slot."""

    max_ms: Number = Field(
        description="Most milliseconds before a request goes to another target, predicted or "
        "waited; what has nowhere else to go waits on."
    )
    priority: Annotated[int, Field(ge=0, le=100), NotASwitch] = Field(
        default=0,
        description="Of requests that name none in `x-headgate-priority`; each is worth ten "
        "seconds of waiting.",
    )


class Slo(Section):
    """What the route promises its clients."""

    ttft_ms: Number = Field(
        description="Milliseconds to first output that 19 of 20 requests keep to; targets that "
        "are expected not to come after the others."
    )
