"""A route's own rules: conditions in CEL over documented facts.

Text never reaches a condition. What cannot be decided (a division by zero, a type that does
not fit) is closed: `only` and `refuse` apply, `prefer` does not, and the rule's name says so.
The configuration refuses what it sees cannot be, for requests with all facts and with none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import cel

from headgate.gateway.expressions import BadCondition, check_names, flat, named, said_of, variable
from headgate.policy.decision import Applied, RequestFacts

UNDECIDED = " (could not be decided)"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that conditions may ask for."""

    name: str
    kind: str
    """`int`, `double`, `string`, `bool` or `list(string)`."""
    help: str
    read: Callable[[RequestFacts, datetime], Any]


FACTS: tuple[Fact, ...] = (
    Fact(
        "request.input_tokens",
        "int",
        "Estimated length of the prompt.",
        lambda f, _: f.input_tokens,
    ),
    Fact(
        "request.expected_output_tokens",
        "int",
        "Estimated length of the answer.",
        lambda f, _: f.expected_output_tokens,
    ),
    Fact(
        "request.max_output_tokens",
        "int",
        "Most the client allows for the answer; 0 when it says nothing.",
        lambda f, _: f.max_output_tokens or 0,
    ),
    Fact(
        "request.operation",
        "string",
        "`chat`, `completion`, `embedding`, …",
        lambda f, _: f.operation,
    ),
    Fact("request.choices", "int", "Answers asked for at once.", lambda f, _: f.choices),
    Fact(
        "request.needs",
        "list(string)",
        "What it uses: `tools`, `vision`, `json_schema`, ….",
        lambda f, _: sorted(f.needs),
    ),
    Fact(
        "request.labels",
        "list(string)",
        "Privacy labels, found or declared.",
        lambda f, _: sorted(f.labels),
    ),
    Fact(
        "request.tags",
        "list(string)",
        "Tags of the key and the request.",
        lambda f, _: sorted(f.tags),
    ),
    Fact("request.priority", "int", "0 (usual) to 100.", lambda f, _: f.priority),
    Fact(
        "request.deferrable",
        "bool",
        "It is part of a batch and may wait.",
        lambda f, _: f.is_deferrable,
    ),
    Fact(
        "request.complexity",
        "double",
        "0 (simple) to 1 (hard); -1 on routes without tiers.",
        lambda f, _: -1.0 if f.complexity is None else f.complexity,
    ),
    Fact(
        "request.tier",
        "int",
        "The tier asked for, 0 the weakest; -1 on routes without tiers.",
        lambda f, _: -1 if f.tier is None else f.tier,
    ),
    Fact(
        "request.gain",
        "double",
        "Expected gain of a stronger tier; 0 where the route does not learn.",
        lambda f, _: 0.0 if f.gain is None else f.gain.expected,
    ),
    Fact(
        "request.session",
        "string",
        "A hash of the conversation, where the route needs one; else empty.",
        lambda f, _: f.session or "",
    ),
    Fact(
        "caller.key", "string", "Name of the caller's key; empty without.", lambda f, _: f.key or ""
    ),
    Fact("caller.team", "string", "The key's team; empty without.", lambda f, _: f.team or ""),
    Fact("route", "string", "The route's name.", lambda f, _: f.route),
    Fact(
        "environment",
        "string",
        "The environment in force; empty without.",
        lambda f, _: f.environment or "",
    ),
    Fact(
        "budget.spent",
        "double",
        "Share of the tightest budget that bends; 0 while none does.",
        lambda f, _: 0.0 if f.bend is None else f.bend.spent,
    ),
    Fact("time.hour", "int", "0 to 23, in UTC.", lambda _, now: now.hour),
    Fact("time.minute", "int", "0 to 59.", lambda _, now: now.minute),
    Fact(
        "time.weekday", "int", "1 (Monday) to 7 (Sunday), in UTC.", lambda _, now: now.isoweekday()
    ),
)
"""Everything there is to ask for, in the order of the reference."""
FACT_NAMES = tuple(fact.name for fact in FACTS)
_NEVER = datetime.fromtimestamp(0.0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRule:
    """One rule of a route, as configured."""

    name: str
    when: str
    only: frozenset[str] | None = None
    refuse: frozenset[str] = frozenset()
    prefer: frozenset[str] = frozenset()


class RouteConditions:
    """Implements `gateway.route.Conditions`; expressions are compiled once."""

    def __init__(self, rules: Sequence[RouteRule]) -> None:
        """Compile the rules' conditions.

        Raises:
            BadCondition: One is no expression over the facts there are.
        """
        self._rules = [(rule, compiled(rule.when), _applied(rule)) for rule in rules]
        self._asked = _Asked(path for rule in rules for path in named(rule.when).paths)

    def holding(self, facts: RequestFacts, unix: float) -> tuple[Applied, ...]:
        """Rules whose conditions hold at `unix`, in their order."""
        context = self._asked.context(facts, unix)
        found = []
        for rule, program, applied in self._rules:
            try:
                holds = program.execute(context)
            except Exception:
                # Whatever goes wrong inside of an expression: it fails closed.
                holds = None
            if holds is True:
                found.append(applied)
            elif holds is not False and (rule.only is not None or rule.refuse):
                found.append(
                    Applied(name=rule.name + UNDECIDED, only=rule.only, refuse=rule.refuse)
                )
        return tuple(found)


def compiled(when: str) -> Any:
    """An expression, ready to be asked.

    Raises:
        BadCondition: It does not parse, or asks for what is no fact.
    """
    try:
        program = cel.compile(when)
    except ValueError as error:
        raise BadCondition(said_of(str(error))) from error
    check_names(when, program.functions(), FACT_NAMES)
    return cel.compile(flat(when, FACT_NAMES))


def context_of(facts: RequestFacts, unix: float) -> "cel.Context":
    """All facts, for expressions that are `compiled`."""
    return _ALL.context(facts, unix)


class _Asked:
    """The facts that some expressions name. More would cost more than the rules themselves."""

    def __init__(self, names: Iterable[str]) -> None:
        asked = frozenset(names)
        self._facts = [(variable(fact.name), fact.read) for fact in FACTS if fact.name in asked]
        self._needs_time = any(name.startswith("time.") for name in asked)

    def context(self, facts: RequestFacts, unix: float) -> "cel.Context":
        now = datetime.fromtimestamp(unix, UTC) if self._needs_time else _NEVER
        return cel.Context(variables={name: read(facts, now) for name, read in self._facts})


_ALL = _Asked(FACT_NAMES)


def _applied(rule: RouteRule) -> Applied:
    return Applied(name=rule.name, only=rule.only, refuse=rule.refuse, prefer=rule.prefer)
