"""Whether a condition ever holds, or always does: tried at the edges of what it compares.

For each fact that the expression names, the values at which its answer may turn: constants
of the expression, their neighbours, nothing, and something else; or all that there are, where
those are known. All combinations are tried where there are few; else as many of them, drawn
evenly. What comes out is likely, not proven.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, permutations, product
from math import prod
from random import Random
from typing import Any, Literal, get_args

from headgate.core.inbound import Need, Operation
from headgate.gateway.conditions import FACTS, Fact, compiled
from headgate.gateway.expressions import variable

MOST_TRIED = 3000
OTHER = "something-else"
LARGE = 1_000_000_000
LONGEST_LIST = 32
FEW_WORDS = 6
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
_WORDS: Mapping[str, Sequence[str]] = {
    "request.operation": get_args(Operation),
    "request.needs": get_args(Need),
}
_BEYOND_TRYING = re.compile(
    r"\b(?:matches|startsWith|endsWith|contains|size|all|exists|exists_one|filter|map)\("
    r"|[+*/%]|\w\s*-|\d[eE][+-]?\d"
)
"""Where what turns an answer is not a constant: patterns, parts of texts, lists, arithmetic."""
Among = Mapping[str, Sequence[Any]]
"""All values there are of a fact, by its name; all words there are of a list."""
Outcome = Literal["sometimes", "always", "never"]
Situation = dict[str, Any]
"""A value for each variable of a `compiled` expression."""


def situations(whens: Sequence[str], among: Among) -> Iterator[Situation]:
    """Facts of made-up requests, at the edges of what the expressions compare.

    Args:
        whens: Expressions in CEL.
        among: What is known of facts: the route's name, the teams there are.
    """
    text = " ".join(whens)
    values = {fact.name: _values(fact, text, among) for fact in FACTS}
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
        return _program(when).execute(situation) is not False
    except Exception:
        # Whatever an expression does: the gateway treats it so, too.
        return True


def outcome(when: str, among: Among) -> Outcome:
    """Whether it holds in every situation that was tried, in none, or in some."""
    tried = [holds(when, situation) for situation in situations([when], among)]
    found = set(tried)
    # As many as are tried at most were drawn from more: the one that holds may not be among them.
    is_drawn = len(tried) >= MOST_TRIED
    if len(found) > 1 or is_drawn or _BEYOND_TRYING.search(_TEXT.sub("", when)):
        return "sometimes"
    return "always" if found == {True} else "never"


@lru_cache(maxsize=256)
def _program(when: str) -> Any:
    return compiled(when)


def _values(fact: Fact, text: str, among: Among) -> list[Any]:
    is_asked = re.search(rf"\b{fact.name.rpartition('.')[2]}\b", text) is not None
    known = among.get(fact.name, _WORDS.get(fact.name))
    if known is not None and not fact.kind.startswith("list"):
        return list(known) if is_asked else [known[0]]
    if not is_asked:
        return [_plain(fact)]
    if fact.kind == "bool":
        return [False, True]
    if fact.kind in {"int", "double"}:
        return _numbers(fact, [float(each) for each in _NUMBER.findall(text)])
    return _texts(fact, text, known)


def _texts(fact: Fact, text: str, known: Sequence[Any] | None) -> list[Any]:
    words = list(dict.fromkeys(one or other for one, other in _TEXT.findall(text)))
    if fact.kind == "string":
        return ["", *words, *_joined(words), OTHER]
    if known is not None:
        return [[], *([word] for word in known), list(known)]
    return [[], [OTHER], *([word] for word in words), [*words, OTHER], *_longer(text)]


def _joined(words: Sequence[str]) -> list[str]:
    """Texts that begin with one word and end with another."""
    return ["".join(pair) for pair in permutations(words, 2)] if len(words) <= FEW_WORDS else []


def _longer(text: str) -> Iterator[list[str]]:
    """Lists as long as what a size may be compared with."""
    if "size(" not in text:
        return
    sizes = {int(float(number)) + 1 for number in _NUMBER.findall(text)}
    for size in sorted(size for size in sizes if size <= LONGEST_LIST):
        yield [f"{OTHER}-{index}" for index in range(size)]


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
