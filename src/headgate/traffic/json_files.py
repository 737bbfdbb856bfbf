"""Files of JSON: an object a line, a list of objects, or documents with lists inside."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from headgate.traffic.database import Database, quoted
from headgate.traffic.format import Names
from headgate.traffic.layout import LONGEST_LINE, Container, Layout, items_relation, lines_relation
from headgate.traffic.registry import known_lists

LARGEST_DOCUMENT = 256 * 2**20
"""A document that is no list of rows has to be held in memory."""
SAMPLED_ROWS = 100
DEEPEST_MEMBER = 4


def json_layout(database: Database, path: Path, compression: str, first_line: str) -> Layout:
    """The layout of a file that begins like JSON; without names if it has no rows."""
    if first_line.startswith("{") and _is_row(first_line):
        container: Container = "lines"
        relation = lines_relation(path, compression, "doc")
    else:
        container = "array" if first_line.startswith("[") else "document"
        relation = _objects_relation(path, compression, container)
    lists: Names = () if container == "lines" else _lists(database, relation)
    layout = Layout(
        container=container,
        names=(),
        relation=relation,
        lists=lists,
        lines=lines_relation(path, compression),
    )
    return msgspec.structs.replace(layout, names=_member_names(database, layout))


def _objects_relation(path: Path, compression: str, container: Container) -> str:
    largest = LONGEST_LINE if container == "array" else LARGEST_DOCUMENT
    # Whitespace before a document counts, and its buffer must hold all of it.
    size = min(largest, max(LONGEST_LINE, path.stat().st_size * 2))
    form = "array" if container == "array" else "unstructured"
    return (
        f"(SELECT json AS doc FROM read_json_objects({quoted(str(path))}, format='{form}',"
        f" compression={quoted(compression)}, maximum_object_size={size}))"
    )


def _is_row(text: str) -> bool:
    """Whether a first line is a row by itself and not a page of rows."""
    try:
        found = msgspec.json.decode(_json_constants_as_null(text))
    except msgspec.DecodeError:
        return False
    return not any(isinstance(found.get(outer), list) for outer, *_ in known_lists())


def _json_constants_as_null(text: str) -> str:
    # Python writes `NaN`, which is no JSON, but DuckDB reads it and we report the row.
    return re.sub(r"(?<=:)\s*-?(NaN|Infinity)\b", "null", text)


def json_problem(path: Path) -> tuple[int, str] | None:
    """The line on which a JSON document is broken, and how; `None` if it does not look so."""
    if path.stat().st_size > LARGEST_DOCUMENT // 4:
        return None
    text = path.read_bytes()
    if not text.lstrip().startswith((b"{", b"[")):
        return None
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        reason = str(error).removeprefix("JSON is malformed: ")
        place = re.search(r" \(byte (\d+)\)", reason)
        before = text[: int(place[1])] if place else text
        return before.count(b"\n") + 1, reason.split(" (byte")[0].lower()
    return None


def _lists(database: Database, relation: str) -> Names:
    """Which of the known lists of lists the first document has."""
    for lists in known_lists():
        (found,) = database.row(
            f"SELECT count(*) FROM (SELECT doc FROM {relation} LIMIT 1) WHERE {_has(lists)}"
        )
        if found:
            return lists
    return ()


def _has(lists: Names) -> str:
    outer, *inner = lists
    if inner:
        return f"list_contains(json_type(doc, '$.{outer}[*].{inner[0]}'), 'ARRAY')"
    return f"json_type(doc, '$.{outer}') = 'ARRAY'"


def _member_names(database: Database, layout: Layout) -> tuple[str, ...]:
    rows = database.rows(
        f"SELECT item, parent FROM {items_relation(layout)}"
        f" WHERE item IS NOT NULL LIMIT {SAMPLED_ROWS}"
    )
    names: dict[str, None] = {}
    for text in (text for row in rows for text in row if text):
        try:
            names.update(
                dict.fromkeys(_members(msgspec.json.decode(_json_constants_as_null(text))))
            )
        except msgspec.DecodeError:
            continue
    return tuple(names)


def _members(value: Any, depth: int = 1) -> Iterator[str]:
    if not isinstance(value, dict) or depth > DEEPEST_MEMBER:
        return
    for name, inner in value.items():
        yield name
        yield from (f"{name}.{deeper}" for deeper in _members(inner, depth + 1))
