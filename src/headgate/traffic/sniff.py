"""Find out what a usage file is by its first bytes and lines, never by its name."""

import csv
from collections.abc import Sequence
from pathlib import Path

from headgate.traffic.bad_file import EXPORT_AGAIN, BadUsageFile, no_rows
from headgate.traffic.database import Database, quoted
from headgate.traffic.encoding import GZIP, ZSTD, check_head
from headgate.traffic.format import Names
from headgate.traffic.json_files import json_layout
from headgate.traffic.layout import LONGEST_LINE, Layout, lines_relation

DELIMITERS = ",;\t|"
SAMPLED_LINES = 50
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
    lines = lines_relation(path, compression)
    first = [line for (line,) in database.rows(f"SELECT line FROM {lines} LIMIT {SAMPLED_LINES}")]
    text = next((line for line in first if line and line.strip()), "").lstrip("\ufeff \t")
    if not text:
        raise BadUsageFile(f"`{name}` is empty", hint=EXPORT_AGAIN)
    if text.startswith(("{", "[")):
        layout = json_layout(database, path, compression, name=name)
        if not layout.names:
            raise no_rows(name)
        return layout
    return _csv_layout(path, compression, first)


def _csv_layout(path: Path, compression: str, first: Sequence[str | None]) -> Layout:
    lines = [line or "" for line in first]
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
