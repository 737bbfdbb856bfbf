"""Find out what a usage file is by its first bytes and lines, never by its name."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from headgate.traffic.bad_file import EXPORT_AGAIN, BadUsageFile, no_rows
from headgate.traffic.database import Database, quoted
from headgate.traffic.encoding import GZIP, ZSTD, check_head, find_invalid, open_unpacked
from headgate.traffic.format import Names
from headgate.traffic.json_files import json_layout
from headgate.traffic.layout import LONGEST_LINE, Layout, lines_relation

DELIMITERS = ",;\t|"
SAMPLED_LINES = 50
LINE_END = re.compile(r"\r\n|\r|\n")
PACKED = {GZIP: "gzip", ZSTD: "zstd"}


def find_layout(database: Database, path: Path, name: str) -> Layout:
    """Look at the beginning of a file.

    Raises:
        BadUsageFile: It is empty, or no text.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    compression = next((PACKED[magic] for magic in PACKED if head.startswith(magic)), "none")
    if compression == "none":
        check_head(head, name)
    first = first_lines(database, path, compression)
    text = next((line for line in first if line.strip()), "").lstrip()
    if not text:
        raise BadUsageFile(f"`{name}` is empty", hint=EXPORT_AGAIN)
    if not text.startswith(("{", "[")):
        return _csv_layout(path, compression, first)
    layout = json_layout(database, path, compression, name=name, first_line=text)
    if not layout.names:
        raise find_invalid(path, name) or no_rows(name)
    return layout


def first_lines(database: Database, path: Path, compression: str) -> list[str]:
    """Some lines, without the mark of UTF-8; the last may be cut off."""
    if compression == "zstd":
        lines = lines_relation(path, compression)
        rows = database.rows(f"SELECT line FROM {lines} LIMIT {SAMPLED_LINES}")
        return [(line or "").lstrip("\ufeff") for (line,) in rows]
    with open_unpacked(path) as file:
        # What is not UTF-8 is found, and named by its line, when all of it is read.
        text = file.read(LONGEST_LINE).decode("utf-8-sig", errors="replace")
    return LINE_END.split(text, maxsplit=SAMPLED_LINES)[:SAMPLED_LINES]


def _csv_layout(path: Path, compression: str, lines: Sequence[str]) -> Layout:
    delimiter = max(DELIMITERS, key=lambda each: _likelihood(_header(lines, each)))
    names = _header(lines, delimiter)
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
    return Layout(
        container="csv",
        names=names,
        delimiter=delimiter,
        lines=lines_relation(path, compression),
        relation=(
            f"read_csv({quoted(str(path))}, auto_detect=false, header=true, quote='\"',"
            f" escape='\"', delim={quoted(delimiter)}, max_line_size={LONGEST_LINE},"
            f" compression={quoted(compression)}, columns={{{columns}}}, store_rejects=true)"
        ),
    )


def _likelihood(names: Names) -> tuple[bool, int]:
    # A delimiter inside of a quoted name leaves half a quotation behind.
    return not any('"' in name for name in names), len(names)


def _header(lines: Sequence[str], delimiter: str) -> Names:
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    header = next((row for row in rows if row), [])
    return tuple(name.strip().lstrip("\ufeff") for name in header)
