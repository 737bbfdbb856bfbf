"""Routes: which targets serve a model name, and on what terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from msgspec.structs import replace

from headgate.core.errors import Forbidden, ModelNotFound, QualityProblem
from headgate.gateway.care import Cascading, Hedging, Mirroring
from headgate.gateway.reading import ReadingTerms
from headgate.gateway.target import Moment, Target, Terms
from headgate.policy.decision import Actions, Applied, Candidate, RequestFacts
from headgate.policy.facts import ByComplexity, RouteDemands, Tiering
from headgate.policy.treatment import CHANGES
from headgate.wire.dialect import ClientDialect

FallbackCause = Literal["timeout", "unavailable", "rate_limit", "server_error", "cut", "quality"]
EVERY_CAUSE: frozenset[FallbackCause] = frozenset(
    {"timeout", "unavailable", "rate_limit", "server_error", "cut", "quality"}
)
AUTO = "auto"
USUAL_TAG = ":latest"
"""What Ollama's clients see, and some write, behind a name that has no tag of its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """A target's place in a route."""

    target: Target
    position: int
    tier: int | None = None
    weight: float | None = None
    only_mirrors: bool = False
    split: Mapping[str, float] | None = None
    """Weights of all targets of the route, its own among them."""
    actions: Actions = ()
    """See `Terms`."""
    terms: Terms = field(init=False)

    def __post_init__(self) -> None:
        terms = Terms(
            self.position, self.tier, self.weight, self.only_mirrors, self.split, self.actions
        )
        object.__setattr__(self, "terms", terms)

    def candidate(
        self, facts: RequestFacts, model: str, client: ClientDialect, moment: Moment
    ) -> Candidate:
        """Its target as it stands at `moment`, for a client that asked for `model`."""
        target = self.target
        return target.candidate(
            facts, self.terms, model=target.model or model, client=client, moment=moment
        )


class Conditions(Protocol):
    """A route's own rules."""

    def holding(self, facts: RequestFacts, unix: float) -> tuple[Applied, ...]:
        """Those whose conditions hold for a request at `unix` (seconds)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where requests for a name may go."""

    demands: RouteDemands
    places: tuple[Place, ...]
    models: tuple[str, ...] = ()
    """More names for it; one may end in `*`."""
    fall_back_on: frozenset[FallbackCause] = EVERY_CAUSE
    checks: frozenset[QualityProblem] = frozenset()
    drop_unsupported: bool = False
    """What a backend cannot be told is left out, and said in a header, instead of refused."""
    clamp_ranges: bool = False
    """Numbers outside what a backend takes are moved to the nearest it takes."""
    hold_stream: bool = False
    """Check a streamed answer whole before the client sees any of it."""
    tiering: Tiering = field(default_factory=ByComplexity)
    comparisons: Mapping[int | None, Mirroring] = field(default_factory=dict)
    """Who gets copies of requests that are learned from, by the tier that answers them."""
    conditions: Conditions | None = None
    sticky_s: float | None = None
    """How long a target keeps a conversation that it served; `None`: it keeps none."""
    is_split: bool = False
    """Its traffic is shared by weight."""
    reading: ReadingTerms | None = None
    """What is looked for in its requests; `None`: they are not read."""
    stay_local_s: float | None = None
    """How long a conversation stays local once a request of it had to."""
    policy: str | None = None
    """Hash of what it says about data, for the audit log; `None`: nothing is written there."""
    audits_all: bool = False
    """Requests without labels stand in the audit log, too."""
    cascade: Cascading | None = None
    hedge: Hedging | None = None
    mirrors: tuple[Mirroring, ...] = ()
    by_target: Mapping[str, Place] = field(init=False)
    """The same places, by the name of their target."""
    changes_data: bool = field(init=False)
    """Whether any target may get requests with values masked or redacted."""

    def __post_init__(self) -> None:
        own = (action for place in self.places for _, action in place.actions)
        changes = not CHANGES.isdisjoint((*self.demands.actions.values(), *own))
        object.__setattr__(self, "changes_data", changes)
        by_target = {place.target.name: place for place in self.places}
        object.__setattr__(self, "by_target", by_target)

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        return self.demands.route


@dataclass(slots=True)
class Resolved:
    """The route for a request, and the model to ask its targets for where they leave it open."""

    route: Route
    model: str


class Routes:
    """Every name a client may send as `model`."""

    def __init__(
        self, routes: Sequence[Route], default: str, *, targets: Sequence[Target], open_names: bool
    ) -> None:
        """Index the names.

        `open_names` lets clients name a target, or a model, directly. It is off when a
        route restricts where data may go: going round the route would go round that.
        """
        self.by_name = {route.name: route for route in routes}
        self.default = self.by_name[default]
        self.targets = {target.name: target for target in targets}
        self.open_names = open_names
        self._exact: dict[str, Route] = {AUTO: self.default}
        self._prefixes: list[tuple[str, Route]] = []
        for route in routes:
            for name in route.models:
                if name.endswith("*"):
                    self._prefixes.append((name[:-1], route))
                else:
                    self._exact[name] = route
        self._exact.update(self.by_name)
        self._of_any_model: dict[str, Route] = {}
        """Targets that leave the model to the client; not models themselves."""
        if open_names:
            demands = self.default.demands
            for name, route in _direct(targets, demands).items():
                self._exact.setdefault(name, route)
            self._of_any_model = {
                t.name: _over(t.name, [t], demands) for t in targets if t.model is None
            }

    def names(self, allowed: frozenset[str] | None = None) -> list[str]:
        """Names to show a client, those of `allowed` routes only, in the configuration's order."""
        if allowed is None:
            return list(self._exact)
        return [name for name, route in self._exact.items() if route.name in allowed]

    def resolve(self, model: str, allowed: frozenset[str] | None = None) -> Resolved:
        """The route for `model`.

        Raises:
            ModelNotFound: No such name.
            Forbidden: The caller's key may not use that route.
        """
        found = self._find(model)
        if found is None:
            known = ", ".join(f"`{name}`" for name in self.names()[:12])
            raise ModelNotFound(f"no route, target or model is called `{model}`: try {known}")
        if allowed is not None and found.route.name not in allowed:
            raise Forbidden(f"this key may not use route `{found.route.name}`")
        return found

    def _find(self, model: str) -> Resolved | None:
        for name in (model, model.removesuffix(USUAL_TAG)):
            if (route := self._exact.get(name)) is not None:
                return Resolved(route, name)
        for prefix, patterned in self._prefixes:
            if model.startswith(prefix):
                return Resolved(patterned, model)
        return self._find_open(model)

    def _find_open(self, model: str) -> Resolved | None:
        """`target/model`, or a bare model whose maker is known, at a target that takes any."""
        head, _, rest = model.partition("/")
        if rest and head in self._of_any_model:
            return Resolved(self._of_any_model[head], rest)
        for name, route in self._of_any_model.items():
            if model.startswith(self.targets[name].provider.model_prefixes or ("\0",)):
                return Resolved(route, model)
        return None


def _direct(targets: Sequence[Target], demands: RouteDemands) -> Mapping[str, Route]:
    """Routes that the names of targets with a model stand for, and the names of those models."""
    own_names = {target.name for target in targets}
    by_name: dict[str, list[Target]] = {}
    for target in targets:
        if target.model is None:
            continue
        by_name[target.name] = [target]
        if target.model not in own_names:
            by_name.setdefault(target.model, []).append(target)
    return {name: _over(name, served, demands) for name, served in by_name.items()}


def _over(name: str, targets: Sequence[Target], demands: RouteDemands) -> Route:
    """A route of some targets, otherwise on the terms of `demands`."""
    return Route(
        demands=replace(demands, route=name, tiers=()),
        places=tuple(Place(target, position) for position, target in enumerate(targets)),
    )
