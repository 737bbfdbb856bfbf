"""A policy to replay from a configuration. Needs no keys, starts nothing, sends nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, NoReturn

from headgate.catalog.apis import hosted_models
from headgate.config.schema import Settings
from headgate.core.errors import CallerError, EngineError
from headgate.core.plugins import load
from headgate.engine.engine import LocalModel, Running
from headgate.gateway.route import Place, Route, Routes
from headgate.gateway.target import Moment, Target
from headgate.planner.replay.hardware import speed_on
from headgate.planner.replay.past import Past
from headgate.planner.replay.policy import Policy, ReplayRoute, Resolved, Seat
from headgate.planner.replay.speeds import Measured, Published, Speed, Steady
from headgate.policy.decision import Candidate, RequestFacts
from headgate.runtime.routes import build_routes, is_audited
from headgate.runtime.targets import TargetBuilder
from headgate.wire.dialect import ClientDialect

Said = Steady | str
"""A speed, or the machine it is calculated of: `MODEL@HARDWARE`."""
_START = 0.0
"""On the monotonic clock of a target that has done nothing yet."""


class NotRunning:
    """Stands for a local model that nobody is going to start."""

    def __init__(self, model: str) -> None:
        """Of this name."""
        self.path = Path(model)
        self.state = "ready"

    async def ensure_ready(self) -> Running:
        """Never: a replay sends nothing."""
        raise EngineError("a replay starts no model")

    def using(self) -> None:
        """Nothing runs."""

    def used(self) -> None:
        """Nothing runs."""

    def let_go(self) -> None:
        """Nothing runs."""

    async def stop(self) -> None:
        """Nothing runs."""


class _NoClient:
    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"a replay sends nothing, and so has no `{name}`")


class _Policies:
    """Routes of one configuration in the words of a replay."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._made: dict[int, ReplayRoute] = {}
        self._names: dict[str, Resolved | None] = {}

    def resolve(self, past: Past) -> Resolved | None:
        name = past.requested_model
        if name not in self._names:
            if len(self._names) > 10_000:
                # Names come from clients.
                self._names.clear()
            self._names[name] = self._resolved(name)
        return self._names[name]

    def _resolved(self, name: str) -> Resolved | None:
        try:
            found = self._routes.resolve(name)
        except CallerError:
            return None
        made = self._made.get(id(found.route))
        if made is None:
            made = self._made[id(found.route)] = _route(found.route)
        return Resolved(made, found.model)


def policy_of(
    name: str,
    settings: Settings,
    *,
    now: datetime,
    said: Mapping[str, Said],
    measured: Mapping[tuple[str, str], Measured],
) -> Policy:
    """The policy that `settings` describe.

    What is `said` of targets wins over what was `measured`, by target and model.
    """
    targets = _targets(settings, now)
    speeds = {
        name: speed
        for name, target in targets.items()
        if (speed := _speed(target, said.get(name), measured)) is not None
    }
    routes = build_routes(settings, targets)
    return Policy(
        name=name,
        resolve=_Policies(routes).resolve,
        speeds=speeds,
        slots={
            name: None if target.is_adaptive else target.slots.limit
            for name, target in targets.items()
        },
        queues_inside=frozenset(
            name
            for name, target in targets.items()
            if target.max_concurrency is None and not target.is_adaptive
        ),
        notes=tuple(_notes(settings, targets)),
    )


def _targets(settings: Settings, now: datetime) -> dict[str, Target]:
    client: Any = _NoClient()
    builder = TargetBuilder(
        client=client,
        open_model=_not_running,
        environ={},
        now=now,
        engine_slots=settings.engine.slots,
        uses_batch_apis=settings.batches.enabled and settings.batches.provider_apis,
        audit_log=is_audited(settings),
    )
    return {
        name: builder.build(name, each, is_used=False) for name, each in settings.targets.items()
    }


def _notes(settings: Settings, targets: Mapping[str, Target]) -> Iterator[str]:
    """What of a policy is not replayed."""
    adaptive = [f"`{name}`" for name, target in targets.items() if target.is_adaptive]
    if adaptive:
        yield f"{', '.join(adaptive)}: slots are found by trying, so no queue is simulated"
    if any(route.fallback and route.fallback.checks for route in settings.routes.values()):
        yield "answers are not checked again: their text is gone"
    beside = [
        f"`{name}`"
        for name, route in settings.routes.items()
        if route.cascade or route.hedge or route.mirror
    ]
    if beside:
        yield (
            f"{', '.join(beside)}: what cascades, hedges and mirrors ask beside the answer is in"
            " the sum only where the decision is the same"
        )


def _not_running(model: str) -> LocalModel:
    return NotRunning(model)


def _route(route: Route) -> ReplayRoute:
    return ReplayRoute(
        demands=route.demands,
        seats=tuple(_seat(place) for place in route.places),
        conditions=route.conditions,
        is_split=any(place.weight is not None for place in route.places),
    )


def _seat(place: Place) -> Seat:
    per_hour = place.target.pricing.usd_per_busy_hour
    return Seat(
        name=place.target.name,
        idle=partial(_idle, place),
        pricing=place.target.pricing,
        usd_per_busy_hour=None if per_hour is None else float(per_hour),
        is_adaptive=place.target.is_adaptive,
    )


def _idle(place: Place, facts: RequestFacts, model: str, at: float) -> Candidate:
    return place.candidate(facts, model, _client_dialect(), Moment(_START, at))


@cache
def _client_dialect() -> ClientDialect:
    """What most clients speak; what recorded ones spoke shows in what they were offered."""
    dialect: ClientDialect = load("headgate.wire.dialects", "openai_chat", "DIALECT")
    return dialect


def _speed(
    target: Target, said: Said | None, measured: Mapping[tuple[str, str], Measured]
) -> Speed | None:
    if isinstance(said, str):
        return speed_on(said, target.slots.limit)
    if said is not None:
        return said
    if target.model is None:
        return None
    return measured.get((target.name, target.model)) or _published(target)


def _published(target: Target) -> Published | None:
    provider = target.pricing.catalog_provider
    for each in hosted_models().values():
        if (each.provider, each.model) == (provider, target.model) and each.latency is not None:
            known = each.latency
            return Published(
                ttft_p50_s=known.ttft_p50_s,
                ttft_p95_s=known.ttft_p95_s,
                tokens_per_s_p50=known.tokens_per_s_p50,
                tokens_per_s_p5=known.tokens_per_s_p5,
            )
    return None
