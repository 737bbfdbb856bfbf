"""Whether a condition ever holds, or always does: tried at the edges of what it compares.

For each fact that the expression names, the values at which its answer may turn: constants
of the expression, their neighbours, nothing, and something else. All combinations are tried
where there are few; else as many of them, drawn evenly. What comes out is likely, not proven.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from random import Random
from typing import Any, Literal

from headgate.gateway.conditions import FACTS, Fact, compiled
from headgate.gateway.expressions import variable

MOST_TRIED = 3000
OTHER = "something-else"
LARGE = 1_000_000_000
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_RANGES: Mapping[str, tuple[float, float]] = {
    "time.hour": (0, 23),
    "time.minute": (0, 59),
    "time.weekday": (1, 7),
    "request.priority": (0, 100),
    "request.complexity": (-1, 1),
    "request.gain": (-1, 1),
    "request.tier": (-1, 31),
    "request.choices": (1, 128),
}
Outcome = Literal["sometimes", "always", "never"]
Situation = dict[str, Any]
"""A value for each variable of a `compiled` expression."""


def situations(whens: Sequence[str], fixed: Mapping[str, Any]) -> Iterator[Situation]:
    """Facts of made-up requests, at the edges of what the expressions compare.

    Args:
        whens: Expressions in CEL.
        fixed: Facts that are known, by name: the route's, the environment's.
    """
    text = " ".join(whens)
    values = {fact.name: _values(fact, text, fixed) for fact in FACTS}
    count = prod(map(len, values.values()))
    combinations: Iterator[tuple[Any, ...]]
    if count <= MOST_TRIED:
        combinations = product(*values.values())
    else:
        combinations = islice(_drawn(list(values.values())), MOST_TRIED)
    for combination in combinations:
        yield dict(zip(map(variable, values), combination, strict=True))


def holds(when: str, situation: Situation) -> bool:
    """Whether an expression holds; what cannot be decided counts as held, as it is closed."""
    try:
        return compiled(when).execute(situation) is not False
    except Exception:
        # Whatever an expression does: the gateway treats it so, too.
        return True


def outcome(when: str, fixed: Mapping[str, Any]) -> Outcome:
    """Whether it holds in every situation that was tried, in none, or in some."""
    found = {holds(when, situation) for situation in situations([when], fixed)}
    if found == {True}:
        return "always"
    return "never" if found == {False} else "sometimes"


def _values(fact: Fact, text: str, fixed: Mapping[str, Any]) -> list[Any]:
    if fact.name in fixed:
        return [fixed[fact.name]]
    leaf = fact.name.rpartition(".")[2]
    if not re.search(rf"\b{leaf}\b", text):
        return [_plain(fact)]
    if fact.kind == "bool":
        return [False, True]
    if fact.kind in {"int", "double"}:
        return _numbers(fact, [float(each) for each in _NUMBER.findall(text)])
    words = list(dict.fromkeys(one or other for one, other in _TEXT.findall(text)))
    if fact.kind == "string":
        return ["", *words, OTHER]
    return [[], [OTHER], *([word] for word in words), [*words, OTHER]]


def _plain(fact: Fact) -> Any:
    usual: Mapping[str, Any] = {"bool": False, "int": 1, "double": 0.0, "string": ""}
    return usual.get(fact.kind, [])


def _numbers(fact: Fact, constants: list[float]) -> list[Any]:
    low, high = _RANGES.get(fact.name, (0, LARGE))
    step = 1.0 if fact.kind == "int" else 0.001
    edges = [low, high, *(c + d for c in constants for d in (-step, 0.0, step))]
    kept = sorted({edge for edge in edges if low <= edge <= high})
    return [int(edge) for edge in kept] if fact.kind == "int" else kept


def _drawn(values: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    generator = Random(1)
    while True:
        yield tuple(generator.choice(each) for each in values)
