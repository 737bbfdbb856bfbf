"""Which line of a file a row is on. Asked for the few rows that have a problem."""

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from headgate.traffic.database import Database
from headgate.traffic.encoding import open_unpacked
from headgate.traffic.layout import Layout

CHUNK_BYTES = 2**20
UNKNOWN = 0


class Places(Struct, frozen=True, kw_only=True):
    """Lines of the file, counted from 1."""

    of_records: dict[int, int]
    too_short: int = UNKNOWN
    """The first with fewer cells than the header."""
    too_long: int = UNKNOWN

    def of(self, record: int) -> int:
        """The line that the record begins on, or 0."""
        return self.of_records.get(record, UNKNOWN)


def find_lines(
    database: Database, layout: Layout, path: Path, records: Iterable[int], *, is_ragged: bool
) -> Places:
    """Where the records, counted from 1, begin; and the first lines that are no records."""
    wanted = set(records)
    if layout.container == "lines":
        return Places(of_records={record: record for record in wanted})
    if layout.container == "csv":
        lines = (line or "" for (line,) in database.stream(f"SELECT line FROM {layout.lines}"))
        return _csv_lines(lines, layout, wanted, is_ragged=is_ragged)
    return Places(of_records=_document_lines(path, layout, wanted))


def _csv_lines(
    lines: Iterable[str], layout: Layout, wanted: set[int], *, is_ragged: bool
) -> Places:
    """Read as DuckDB does: blank lines and lines of another width are no records."""
    found, odd = dict[int, int](), dict[bool, int]()
    record, line, width = -1, 1, len(layout.names)
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=layout.delimiter)
    for row in reader:
        begins, line = line, reader.line_num + 1
        if len(row) == width:
            record += 1
            if record in wanted:
                found[record] = begins
        elif row:
            odd.setdefault(len(row) > width, begins)
        if len(found) == len(wanted) and not (is_ragged and not odd):
            break
    return Places(
        of_records=found, too_short=odd.get(False, UNKNOWN), too_long=odd.get(True, UNKNOWN)
    )


def _document_lines(path: Path, layout: Layout, wanted: set[int]) -> dict[int, int]:
    """Count the objects that open where records lie, outside of strings."""
    opened_by = "[{" if layout.container == "array" else "{"
    opened_by += "[{" if layout.lists else ""
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
