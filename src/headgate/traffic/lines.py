"""Which line of a file a row is on. Asked for the few rows that have a problem."""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from headgate.traffic.database import Database
from headgate.traffic.encoding import is_zstd, open_unpacked
from headgate.traffic.layout import LONGEST_LINE, Layout

CHUNK_BYTES = 2**20


def find_lines(
    database: Database, layout: Layout, path: Path, records: Iterable[int]
) -> dict[int, int]:
    """Where the records, counted from 1, begin."""
    wanted = set(records)
    if layout.container == "lines" or not wanted:
        return {record: record for record in wanted}
    if layout.container == "csv":
        lines = (line or "" for (line,) in database.stream(f"SELECT line FROM {layout.lines}"))
        return _csv_lines(lines, layout, wanted)
    if is_zstd(path):
        return {}
    if layout.container == "array":
        return _object_lines(path, "[{", wanted)
    opened_by = ("[" if layout.is_list else "") + ("{[{" if layout.lists else "{")
    origins = {record: layout.origins[record - 1] for record in wanted}
    found = _object_lines(path, opened_by, set(origins.values()))
    return {record: found[origin] for record, origin in origins.items() if origin in found}


def line_at(path: Path, position: int, *, about: int) -> int:
    """The line on which a byte lies; `about` that one where we cannot unpack the file."""
    if is_zstd(path):
        return about
    line = 1
    for chunk in _chunks(path):
        line += chunk.count(b"\n", 0, max(position, 0))
        position -= len(chunk)
        if position <= 0:
            break
    return line


def odd_line_end(path: Path) -> int | None:
    """The first line that ends or breaks unlike the first; `None` if all are alike."""
    if is_zstd(path):
        return None
    with open_unpacked(path) as file:
        first = file.readline()
        is_crlf = first.endswith(b"\r\n")
        for number, line in enumerate(chain([first], file), 1):
            text = line.removesuffix(b"\n")
            if b"\r" in text.removesuffix(b"\r") or text.endswith(b"\r") != is_crlf:
                return number
    return None


def _csv_lines(lines: Iterable[str], layout: Layout, wanted: set[int]) -> dict[int, int]:
    """Read as DuckDB does: blank lines and lines of another width are no records."""
    csv.field_size_limit(LONGEST_LINE)  # Prompts are cells too, and Python's limit is 128 kB.
    found = dict[int, int]()
    record, line, width = -1, 1, len(layout.names)
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=layout.delimiter)
    for row in reader:
        begins, line = line, reader.line_num + 1
        record += len(row) == width
        if len(row) == width and record in wanted:
            found[record] = begins
            if len(found) == len(wanted):
                break
    return found


def _object_lines(path: Path, opened_by: str, wanted: set[int]) -> dict[int, int]:
    """Where the objects begin that lie inside of just these brackets."""
    found, stack, record, line = dict[int, int](), "", 0, 1
    for mark in _marks(path):
        if mark == "\n":
            line += 1
        elif mark in "[{":
            stack += mark
            record += stack == opened_by
            if stack == opened_by and record in wanted:
                found[record] = line
                if len(found) == len(wanted):
                    break
        else:
            stack = stack[:-1]
    return found


def _marks(path: Path) -> Iterator[str]:
    """Brackets outside of strings, and line ends."""
    in_string = escaped = False
    for chunk in _chunks(path):
        for match in re.finditer(rb'[\[\]{}"\n]|\\.?', chunk, re.DOTALL):
            mark = match[0]
            if escaped:
                escaped = False
                if match.start() == 0:
                    continue
            if mark == b"\n":
                yield "\n"
            elif mark == b"\\":
                escaped = True
            elif mark == b'"':
                in_string = not in_string
            elif len(mark) == 1 and not in_string:
                yield mark.decode()


def _chunks(path: Path) -> Iterator[bytes]:
    with open_unpacked(path) as text:
        while chunk := text.read(CHUNK_BYTES):
            yield chunk
