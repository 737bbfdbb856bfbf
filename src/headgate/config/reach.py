"""What of a configuration is dead: targets nobody reaches, rules that change nothing, or clash."""

from collections.abc import Iterator
from datetime import datetime

from headgate.config.locate import Problem
from headgate.config.reach_rules import rule_findings
from headgate.config.reach_targets import closed_hours, dead_targets, money, shut_out
from headgate.config.schema import RouteSettings, Settings


def unreachable(settings: Settings, local: frozenset[str], at: datetime) -> Iterator[Problem]:
    """Findings over the whole configuration, and in each route.

    Args:
        settings: Without errors.
        local: The targets on hardware that the operator controls.
        at: Now, for prices and hours.
    """
    yield from _targets_without_route(settings)
    yield from _routes_without_key(settings)
    yield from _shadowed_models(settings)
    for name, route in settings.routes.items():
        loc = ("routes", name)
        shut = shut_out(settings, route, local, at)
        open_to = frozenset(route.target_names) - shut.keys()
        yield from dead_targets(loc, route, shut)
        yield from money(settings, loc, route, open_to, at)
        yield from closed_hours(settings, loc, route, open_to, local, at)
        yield from rule_findings(settings, name, route, open_to)
        for target, weight in (route.split or {}).items():
            if not weight and any((route.split or {}).values()):
                yield Problem((*loc, "split", target), "weighs 0: it is only a fallback")


def _targets_without_route(settings: Settings) -> Iterator[Problem]:
    """A target can be asked for by its name, unless a route restricts where data may go."""
    if not settings.restricts:
        return
    used = {name for route in settings.routes.values() for name in _asked(route)}
    for name in settings.targets:
        if name not in used:
            yield Problem(
                ("targets", name), "no route asks it, and clients cannot", about_name=True
            )


def _asked(route: RouteSettings) -> Iterator[str]:
    """Everybody a route may ask for anything."""
    yield from route.target_names
    for mirror in route.mirror:
        yield from filter(None, (mirror.target, mirror.judge))
    if route.cascade is not None and route.cascade.judge is not None:
        yield route.cascade.judge.target
    if route.learn is not None and route.learn.judge is not None:
        yield route.learn.judge


def _routes_without_key(settings: Settings) -> Iterator[Problem]:
    keys = settings.server.keys
    if not keys or any(key.routes is None for key in keys):
        return
    allowed = {name for key in keys for name in key.routes or ()}
    for name in settings.routes:
        if name not in allowed:
            yield Problem(("routes", name), "no key may use it", about_name=True)


def _shadowed_models(settings: Settings) -> Iterator[Problem]:
    """Patterns are tried in the order of the file: a wide one hides narrower ones after it."""
    earlier: list[tuple[str, str]] = []
    for name, route in settings.routes.items():
        for index, model in enumerate(route.models):
            if not model.endswith("*"):
                continue
            for prefix, owner in earlier:
                if model.startswith(prefix) and owner != name:
                    message = f"never reached: `{prefix}*` of route `{owner}` comes first"
                    yield Problem(("routes", name, "models", index), message)
                    break
            earlier.append((model[:-1], name))
