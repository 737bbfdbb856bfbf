"""Files of JSON: an object a line, one list of objects, or documents with lists inside."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from headgate.traffic.bad_file import BadUsageFile
from headgate.traffic.database import Database, quoted
from headgate.traffic.documents import LARGEST, lists_in, split_documents, write_rows
from headgate.traffic.encoding import find_invalid, is_zstd, open_unpacked
from headgate.traffic.layout import (
    LONGEST_LINE,
    Layout,
    items_relation,
    lines_relation,
    rows_relation,
)
from headgate.traffic.registry import known_lists

SAMPLED_ROWS = 2000
DEEPEST_MEMBER = 4


def json_layout(
    database: Database, path: Path, compression: str, *, name: str, first_line: str
) -> Layout:
    """The layout of a file that begins like JSON; without names if it has no rows.

    Raises:
        BadUsageFile: It is no JSON after all, or a document that is too large.
    """
    lines = lines_relation(path, compression)
    if first_line.startswith("{") and _is_row(first_line):
        relation = rows_relation(path, compression)
        layout = Layout(container="lines", names=(), relation=relation, lines=lines)
    elif first_line.startswith("[") and not _holds_documents(database, path, compression):
        relation = _array_relation(path, compression)
        layout = Layout(container="array", names=(), relation=relation, lines=lines)
    else:
        layout = _unwrapped(database, path, name, lines)
    if layout.container == "document" and not layout.origins:
        return layout
    return msgspec.structs.replace(layout, names=_member_names(database, layout))


def _array_relation(path: Path, compression: str) -> str:
    return (
        f"(SELECT json AS doc FROM read_json_objects({quoted(str(path))}, format='array',"
        f" compression={quoted(compression)}, maximum_object_size={LONGEST_LINE}))"
    )


def _holds_documents(database: Database, path: Path, compression: str) -> bool:
    rows = database.rows(f"SELECT doc FROM {_array_relation(path, compression)} LIMIT 1")
    return any(text.startswith("{") and bool(lists_in(text.encode())) for (text,) in rows)


def _unwrapped(database: Database, path: Path, name: str, lines: str) -> Layout:
    text = _whole_text(database, path, name, lines)
    try:
        first = next(split_documents(text), memoryview(b"{}"))
        inner = msgspec.json.decode(first, type=list[msgspec.Raw])[:1] if text[:1] == b"[" else []
        lists = lists_in(memoryview(inner[0]) if inner else first)
        rows = database.folder / "rows.jsonl"
        with rows.open("wb") as file:
            origins = write_rows(split_documents(text), lists, file)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise find_invalid(path, name) or _broken(text, name, error) from error
    return Layout(
        container="document",
        names=(),
        relation=rows_relation(rows, "none"),
        lines=lines,
        is_list=text[:1] == b"[",
        lists=lists,
        origins=origins,
    )


def _whole_text(database: Database, path: Path, name: str, lines: str) -> bytes:
    with open_unpacked(path) as file:
        text = file.read(LARGEST + 1)
    if is_zstd(path):
        text = "\n".join(
            line or "" for (line,) in database.stream(f"SELECT line FROM {lines}")
        ).encode()
    if len(text) > LARGEST:
        raise BadUsageFile(
            f"`{name}` is one JSON document of more than {LARGEST // 2**20} MB",
            hint="write one request a line, as `jq -c '.data[]'` does",
        )
    return text.strip()


def broken_list(path: Path, name: str) -> BadUsageFile:
    """What to say about a list of objects that DuckDB could not read to its end."""
    with open_unpacked(path) as file:
        text = file.read(LARGEST)
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _broken(text, name, error)
    return BadUsageFile(f"`{name}` is not JSON", hint="export it again")


def _broken(text: bytes, name: str, error: Exception) -> BadUsageFile:
    reason = str(error).removeprefix("JSON is malformed: ")
    place = re.search(r" \(byte (\d+)\)", reason)
    before = text[: int(place[1])] if place else text
    line = before.count(b"\n") + 1
    return BadUsageFile(
        f"`{name}`, line {line}: not JSON: {reason.split(' (byte')[0].lower()}",
        hint="export it again; the file may be cut off",
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


def _member_names(database: Database, layout: Layout) -> tuple[str, ...]:
    rows = database.rows(f"SELECT item FROM {items_relation(layout)} LIMIT {SAMPLED_ROWS}")
    names: dict[str, None] = {}
    for text in (row[0] for row in rows):
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
