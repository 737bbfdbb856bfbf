"""Budgets against what they are for: keys, teams, routes, targets and their prices."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headgate.backends.registry import provider, provider_names
from headgate.config.budgets import Budget
from headgate.config.complaints import did_you_mean
from headgate.config.locate import Loc, Problem
from headgate.config.schema import Settings
from headgate.policy.budget.terms import EACH

LARGEST_USD = 9_000_000
"""What the ledger's sums can hold."""


def budget_problems(settings: Settings) -> Iterator[Problem]:
    """Of every budget."""
    for name, budget in settings.budgets.items():
        loc = ("budgets", name)
        yield from _terms(loc, budget)
        yield from _scope(loc, budget, settings)
    if settings.budgets and not settings.ledger.enabled:
        message = "need the ledger, which remembers what was spent"
        yield Problem(("budgets",), message, "set `ledger.enabled: true`", about_name=True)


def _terms(loc: Loc, budget: Budget) -> Iterator[Problem]:
    down, local = budget.bend.tiers_down, budget.bend.local_only
    if down is not None and local is not None and down >= local:
        message = f"must be more than `tiers_down`, {down:g}: budgets bend in this order"
        yield Problem((*loc, "bend", "local_only"), message)
    if budget.usd > LARGEST_USD:
        yield Problem((*loc, "usd"), f"must be at most {LARGEST_USD}")
    try:
        ZoneInfo(budget.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = "is no time zone of this machine"
        yield Problem((*loc, "timezone"), message, "write `UTC`, or one like `Europe/Berlin`")


def _scope(loc: Loc, budget: Budget, settings: Settings) -> Iterator[Problem]:
    if budget.of is None:
        return
    here, said = (*loc, "of"), list(budget.of.said())
    if len(said) != 1:
        message = "needs one of `key`, `team`, `route`, `target` and `tag`"
        yield Problem(here, message, about_name=True)
        return
    scope, name = said[0]
    known = _known(scope, settings)
    if known is not None and name != EACH and name not in known:
        hint = did_you_mean(name, known)
        yield Problem((*here, scope), f"there is no {scope} `{name}`", hint)
    if known is not None and name == EACH and not known:
        yield Problem((*here, scope), f"there is no {scope} that could have one")
    if scope == "target" and name in settings.targets:
        yield from _paid((*here, scope), name, settings)


def _known(scope: str, settings: Settings) -> Iterable[str] | None:
    """Names there are; `None` where clients may bring their own."""
    keys = settings.server.keys
    match scope:
        case "key":
            return {key.name for key in keys}
        case "team":
            return {key.team for key in keys if key.team is not None}
        case "route":
            return settings.routes.keys()
        case "target":
            return settings.targets.keys()
        case _:
            return None


def _paid(loc: Loc, name: str, settings: Settings) -> Iterator[Problem]:
    """A budget for a target without a price."""
    target = settings.targets[name]
    if target.price is not None or target.backend not in provider_names():
        return
    kind = provider(target.backend)
    is_own = target.cost is not None or (target.local or (kind.is_local and target.local is None))
    if is_own or (kind.catalog_provider is None and not kind.reports_cost):
        message = f"`{name}` has no price to count"
        hint = "set `price` on it: without one an own machine counts as nothing, and what is not "
        yield Problem(loc, message, f"{hint}is refused")
