"""Rules, splits and hours, once routes and targets are seen together."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

from headgate.config.complaints import did_you_mean
from headgate.config.locate import Loc, Problem
from headgate.config.route import RouteSettings
from headgate.config.schema import Settings
from headgate.core.inbound import Need
from headgate.gateway.conditions import RouteRule, compiled, context_of
from headgate.gateway.expressions import BadCondition
from headgate.gateway.hours import Hours
from headgate.policy.decision import Bend, Gain, RequestFacts

SAMPLES = {
    "a request with none of the facts": (
        RequestFacts(operation="embedding", route="r", input_tokens=0, expected_output_tokens=0),
        # Midnight of a Monday.
        datetime(2026, 11, 23, tzinfo=UTC).timestamp(),
    ),
    "a request with all of the facts": (
        RequestFacts(
            operation="chat",
            route="r",
            environment="prod",
            input_tokens=1_000_000,
            expected_output_tokens=100_000,
            max_output_tokens=100_000,
            choices=16,
            needs=frozenset(get_args(Need)),
            labels=frozenset({"email", "phi"}),
            complexity=1.0,
            tier=3,
            gain=Gain(expected=1.0, low=1.0, high=1.0, cut=0.0),
            key="alice",
            team="search",
            tags=frozenset({"nightly", "7"}),
            session="5e55",
            priority=100,
            is_deferrable=True,
            bend=Bend(budget="b", how="tiers_down", spent=1.0),
        ),
        datetime(2026, 11, 29, 23, 59, tzinfo=UTC).timestamp(),
    ),
    "a usual request": (
        RequestFacts(operation="chat", route="r", input_tokens=800, expected_output_tokens=200),
        datetime(2026, 11, 25, 12, 30, tzinfo=UTC).timestamp(),
    ),
}
"""Requests that any condition must be able to judge: it is asked about all of them alike."""
_GUARDS = {
    ZeroDivisionError: "ask first whether it is 0, as in `x > 0 && 10 / x > 1`",
    IndexError: "ask with `in`, or first for its `size`",
}


def rule_problems(settings: Settings) -> Iterator[Problem]:
    """Of every route, and of the hours of targets."""
    for name, target in settings.targets.items():
        if target.hours is not None:
            try:
                Hours(target.hours.open, target.hours.timezone)
            except (ValueError, KeyError) as error:
                message = error.args[0] if isinstance(error, ValueError) else _no_zone(error)
                yield Problem(("targets", name, "hours"), message)
    for name, route in settings.routes.items():
        loc = ("routes", name)
        yield from _rules(loc, route)
        yield from _split(loc, route)


def _no_zone(error: KeyError) -> str:
    return f"there is no time zone {error.args[0]}"


def _rules(loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    seen: set[str] = set()
    known = dict.fromkeys((*route.target_names, *(each.target for each in route.mirror)))
    for index, rule in enumerate(route.rules):
        here = (*loc, "rules", index)
        if rule.name in seen:
            yield Problem((*here, "name"), "another rule of the route has the same name")
        seen.add(rule.name)
        if rule.only is None and not rule.refuse and not rule.prefer:
            yield Problem(here, "does nothing", "give `only`, `refuse` or `prefer`")
        for field in ("only", "refuse", "prefer"):
            # Nobody is answered by what only mirrors: there is nothing to prefer.
            names = route.target_names if field == "prefer" else known
            for position, target in enumerate(getattr(rule, field) or ()):
                if target not in names:
                    near = did_you_mean(target, names)
                    at = (*here, field, position)
                    yield Problem(at, f"`{target}` is no target of the route", near)
        if (problem := condition_problem(rule.when)) is not None:
            yield Problem((*here, "when"), problem[0], problem[1])


def condition_problem(when: str) -> tuple[str, str | None] | None:
    """Why an expression is no condition, and a hint; `None` when it is one.

    A condition must come to true or false for requests with all facts and with none: one that
    divides by what may be 0 would close its rule for good at the requests it forgot.
    """
    try:
        condition = compiled(when)
    except BadCondition as error:
        return str(error), did_you_mean(error.written, error.known) if error.written else None
    for whose, (facts, unix) in SAMPLES.items():
        try:
            answer = condition.execute(context_of(facts, unix))
        except Exception as error:
            # Whatever goes wrong inside of the library: it is the expression's.
            why = str(error).partition("\n")[0].partition(". ")[0].rstrip(".")
            return f"cannot be decided for {whose}: {why}", _GUARDS.get(type(error))
        if not isinstance(answer, bool):
            # Not the value itself: it may have come out of the environment.
            kind = type(answer).__name__
            return f"is no condition: it comes to `{kind}`, not to true or false", None
    return None


def _split(loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    split = route.split
    if split is None:
        return
    here = (*loc, "split")
    for name in split:
        if name not in route.target_names:
            near = did_you_mean(name, route.target_names)
            yield Problem((*here, name), f"`{name}` is no target of the route", near)
    if not any(split.values()):
        yield Problem(here, "all weights are 0", about_name=True)


def route_rules(route: RouteSettings) -> list[RouteRule]:
    """The rules in the gateway's words."""
    return [
        RouteRule(
            name=rule.name,
            when=rule.when,
            only=None if rule.only is None else frozenset(rule.only),
            refuse=frozenset(rule.refuse),
            prefer=frozenset(rule.prefer),
        )
        for rule in route.rules
    ]
