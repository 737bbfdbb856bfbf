"""What only shows when parts of the configuration are seen together."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from ipaddress import ip_address

from headgate.backends.provider import Provider
from headgate.backends.registry import provider, provider_names
from headgate.config.air_gap import air_gap_problems
from headgate.config.complaints import did_you_mean
from headgate.config.crosscheck_budgets import budget_problems
from headgate.config.crosscheck_capacity import capacity_problems
from headgate.config.crosscheck_cascade import cascade_problems
from headgate.config.crosscheck_compliance import compliance_problems
from headgate.config.crosscheck_privacy import privacy_problems
from headgate.config.crosscheck_rules import rule_problems
from headgate.config.crosscheck_tiers import tier_problems
from headgate.config.locate import Loc, Problem
from headgate.config.route import RouteSettings
from headgate.config.schema import Settings, TargetSettings

RESERVED = "auto"
"""What clients send as `model` for the default route."""


def crosscheck(settings: Settings) -> list[Problem]:
    """Everything that is wrong with settings whose parts are right."""
    checks = (
        _targets,
        _names,
        _routes,
        _models,
        _environments,
        _server,
        air_gap_problems,
        budget_problems,
        compliance_problems,
        privacy_problems,
        rule_problems,
        capacity_problems,
        cascade_problems,
    )
    return [problem for check in checks for problem in check(settings)]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _unknown(loc: Loc, kind: str, name: str, known: Iterable[str]) -> Problem:
    return Problem(loc, f"there is no {kind} `{name}`", did_you_mean(name, known))


def _targets(settings: Settings) -> Iterator[Problem]:
    backends = provider_names()
    for name, target in settings.targets.items():
        loc = ("targets", name)
        if target.backend not in backends:
            yield _unknown((*loc, "backend"), "backend", target.backend, backends)
        else:
            yield from _address(loc, target, provider(target.backend))
        if target.price is not None and target.cost is not None:
            yield Problem((*loc, "cost"), "cannot be given together with `price`")
        for need in sorted(set(target.has) & set(target.lacks)):
            yield Problem((*loc, "has"), f"`{need}` is in `lacks`, too")
        cost = target.cost
        if cost is not None and cost.hardware_usd:
            for field in ("life_years", "busy_hours_per_day"):
                if getattr(cost, field) is None:
                    yield Problem((*loc, "cost", field), "is needed with `hardware_usd`")
        if cost is not None and cost.resale_usd > cost.hardware_usd:
            yield Problem((*loc, "cost", "resale_usd"), "must not be more than `hardware_usd`")


def _address(loc: Loc, target: TargetSettings, kind: Provider) -> Iterator[Problem]:
    """Whether a target says what its provider needs to be reached, and nothing it ignores."""
    if kind.base_url is None and target.base_url is None:
        yield Problem((*loc, "base_url"), f"`{target.backend}` needs one")
    if target.base_url is not None and (twice := _twice(target.base_url, kind)) is not None:
        hint = f"the paths of `{target.backend}` bring their own version"
        yield Problem((*loc, "base_url"), f"leave `{twice}` out", hint)
    takes = {
        "deployment": any("{deployment}" in path for path in kind.paths.values()),
        "aws_region": kind.auth == "aws",
        "aws_profile": kind.auth == "aws",
        "api_version": any("{api_version}" in value for value in kind.query.values()),
    }
    for field, is_taken in takes.items():
        if getattr(target, field) is not None and not is_taken:
            yield Problem((*loc, field), f"means nothing to `{target.backend}`", about_name=True)


def _twice(base_url: str, kind: Provider) -> str | None:
    """The end of an address that says what the provider's paths say themselves."""
    versioned = any(re.match(r"/v\d", path) for path in kind.paths.values())
    end = re.search(r"(/compatibility)?/v\d+[a-z0-9]*/?$", base_url)
    return end[0] if versioned and end is not None else None


def _names(settings: Settings) -> Iterator[Problem]:
    for section, named in (("targets", settings.targets), ("routes", settings.routes)):
        if RESERVED in named:
            message = f"`{RESERVED}` is what clients send for the default route"
            yield Problem((section, RESERVED), message, "choose another name", about_name=True)
    for name in settings.routes.keys() & settings.targets.keys():
        yield Problem(("routes", name), "a target has the same name", about_name=True)


def _routes(settings: Settings) -> Iterator[Problem]:
    for name, route in settings.routes.items():
        loc = ("routes", name)
        if (route.targets is None) == (route.tiers is None):
            yield Problem(loc, "needs either `targets` or `tiers`", about_name=True)
        for index, target in enumerate(route.targets or ()):
            yield from _known_target(settings, (*loc, "targets", index), target)
        for target, times in Counter(route.target_names).items():
            if times > 1:
                yield Problem(loc, f"target `{target}` stands here twice", about_name=True)
        yield from _tiers(settings, loc, route)
    if settings.default_route is not None and settings.default_route not in settings.routes:
        yield _unknown(("default_route",), "route", settings.default_route, settings.routes)


def _known_target(settings: Settings, loc: Loc, name: str) -> Iterator[Problem]:
    if name not in settings.targets:
        yield _unknown(loc, "target", name, settings.targets)


def _tiers(settings: Settings, loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    for index, tier in enumerate(route.tiers or ()):
        for position, target in enumerate(tier.targets):
            here = (*loc, "tiers", index, "targets", position)
            yield from _known_target(settings, here, target)
    yield from tier_problems(settings, loc, route)


def _models(settings: Settings) -> Iterator[Problem]:
    """Every name a client may send stands for one route."""
    owners = {name: name for name in settings.routes}
    for name, route in settings.routes.items():
        for index, model in enumerate(route.models):
            owner = owners.setdefault(model, name)
            loc = ("routes", name, "models", index)
            if model == RESERVED:
                yield Problem(loc, f"`{RESERVED}` stands for the default route")
            elif owner != name:
                yield Problem(loc, f"`{model}` is already a name of route `{owner}`")


def _environments(settings: Settings) -> Iterator[Problem]:
    for name, targets in settings.environments.items():
        for index, target in enumerate(targets):
            yield from _known_target(settings, ("environments", name, index), target)
    if settings.environment is None:
        if settings.environments:
            first = next(iter(settings.environments))
            hint = f"write `environment: {first}` or set $HEADGATE_ENVIRONMENT"
            yield Problem(("environments",), "none of them is in force", hint, about_name=True)
    elif settings.environment not in settings.environments:
        message = f"there is no environment `{settings.environment}`"
        near = did_you_mean(settings.environment, settings.environments)
        yield Problem(("environment",), message, near or "list it under `environments`")


def _server(settings: Settings) -> Iterator[Problem]:
    server = settings.server
    if not server.keys and not is_loopback(server.host):
        yield Problem(
            ("server", "host"),
            "without `keys` anyone who reaches this address could spend your money",
            "make one with `headgate key NAME`, or listen on 127.0.0.1",
        )
    if not server.keys and "*" in server.cors_origins:
        yield Problem(
            ("server", "cors_origins"),
            "without `keys` any web page you visit could spend your money",
            "name the origins, or make a key with `headgate key NAME`",
        )
    for field in ("name", "hash"):
        seen: set[str] = set()
        for index, key in enumerate(server.keys):
            if (value := getattr(key, field)) in seen:
                yield Problem(("server", "keys", index, field), "another key has the same")
            seen.add(value)
    for index, key in enumerate(server.keys):
        for position, route in enumerate(key.routes or ()):
            if route not in settings.routes:
                loc = ("server", "keys", index, "routes", position)
                yield _unknown(loc, "route", route, settings.routes)
