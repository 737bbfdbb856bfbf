"""A policy to replay: routes over targets, with all that is fixed about them."""

from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct

from headgate.estimate.cost import Pricing
from headgate.planner.replay.past import Past
from headgate.planner.replay.speeds import Speeds
from headgate.policy.decision import Applied, Candidate, RequestFacts
from headgate.policy.facts import RouteDemands


class Conditions(Protocol):
    """A route's own rules."""

    def holding(self, facts: RequestFacts, unix: float) -> tuple[Applied, ...]:
        """Those whose conditions hold for a request."""
        ...


class Seat(Struct, frozen=True, kw_only=True):
    """One target of a route."""

    name: str
    idle: Callable[[RequestFacts, str, float], Candidate]
    """The target with nothing to do, for a request that asks for a model, at a time."""
    pricing: Pricing
    usd_per_busy_hour: float | None = None
    is_adaptive: bool = False
    """How many requests it takes at once was found by trying."""


class ReplayRoute(Struct, frozen=True, kw_only=True):
    """Where requests for a name may go."""

    demands: RouteDemands
    seats: tuple[Seat, ...]
    conditions: Conditions | None = None
    is_split: bool = False
    """Targets have weights, and a draw decides between them."""


class Resolved(Struct, frozen=True):
    """The route for a request, and the model for targets that leave it open."""

    route: ReplayRoute
    model: str


class Policy(Struct, frozen=True, kw_only=True):
    """Everything that decides, from one configuration."""

    name: str
    resolve: Callable[[Past], Resolved | None]
    """`None`: the name means nothing there."""
    speeds: Speeds
    slots: Mapping[str, int | None]
    """Requests at once, by target; `None` is any number, or one that nobody can tell."""
    queues_inside: frozenset[str] = frozenset()
    """Targets that let requests wait by themselves; their slots were never recorded."""
    notes: tuple[str, ...] = ()
    """What of it is not replayed."""
