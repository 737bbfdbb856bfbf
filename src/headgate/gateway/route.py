"""Routes: which targets serve a model name, and on what terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from headgate.core.errors import Forbidden, ModelNotFound, QualityProblem
from headgate.gateway.target import Target
from headgate.policy.facts import RouteDemands

FallbackCause = Literal["timeout", "unavailable", "rate_limit", "server_error", "cut", "quality"]
EVERY_CAUSE: frozenset[FallbackCause] = frozenset(
    {"timeout", "unavailable", "rate_limit", "server_error", "cut", "quality"}
)
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Place:
    """A target's place in a route."""

    target: Target
    position: int
    tier: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where requests for a name may go."""

    demands: RouteDemands
    places: tuple[Place, ...]
    models: tuple[str, ...] = ()
    """More names for it; one may end in `*`."""
    fall_back_on: frozenset[FallbackCause] = EVERY_CAUSE
    checks: frozenset[QualityProblem] = frozenset()
    hold_stream: bool = False
    """Check a streamed answer whole before the client sees any of it."""
    by_target: Mapping[str, Place] = field(init=False)
    """The same places, by the name of their target."""

    def __post_init__(self) -> None:
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
        if open_names:
            for name, route in _direct(targets, self.default.demands).items():
                self._exact.setdefault(name, route)

    def names(self) -> list[str]:
        """Names to show a client, in the order of the configuration."""
        return list(self._exact)

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
        route = self._exact.get(model)
        if route is not None:
            return Resolved(route, model)
        for prefix, patterned in self._prefixes:
            if model.startswith(prefix):
                return Resolved(patterned, model)
        return self._find_open(model) if self.open_names else None

    def _find_open(self, model: str) -> Resolved | None:
        """`target/model`, or a bare model whose maker is known, at a target that takes any."""
        head, slash, rest = model.partition("/")
        target = self.targets.get(head)
        if slash and rest and target is not None and target.model is None:
            return Resolved(self._exact[head], rest)
        for target in self.targets.values():
            if target.model is None and model.startswith(target.provider.model_prefixes or ("\0",)):
                return Resolved(self._exact[target.name], model)
        return None


def _direct(targets: Sequence[Target], demands: RouteDemands) -> Mapping[str, Route]:
    """Routes that the names of targets, and of their models, stand for."""
    from msgspec.structs import replace

    by_name: dict[str, list[Target]] = {}
    for target in targets:
        by_name.setdefault(target.name, []).append(target)
        if target.model is not None and target.model != target.name:
            by_name.setdefault(target.model, []).append(target)
    return {
        name: Route(
            demands=replace(demands, route=name, tiers=()),
            places=tuple(Place(target, position) for position, target in enumerate(served)),
        )
        for name, served in by_name.items()
    }
