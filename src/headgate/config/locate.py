"""YAML text as plain data that remembers where each value stands.

YAML 1.2 words: `on`, `no` and `2024-10-21` are text, only `true` and `false` are switches.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

Loc = tuple[str | int, ...]
"""Path of a value, as in `("routes", "chat", "targets", 0)`."""

_TAG = "tag:yaml.org,2002:"
_KINDS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", ["<"]),
)


class Place(NamedTuple):
    """Line and column in a file, from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the value at `loc`, or with its name when `about_name`."""

    loc: Loc
    message: str
    hint: str | None = None
    about_name: bool = False
    place: Place | None = None
    """Set where nothing was read that could be looked up by `loc`."""


@dataclass(slots=True)
class Document:
    """What a text says, where it says it, and what could not be read."""

    data: dict[str, Any] = field(default_factory=dict)
    names: dict[Loc, Place] = field(default_factory=dict)
    values: dict[Loc, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    overrides: dict[Loc, str] = field(default_factory=dict)
    """What decided a value instead of the text, by name."""

    def place(self, problem: Problem) -> Place | None:
        """Where to point for `problem`: the value, its name, or the nearest thing around it."""
        if problem.place is not None:
            return problem.place
        known = self.names if problem.about_name else self.values
        around = (self.names.get(problem.loc[:end]) for end in range(len(problem.loc), 0, -1))
        return known.get(problem.loc) or next((place for place in around if place), None)


class _Loader(yaml.SafeLoader):
    """Composes nodes with the few kinds of scalar that YAML 1.2 knows."""

    yaml_implicit_resolvers: Any = {}  # noqa: RUF012


for _kind, _pattern, _first in _KINDS:
    _Loader.add_implicit_resolver(_TAG + _kind, re.compile(rf"(?:{_pattern})\Z"), _first)


def read_document(text: str) -> Document:
    """Everything `text` says."""
    document = Document()
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return document
        document.problems += _oddities(root)
        if not document.problems:
            _read_into(document, root, loader)
    except yaml.MarkedYAMLError as error:
        document.problems.append(_not_yaml(error))
    except yaml.YAMLError as error:
        document.problems.append(Problem((), f"not YAML: {' '.join(str(error).split())}"))
    return document


def _read_into(document: Document, root: yaml.Node, loader: _Loader) -> None:
    if isinstance(root, yaml.MappingNode):
        document.data = _value(document, root, (), loader)
    else:
        message = "the file must be a mapping, like `targets: …`"
        document.problems.append(Problem((), message, place=_place(root)))


def _value(document: Document, node: yaml.Node, loc: Loc, loader: _Loader) -> Any:
    """The data of one node, its places noted on the way."""
    document.values[loc] = _place(node)
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        # What `<<` merged in comes first, so that a mapping's own entries win.
        entries = {name.value: (name, item) for name, item in node.value}
        document.names.update({(*loc, key): _place(name) for key, (name, _) in entries.items()})
        return {
            key: _value(document, item, (*loc, key), loader) for key, (_, item) in entries.items()
        }
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(document, item, (*loc, index), loader) for index, item in enumerate(node.value)
        ]
    return _scalar(node)


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    match node.tag.removeprefix(_TAG):
        case "bool":
            return str(node.value).lower() == "true"
        case "int":
            return int(node.value)
        case "float":
            return float(node.value)
        case "null":
            return None
        case _:
            return str(node.value)


def _oddities(root: yaml.Node) -> Iterator[Problem]:
    """Names that stand twice, names that are no text, foreign tags, and what holds itself."""
    seen: set[int] = set()

    def visit(node: yaml.Node, around: tuple[int, ...]) -> Iterator[Problem]:
        if id(node) in around:
            yield Problem((), "an anchor holds itself", place=_place(node))
        if id(node) in seen:
            return
        seen.add(id(node))
        if not node.tag.startswith(_TAG):
            yield Problem((), f"the tag `{node.tag}` means nothing here", place=_place(node))
        if isinstance(node, yaml.MappingNode):
            yield from _odd_names(node)
        for child in _children(node):
            yield from visit(child, (*around, id(node)))

    yield from visit(root, ())


def _odd_names(node: yaml.MappingNode) -> Iterator[Problem]:
    names: set[str] = set()
    for name, _ in node.value:
        if not isinstance(name, yaml.ScalarNode):
            yield Problem((), "a name must be plain text", place=_place(name))
        elif name.value in names and name.tag != f"{_TAG}merge":
            yield Problem((), f"`{name.value}` stands here twice", place=_place(name))
        else:
            names.add(name.value)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [item for _, item in node.value]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _place(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def _not_yaml(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else None
    why = ", ".join(part for part in (error.context, error.problem) if part)
    return Problem((), f"not YAML: {why}", place=place)
