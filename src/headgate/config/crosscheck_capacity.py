"""Waiting, promises and affinity, once a route and its targets are seen together."""

from collections.abc import Iterator

from headgate.backends.registry import provider, provider_names
from headgate.config.locate import Loc, Problem
from headgate.config.route import RouteSettings
from headgate.config.schema import Settings, TargetSettings


def capacity_problems(settings: Settings) -> Iterator[Problem]:
    """Of every route."""
    for name, route in settings.routes.items():
        loc = ("routes", name)
        yield from _wait(settings, loc, route)
        if route.affinity and len(route.target_names) == 1:
            hint = "leave it out, or name the other targets"
            yield Problem((*loc, "affinity"), "means nothing with a single target", hint)


def _wait(settings: Settings, loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    wait, slo = route.wait, route.slo
    if wait is None:
        return
    targets = [settings.targets[n] for n in route.target_names if n in settings.targets]
    if not any(_has_slots(target) for target in targets):
        yield Problem(
            (*loc, "wait"),
            "none of the route's targets has a limit that a request could wait at",
            "set `capacity: {max_concurrency: …}` on one",
        )
    if slo is not None and wait.max_ms >= slo.ttft_ms:
        message = f"leaves no time to answer within `slo.ttft_ms`, {slo.ttft_ms:g}"
        yield Problem((*loc, "wait", "max_ms"), message, "make it less than that")


def _has_slots(target: TargetSettings) -> bool:
    if target.capacity.max_concurrency is not None or target.capacity.adaptive:
        return True
    return target.backend in provider_names() and provider(target.backend).is_embedded
