"""A route's own rules that never hold, change nothing, or leave nobody."""

from collections.abc import Iterator
from itertools import combinations

from headgate.backends.registry import provider
from headgate.catalog.capabilities import OPEN_WEIGHTS, find_capabilities
from headgate.config.conditions import RouteRuleSettings
from headgate.config.locate import Loc, Problem
from headgate.config.possible import Among, holds, outcome, situations
from headgate.config.schema import RouteSettings, Settings, TargetSettings
from headgate.gateway.expressions import named, variable

FEW_VALUES = 8
Rules = list[tuple[int, RouteRuleSettings]]


def rule_findings(
    settings: Settings, name: str, route: RouteSettings, open_to: frozenset[str]
) -> Iterator[Problem]:
    """Findings about the rules of a route whose requests may get to `open_to`."""
    among = known_facts(settings, name, route)
    live: Rules = []
    for index, rule in enumerate(route.rules):
        loc = ("routes", name, "rules", index)
        found = outcome(rule.when, among)
        if found == "never":
            message = "never holds, as far as can be tried"
            yield Problem((*loc, "when"), message, _why(rule.when, among), about_name=True)
            continue
        if found == "always":
            message = "holds for every request, as far as can be tried"
            yield Problem((*loc, "when"), message, "leave the rule out, or mend its condition")
        live.append((index, rule))
        if open_to and not _left(rule, open_to):
            message = "leaves no target that can be used: such requests are refused"
            yield Problem(loc, message)
        yield from _too_short(settings, loc, rule, among)
    yield from _clashes(name, live, open_to, among)


def known_facts(settings: Settings, name: str, route: RouteSettings) -> Among:
    """What all requests of a route have in common, and who there is to ask."""
    among: dict[str, list[object]] = {"route": [name], "environment": [settings.environment or ""]}
    if route.tiers is None:
        among |= {"request.tier": [-1], "request.complexity": [-1.0], "request.gain": [0.0]}
    if not settings.budgets:
        among["budget.spent"] = [0.0]
    keys = [key for key in settings.server.keys if key.routes is None or name in key.routes]
    # Whoever uses Headgate as a library has no key.
    among["caller.key"] = ["", *(key.name for key in keys)]
    among["caller.team"] = ["", *dict.fromkeys(key.team for key in keys if key.team)]
    return among


def _why(when: str, among: Among) -> str | None:
    """What the facts that it names may be, where that is known."""
    said = []
    for name in named(when).paths:
        values = [repr(value) for value in among.get(name, ())]
        if len(values) == 1:
            said.append(f"`{name}` is always {values[0]} here")
        elif values and len(values) <= FEW_VALUES:
            said.append(f"`{name}` is one of {', '.join(values)} here")
    return "; ".join(said) or None


def _too_short(
    settings: Settings, loc: Loc, rule: RouteRuleSettings, among: Among
) -> Iterator[Problem]:
    """Long requests for targets that cannot read them."""
    for field in ("only", "prefer"):
        lengths = [_context_of(settings.targets[name]) for name in getattr(rule, field) or ()]
        known = [length for length in lengths if length is not None]
        if not known or len(known) < len(lengths):
            continue
        longest = max(known)
        tried = (each for each in situations([rule.when], among) if _length(each) <= longest)
        if not any(holds(rule.when, each) for each in tried):
            yield Problem(
                (*loc, field),
                f"reads at most {longest} tokens, and the rule holds only for longer requests",
                about_name=True,
            )


def _length(situation: dict[str, object]) -> float:
    names = ("request.input_tokens", "request.expected_output_tokens")
    values = (situation[variable(name)] for name in names)
    return sum(value for value in values if isinstance(value, int | float))


def _context_of(target: TargetSettings) -> int | None:
    if target.context_tokens is not None or target.model is None:
        return target.context_tokens
    kind = provider(target.backend)
    catalog = kind.catalog_provider or (OPEN_WEIGHTS if kind.is_local else None)
    found = None if catalog is None else find_capabilities(catalog, target.model)
    return None if found is None else found.context_tokens


def _clashes(name: str, live: Rules, open_to: frozenset[str], among: Among) -> Iterator[Problem]:
    """Pairs of rules that leave no target together, where both may hold at once."""
    clashing: dict[int, list[str]] = {}
    for (_, one), (index, other) in combinations(live, 2):
        left, also_left = _left(one, open_to), _left(other, open_to)
        if left & also_left or not left or not also_left:
            continue
        tried = situations([one.when, other.when], among)
        if any(holds(one.when, each) and holds(other.when, each) for each in tried):
            clashing.setdefault(index, []).append(f"`{one.name}`")
    for index, others in clashing.items():
        which = f"rule {others[0]}" if len(others) == 1 else f"any of {', '.join(others)}"
        message = f"together with {which} it leaves no target"
        yield Problem(("routes", name, "rules", index), message)


def _left(rule: RouteRuleSettings, open_to: frozenset[str]) -> frozenset[str]:
    only = open_to if rule.only is None else open_to & frozenset(rule.only)
    return only - frozenset(rule.refuse)
