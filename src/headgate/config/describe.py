"""A configuration in words."""

from collections.abc import Iterator

from headgate.config.budgets import budget_in_words
from headgate.config.describe_cascade import care_in_words
from headgate.config.describe_privacy import privacy_in_words
from headgate.config.describe_rules import chain, rules_in_words, tiers_in_words
from headgate.config.schema import RouteSettings, Settings, TargetSettings


def describe(settings: Settings) -> Iterator[str]:
    """One line for the server, each route and each target."""
    server = settings.server
    count = len(server.keys)
    access = f"{count} key{'s' * (count > 1)}" if count else "no key needed"
    yield f"server: http://{server.host}:{server.port}, {access}"
    if settings.environment is not None:
        allowed = ", ".join(settings.environments[settings.environment])
        yield f"environment `{settings.environment}`: {allowed}"
    for name, route in settings.routes.items():
        default = " (default)" if name == settings.auto_route else ""
        yield f"route `{name}`{default}: {route_in_words(route)}"
    for name, target in settings.targets.items():
        yield f"target `{name}`: {target_in_words(target)}"
    for name, budget in settings.budgets.items():
        yield f"budget `{name}`: {budget_in_words(budget)}"


def route_in_words(route: RouteSettings) -> str:
    """Where it goes and on what terms."""
    return "; ".join([_order(route), *_terms(route)])


def _order(route: RouteSettings) -> str:
    if route.targets is not None:
        return chain(route.targets)
    return tiers_in_words(route.tiers or ())


def _terms(route: RouteSettings) -> Iterator[str]:
    if route.models:
        yield "also called " + ", ".join(f"`{model}`" for model in route.models)
    if route.prefer != "order":
        yield f"best {route.prefer} first"
    if route.fallback is False:
        yield "no fallback"
    elif route.fallback.checks:
        yield "checks " + ", ".join(route.fallback.checks)
    if route.privacy is not None:
        yield from privacy_in_words(route.privacy)
    if route.regions:
        yield "in " + ", ".join(route.regions)
    if route.max_usd is not None:
        yield f"at most {route.max_usd:g} USD a request"
    if route.max_ttft_ms is not None:
        yield f"first output within {route.max_ttft_ms:g} ms"
    yield from rules_in_words(route)
    yield from care_in_words(route)


def target_in_words(target: TargetSettings) -> str:
    """What it runs, and where."""
    model = target.model or "any model"
    where = f" at {target.base_url}" if target.base_url else ""
    region = f" in {target.region}" if target.region else ""
    hours = target.hours
    times = f", {', '.join(hours.open)} ({hours.timezone})" if hours is not None else ""
    return f"{model} on {target.backend}{where}{region}{times}"
