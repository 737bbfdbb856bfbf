"""What of a configuration is dead: targets nobody reaches, rules that change nothing, or clash."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from headgate.config.conditions import RouteRuleSettings
from headgate.config.locate import Loc, Problem
from headgate.config.possible import holds, outcome, situations
from headgate.config.schema import RouteSettings, Settings


def unreachable(settings: Settings) -> Iterator[Problem]:
    """Findings over the whole configuration, and in each route."""
    yield from _targets_without_route(settings)
    yield from _routes_without_key(settings)
    yield from _shadowed_models(settings)
    for name, route in settings.routes.items():
        loc = ("routes", name)
        shut = _shut_out(settings, route)
        yield from _dead_targets(loc, route, shut)
        yield from _dead_tiers(loc, route, shut)
        yield from _rules(settings, name, route, shut)
        for target, weight in (route.split or {}).items():
            if not weight and any((route.split or {}).values()):
                yield Problem((*loc, "split", target), "weighs 0: it is only a fallback")


def _targets_without_route(settings: Settings) -> Iterator[Problem]:
    """A target can be asked for by its name, unless a route restricts where data may go."""
    if not any(route.restricts for route in settings.routes.values()):
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


def _shut_out(settings: Settings, route: RouteSettings) -> Mapping[str, str]:
    """Targets of the route that no request gets to, and why."""
    shut: dict[str, str] = {}
    allowed = settings.environment_targets
    for name in route.target_names:
        target = settings.targets[name]
        if allowed is not None and name not in allowed:
            shut[name] = f"it is not in environment `{settings.environment}`"
        elif route.regions and target.region is not None and target.region not in route.regions:
            shut[name] = f"its region `{target.region}` is not among the route's"
    return shut


def _dead_targets(loc: Loc, route: RouteSettings, shut: Mapping[str, str]) -> Iterator[Problem]:
    if len(shut) == len(route.target_names):
        # Said for the whole route elsewhere, where it is the environment's doing.
        if not all("environment" in why for why in shut.values()):
            yield Problem(loc, "no request gets to any of its targets", about_name=True)
        return
    for name, why in shut.items():
        # Another environment may be why a target stands there.
        if "environment" not in why:
            yield Problem(loc, f"no request gets to `{name}`: {why}", about_name=True)


def _dead_tiers(loc: Loc, route: RouteSettings, shut: Mapping[str, str]) -> Iterator[Problem]:
    for index, tier in enumerate(route.tiers or ()):
        here = [name for name in tier.targets if "environment" not in shut.get(name, "")]
        if here and len(shut) < len(route.target_names) and all(name in shut for name in here):
            message = "no target of this tier can be used: its requests go to other tiers"
            yield Problem((*loc, "tiers", index), message)


def _rules(
    settings: Settings, name: str, route: RouteSettings, shut: Mapping[str, str]
) -> Iterator[Problem]:
    fixed = {"route": name, "environment": settings.environment or ""}
    open_to = frozenset(route.target_names) - shut.keys()
    live = []
    for index, rule in enumerate(route.rules):
        loc = ("routes", name, "rules", index)
        found = outcome(rule.when, fixed)
        if found == "never":
            yield Problem((*loc, "when"), "never holds, as far as can be tried", about_name=True)
        elif found == "always":
            message = "holds for every request, as far as can be tried"
            yield Problem((*loc, "when"), message, "leave the rule out, or mend its condition")
        if found != "never":
            live.append((index, rule))
            if open_to and not _left(rule, open_to):
                message = "leaves no target that can be used: such requests are refused"
                yield Problem(loc, message)
    yield from _clashes(name, live, open_to, fixed)


def _clashes(
    name: str,
    live: list[tuple[int, RouteRuleSettings]],
    open_to: frozenset[str],
    fixed: Mapping[str, Any],
) -> Iterator[Problem]:
    """Pairs of rules that leave no target together, where both may hold at once."""
    for (_, one), (index, other) in combinations(live, 2):
        both = _left(one, open_to) & _left(other, open_to)
        if both or not _left(one, open_to) or not _left(other, open_to):
            continue
        tried = situations([one.when, other.when], fixed)
        if any(holds(one.when, each) and holds(other.when, each) for each in tried):
            message = f"together with rule `{one.name}` it leaves no target"
            yield Problem(("routes", name, "rules", index), message)


def _left(rule: RouteRuleSettings, open_to: frozenset[str]) -> frozenset[str]:
    only = open_to if rule.only is None else open_to & frozenset(rule.only)
    return only - frozenset(rule.refuse)
