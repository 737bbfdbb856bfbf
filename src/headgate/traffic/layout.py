"""How a usage file is laid out: its container, its columns, where its rows are."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from headgate.traffic.bad_file import EXPORT_AGAIN, BadUsageFile, no_rows
from headgate.traffic.database import Database, quoted
from headgate.traffic.encoding import check_head

Container = Literal["csv", "lines", "document", "array"]
"""`lines`: a JSON object a line; `document`: objects that hold lists; `array`: one list."""

KNOWN_LISTS = (("data", "results"), ("decisions", "attempts"), ("data", ""), ("decisions", ""))
"""Members of documents that hold rows, and members of those that do."""
DELIMITERS = ",;\t|"
LONGEST_LINE = 16 * 2**20
LARGEST_DOCUMENT = 256 * 2**20
"""A document that is no list of rows has to be held in memory."""
SAMPLED_ROWS = 100
DEEPEST_MEMBER = 4
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


class Layout(Struct, frozen=True, kw_only=True):
    """Where the values of a file are to be found."""

    container: Container
    names: tuple[str, ...]
    """Columns, or members of rows with a dot between the levels."""
    relation: str
    """SQL that yields the cells of each row (`c0`, `c1`, …) or its text (`doc`)."""
    lists: tuple[str, ...] = ()
    """Members of a document that hold its rows, outermost first."""
    delimiter: str = ","
    lines: str
    """SQL that yields the file line by line."""


def find_layout(database: Database, path: Path, name: str) -> Layout:
    """Look at the beginning of a file.

    Raises:
        BadUsageFile: It is empty, or no text.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    compression = next((MAGIC[magic] for magic in MAGIC if head.startswith(magic)), "none")
    if compression == "none":
        check_head(head, name)
    lines = _lines_relation(path, compression)
    first = [line for (line,) in database.rows(f"SELECT line FROM {lines} LIMIT 50")]
    text = next((line for line in first if line and line.strip()), "").lstrip("\ufeff \t")
    if not text:
        raise BadUsageFile(f"`{name}` is empty", hint=EXPORT_AGAIN)
    if text.startswith(("{", "[")):
        layout = _json_layout(database, path, compression, text)
        if not layout.names:
            raise no_rows(name)
        return layout
    return _csv_layout(path, compression, first)


def _lines_relation(path: Path, compression: str, column: str = "line") -> str:
    return (
        f"read_csv({quoted(str(path))}, auto_detect=false, header=false, delim='\x01', quote='',"
        f" escape='', max_line_size={LONGEST_LINE}, compression={quoted(compression)},"
        f" columns={{'{column}': 'VARCHAR'}}, store_rejects=true)"
    )


def _csv_layout(path: Path, compression: str, first: Sequence[str | None]) -> Layout:
    lines = [line or "" for line in first]
    delimiter = max(DELIMITERS, key=lambda each: len(_header(lines, each)))
    names = _header(lines, delimiter)
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
    return Layout(
        container="csv",
        names=names,
        delimiter=delimiter,
        lines=_lines_relation(path, compression),
        relation=(
            f"read_csv({quoted(str(path))}, auto_detect=false, header=true, quote='\"',"
            f" escape='\"', delim={quoted(delimiter)}, max_line_size={LONGEST_LINE},"
            f" compression={quoted(compression)}, columns={{{columns}}}, store_rejects=true)"
        ),
    )


def _header(lines: Sequence[str], delimiter: str) -> tuple[str, ...]:
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    header = next((row for row in rows if row), [])
    return tuple(name.strip().lstrip("\ufeff") for name in header)


def _json_layout(database: Database, path: Path, compression: str, text: str) -> Layout:
    if text.startswith("{") and _is_row(text):
        container: Container = "lines"
        relation = _lines_relation(path, compression, "doc")
    else:
        container = "array" if text.startswith("[") else "document"
        relation = _objects_relation(path, compression, container)
    lists = () if container == "lines" else _lists(database, relation)
    layout = Layout(
        container=container,
        names=(),
        relation=relation,
        lists=lists,
        lines=_lines_relation(path, compression),
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
    return not any(isinstance(found.get(member), list) for member in ("data", "decisions"))


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


def _lists(database: Database, relation: str) -> tuple[str, ...]:
    """Which of the known lists of lists the first document has."""
    for outer, inner in KNOWN_LISTS:
        test = f"len(json_extract(doc, '$.{outer}[*].{inner}')) > 0" if inner else _is_list(outer)
        (found,) = database.row(
            f"SELECT count(*) FROM (SELECT doc FROM {relation} LIMIT 1) WHERE {test}"
        )
        if found:
            return (outer, inner) if inner else (outer,)
    return ()


def _is_list(member: str) -> str:
    return f"json_type(doc, '$.{member}') = 'ARRAY'"


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


def items_relation(layout: Layout) -> str:
    """SQL that yields `record`, `item` and `parent` of each row of a JSON file."""
    documents = f"(SELECT row_number() OVER () AS record, doc FROM {layout.relation})"
    if not layout.lists:
        rows = f"{documents} WHERE doc IS NOT NULL"
        return f"(SELECT record, doc::VARCHAR AS item, NULL AS parent FROM {rows})"
    outer, *inner = layout.lists
    parents = (
        f"(SELECT row_number() OVER () AS record, parent FROM"
        f" (SELECT unnest(json_extract(doc, '$.{outer}[*]')) AS parent FROM {documents}))"
    )
    if not inner:
        return f"(SELECT record, parent::VARCHAR AS item, NULL AS parent FROM {parents})"
    children = f"json_extract(parent, '$.{inner[0]}[*]')"
    return (
        f"(SELECT record, parent::VARCHAR AS parent, item::VARCHAR AS item FROM (SELECT record,"
        f" parent, unnest(CASE WHEN len({children}) > 0 THEN {children} ELSE [NULL] END) AS item"
        f" FROM {parents}))"
    )
