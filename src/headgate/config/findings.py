"""What is valid and still likely to surprise."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from headgate.backends.registry import provider
from headgate.config.locate import Loc, Problem
from headgate.config.reach import unreachable
from headgate.config.schema import RouteSettings, Settings, TargetSettings


def findings(
    settings: Settings, environ: Mapping[str, str], local: frozenset[str], at: datetime
) -> list[Problem]:
    """Things to look at; `local` are the targets on hardware the operator controls."""
    found = [*_missing_keys(settings, environ), *_labels_of_keys(settings)]
    found += unreachable(settings, local, at)
    for name, route in settings.routes.items():
        loc = ("routes", name)
        found += [*_unreachable(settings, loc, route), *_privacy(loc, route, local)]
        found += [*_held_for_nothing(loc, route), *_labels_of_route(loc, route)]
    return found


def _missing_keys(settings: Settings, environ: Mapping[str, str]) -> Iterator[Problem]:
    for name, target in settings.targets.items():
        variables = _key_variables(target)
        if variables and not any(environ.get(variable) for variable in variables):
            listed = " or ".join(f"`{variable}`" for variable in variables)
            yield Problem(("targets", name), f"{listed} is not set here", about_name=True)


def _key_variables(target: TargetSettings) -> tuple[str, ...]:
    """Environment variables of which the target needs one."""
    if target.api_key is not None:
        return (target.api_key[2:-1],) if target.api_key.startswith("${") else ()
    kind = provider(target.backend)
    return kind.key_env if kind.needs_key and target.auth != "none" else ()


def _unreachable(settings: Settings, loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    allowed = settings.environment_targets
    if allowed is not None and not allowed.intersection(route.target_names):
        message = f"none of its targets is in environment `{settings.environment}`"
        yield Problem(loc, message, about_name=True)


def _privacy(loc: Loc, route: RouteSettings, local: frozenset[str]) -> Iterator[Problem]:
    if route.privacy is None or local.intersection(route.target_names):
        return
    kept = [label for label in route.privacy.detect if label not in route.privacy.actions]
    if kept or route.privacy.labels or "local" in route.privacy.actions.values():
        yield Problem(
            (*loc, "privacy"),
            "no target of the route is local, so requests with personal data are refused",
            "add a local target, or write `local: true` on one you control",
            about_name=True,
        )


def _held_for_nothing(loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    if route.fallback is not False and route.fallback.hold_stream and not route.fallback.checks:
        message = "holds streams back for nothing: there are no `checks`"
        yield Problem((*loc, "fallback", "hold_stream"), message, about_name=True)


def _labels_of_keys(settings: Settings) -> Iterator[Problem]:
    """Labels that a key's owner may believe keep everything local, and that do not."""
    for index, key in enumerate(settings.server.keys):
        open_to = key.routes or settings.routes
        for position, label in enumerate(key.labels):
            leaks = [name for name in open_to if not _keeps_local(settings.routes[name], label)]
            if leaks:
                listed = ", ".join(f"`{name}`" for name in leaks)
                yield Problem(
                    ("server", "keys", index, "labels", position),
                    f"`{label}` keeps nothing local on {listed}",
                    "name it in their `privacy.labels`, or leave them out of the key's `routes`",
                )


def _labels_of_route(loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    for index, label in enumerate(route.labels):
        if not _keeps_local(route, label):
            message = f"`{label}` keeps nothing local: the route's `privacy.labels` lacks it"
            yield Problem((*loc, "labels", index), message)


def _keeps_local(route: RouteSettings, label: str) -> bool:
    """Whether a declared label keeps a request local: all do, unless the route lists some."""
    if route.privacy is None or not route.privacy.labels:
        return True
    return label in route.privacy.labels or label in route.privacy.detect
