"""Rules, splits and hours, once routes and targets are seen together."""

from collections.abc import Iterator

from headgate.config.complaints import did_you_mean
from headgate.config.locate import Loc, Problem
from headgate.config.route import RouteSettings
from headgate.config.schema import Settings
from headgate.gateway.conditions import FACTS, BadCondition, RouteRule, compiled, context_of
from headgate.gateway.hours import Hours
from headgate.policy.decision import RequestFacts

SAMPLE = RequestFacts(operation="chat", route="r", input_tokens=1, expected_output_tokens=1)
"""A request that any condition must be able to judge."""


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
    """Why an expression is no condition, and a hint; `None` when it is one."""
    try:
        answer = compiled(when).execute(context_of(SAMPLE, 0.0))
    except BadCondition as error:
        return str(error), None
    except KeyError as error:
        name = str(error.args[0])
        leaves = [fact.name for fact in FACTS if fact.name.endswith(f".{name}")]
        near = did_you_mean(name, [fact.name.rpartition(".")[2] for fact in FACTS])
        return f"there is no fact `{name}`", near or (leaves[0] if leaves else None)
    except (TypeError, RuntimeError, ValueError) as error:
        return f"cannot be decided: {str(error).partition('.')[0]}", None
    if not isinstance(answer, bool):
        return f"is no condition: it comes to {answer!r}, not to true or false", None
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
