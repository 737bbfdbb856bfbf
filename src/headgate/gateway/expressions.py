"""What an expression in CEL names: facts and functions.

Its own evaluation would not do: `&&`, `||` and `has` hide what they do not come to.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MACROS = frozenset({"all", "exists", "exists_one", "filter", "has", "map"})
FUNCTIONS = frozenset(
    {
        *("bytes", "contains", "double", "duration", "dyn", "endsWith", "int", "matches", "size"),
        *("startsWith", "string", "timestamp", "type", "uint"),
        *("getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getHours"),
        *("getMilliseconds", "getMinutes", "getMonth", "getSeconds"),
    }
)
"""CEL's standard ones, as far as the library has them."""
TYPES = frozenset({"bool", "bytes", "double", "int", "list", "map", "null_type", "string"})
TYPES |= {"type", "uint"}
_LITERALS = frozenset({"false", "in", "null", "true"})
_TOKEN = re.compile(
    r"""
    (?P<blank> \s+ | //[^\n]*)
  | (?P<string>
        (?:[rR][bB]?|[bB][rR]) (?: \"{3}.*?\"{3} | '{3}.*?'{3} | "[^"\n]*" | '[^'\n]*')
      | [bB]? (?: \"{3}(?:\\.|[^\\])*?\"{3} | '{3}(?:\\.|[^\\])*?'{3}
                | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*')
    )
  | (?P<number> 0[xX][0-9a-fA-F]+[uU]? | \d+(?:\.\d+)?(?:[eE][+-]?\d+)?[uU]?)
  | (?P<word> [A-Za-z_]\w*)
  | (?P<sign> .)
    """,
    re.VERBOSE | re.DOTALL,
)


class BadCondition(ValueError):
    """An expression that cannot be a condition; says why."""

    def __init__(self, sentence: str, written: str = "", known: Iterable[str] = ()) -> None:
        """`known` are the names among which the `written` one is not."""
        super().__init__(sentence)
        self.written = written
        self.known = tuple(known)


@dataclass(frozen=True, slots=True)
class Named:
    """Names in an expression."""

    paths: tuple[str, ...]
    """`root.leaf…` of all that is looked up, in their order, without what macros name."""
    bound: frozenset[str]
    """What macros name: `label` in `request.labels.exists(label, …)`."""


def named(expression: str) -> Named:
    """What an expression names outside of its strings and comments."""
    # At its end, so that one may look ahead.
    tokens = [*_tokens(expression), *[("end", "")] * 4]
    bound = frozenset(_bound(tokens))
    looked_up = (path for path in _paths(tokens) if path.partition(".")[0] not in bound)
    return Named(tuple(dict.fromkeys(looked_up)), bound)


def check_names(expression: str, functions: Iterable[str], facts: Sequence[str]) -> Named:
    """What an expression names, where all of it is there; `functions` are those it calls.

    Raises:
        BadCondition: Something is not.
    """
    for function in functions:
        # Operators are functions, too, with names like `_+_`.
        if function.isidentifier() and function not in FUNCTIONS:
            raise BadCondition(
                f"`{function}` is no function of CEL", function, sorted(FUNCTIONS | MACROS)
            )
    found = named(expression)
    roots = list(dict.fromkeys(fact.partition(".")[0] for fact in facts))
    for name in sorted(found.bound):
        if name in roots:
            raise BadCondition(f"`{name}` is a fact: name what a macro looks at otherwise")
    for path in found.paths:
        _check_path(path, facts, roots)
    return found


def _check_path(path: str, facts: Sequence[str], roots: Sequence[str]) -> None:
    if path in facts or path in TYPES:
        return
    root, _, leaf = path.partition(".")
    if path in roots:
        first = next(fact for fact in facts if fact.startswith(f"{root}."))
        raise BadCondition(f"`{root}` by itself is no fact: name one, like `{first}`")
    sentence = f"there is no fact `{path}`"
    if root not in roots:
        sentence = f"`{root}` is no fact: there are {', '.join(sorted(roots))}"
    if elsewhere := [fact for fact in facts if fact.endswith(f".{leaf or root}")]:
        raise BadCondition(sentence, elsewhere[0], elsewhere)
    leaves = [fact.rpartition(".")[2] for fact in facts if fact.startswith(f"{root}.")]
    raise BadCondition(sentence, leaf or root, leaves or roots)


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(expression):
        kind = match.lastgroup or ""
        if kind != "blank":
            yield kind, match.group()


def _bound(tokens: Sequence[tuple[str, str]]) -> Iterator[str]:
    for index, (_, text) in enumerate(tokens):
        if text == "." and tokens[index + 1][1] in MACROS and tokens[index + 2][1] == "(":
            kind, name = tokens[index + 3]
            if kind == "word" and tokens[index + 4][1] == ",":
                yield name


def _paths(tokens: Sequence[tuple[str, str]]) -> Iterator[str]:
    before = ""
    for index, (kind, text) in enumerate(tokens):
        is_root = kind == "word" and before != "." and text not in _LITERALS
        before = text
        if not is_root or tokens[index + 1][1] == "(":
            continue
        path, at = text, index + 1
        # What is called is a method of what stands before it.
        while tokens[at][1] == "." and tokens[at + 1][0] == "word" and tokens[at + 2][1] != "(":
            path, at = f"{path}.{tokens[at + 1][1]}", at + 2
        yield path
