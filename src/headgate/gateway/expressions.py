"""What an expression in CEL names: facts and functions.

Its own evaluation would not do: `&&`, `||` and `has` hide what they do not come to.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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

_COMPLAINT = re.compile(r"ERROR: <input>:(\d+:\d+): (?:Syntax error: )?(.*)")
_MISSING = re.compile(r"missing '(.+)' at ")
_UNEXPECTED = re.compile(
    r"(?:mismatched input|extraneous input|no viable alternative at input"
    r"|token recognition error at:) '(.*?)\s*'(?: expecting .*)?"
)
_WRITE = {"=": "==", "&": "&&", "|": "||", "and": "&&", "or": "||", "is": "=="}
"""What other languages write, and CEL does not."""


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


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


class _Path(NamedTuple):
    text: str
    first: int
    after: int
    """Positions among the tokens."""


def said_of(complaint: str) -> str:
    """The library's complaint in a sentence: its own lists whatever might have stood there."""
    found = _COMPLAINT.search(complaint)
    if found is None:
        return "cannot be read"
    place, said = found.groups()
    if (missing := _MISSING.match(said)) is not None:
        return f"syntax error at {place}: `{missing[1]}` is missing"
    if (unexpected := _UNEXPECTED.fullmatch(said)) is None:
        return f"syntax error at {place}"
    token = unexpected[1]
    if token == "<EOF>":
        return f"syntax error at {place}: it ends too early"
    if token.startswith(("'", '"')):
        return f"syntax error at {place}: a text is not closed"
    hint = f": write `{_WRITE[token]}`" if token in _WRITE else ""
    return f"syntax error at {place}: unexpected `{token}`{hint}"


def named(expression: str) -> Named:
    """What an expression names outside of its strings and comments."""
    tokens = _tokens(expression)
    bound = frozenset(_bound(tokens))
    looked_up = (path.text for path in _paths(tokens))
    kept = (path for path in looked_up if path.partition(".")[0] not in bound)
    return Named(tuple(dict.fromkeys(kept)), bound)


def variable(fact: str) -> str:
    """A fact's name in `flat` expressions."""
    return fact.replace(".", "__")


def flat(expression: str, facts: Collection[str]) -> str:
    """The same with a variable for each fact: a map of them costs the library twice as much."""
    tokens = _tokens(expression)
    parts: list[str] = []
    at = 0
    for path in _paths(tokens):
        if path.text not in facts:
            continue
        first, last, name = path.first, path.after - 1, variable(path.text)
        if first >= 2 and [token.text for token in tokens[first - 2 : first]] == ["has", "("]:
            # Every fact is always there.
            first, last, name = first - 2, path.after, "true"
        parts += [expression[at : tokens[first].start], name]
        at = tokens[last].end
    return "".join(parts) + expression[at:]


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
    variables = {variable(fact) for fact in facts}
    for name in sorted(found.bound):
        if name in roots or name in variables:
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


def _tokens(expression: str) -> list[_Token]:
    tokens = [
        _Token(match.lastgroup or "", match.group(), match.start(), match.end())
        for match in _TOKEN.finditer(expression)
        if match.lastgroup != "blank"
    ]
    # So that one may look ahead at the end.
    return [*tokens, *[_Token("end", "", len(expression), len(expression))] * 4]


def _bound(tokens: Sequence[_Token]) -> Iterator[str]:
    for dot, macro, bracket, name, comma in zip(*(tokens[n:] for n in range(5)), strict=False):
        is_macro = dot.text == "." and macro.text in MACROS and bracket.text == "("
        if is_macro and name.kind == "word" and comma.text == ",":
            yield name.text


def _paths(tokens: Sequence[_Token]) -> Iterator[_Path]:
    before = ""
    for index, token in enumerate(tokens):
        is_root = token.kind == "word" and before != "." and token.text not in _LITERALS
        before = token.text
        if not is_root or tokens[index + 1].text == "(":
            continue
        path, at = token.text, index + 1
        # What is called is a method of what stands before it.
        while _is_leaf(tokens[at : at + 3]):
            path, at = f"{path}.{tokens[at + 1].text}", at + 2
        yield _Path(path, index, at)


def _is_leaf(tokens: Sequence[_Token]) -> bool:
    dot, name, after = tokens
    return dot.text == "." and name.kind == "word" and after.text != "("
