"""What was wrong with the rows of a file: which to tell of, and when to refuse all of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from headgate.estimate.traffic import Dropped
from headgate.traffic.bad_file import EXPORT_AGAIN, BadUsageFile, no_rows
from headgate.traffic.database import Database
from headgate.traffic.encoding import find_invalid
from headgate.traffic.layout import LONGEST_LINE, Layout
from headgate.traffic.lines import find_lines, line_at
from headgate.traffic.staging import RELATIVE, RELATIVE_MS

REJECTIONS = {
    "MISSING COLUMNS": "the line has fewer cells than the header",
    "TOO MANY COLUMNS": "the line has more cells than the header",
}
ENDINGS = {
    "UNQUOTED VALUE": "a quotation mark is not closed, or closed too early",
    "LINE SIZE OVER MAXIMUM": f"the line is longer than {LONGEST_LINE // 2**20} MB",
}
"""What may have taken other lines with it: nobody can say which."""
HOW_TO_WRITE = "write counts like `1200` and times like `2026-11-27T09:30:00Z`"


class Source(Struct, frozen=True, kw_only=True):
    """A file that has been staged."""

    database: Database
    layout: Layout
    path: Path
    name: str
    """For people."""

    def place(self, line: int) -> str:
        """How a sentence about a line begins; of the file, where the line is not known."""
        return f"`{self.name}`, line {line}" if line else f"`{self.name}`"

    def lines(self, *records: int) -> tuple[int, ...]:
        """The lines of several records, in their order."""
        found = find_lines(self.database, self.layout, self.path, records)
        return tuple(found.get(record, 0) for record in records)


def rejected_lines(source: Source) -> list[Dropped]:
    """Lines that DuckDB could not split into cells.

    Raises:
        BadUsageFile: The file is not UTF-8.
    """
    if source.layout.container == "array":
        return []
    rows = source.database.rows(
        "SELECT error_type::VARCHAR, count(DISTINCT line_byte_position), min(line_byte_position),"
        " min(line) FROM reject_errors"
        " WHERE scan_id = (SELECT max(scan_id) FROM reject_scans) GROUP BY ALL"
    )
    if any(kind == "INVALID ENCODING" for kind, *_ in rows):
        raise find_invalid(source.path, source.name) or BadUsageFile(
            f"`{source.name}` is not UTF-8", hint="`iconv -t UTF-8` converts it"
        )
    for kind, _, position, about in rows:
        if kind in ENDINGS:
            line = line_at(source.path, position, about=about)
            raise BadUsageFile(
                f"{source.place(line)}: {ENDINGS[kind]}",
                hint='a quotation mark inside of a cell is written twice: `"say ""hi"""`',
            )
    return [
        Dropped(
            reason=REJECTIONS.get(kind, kind.lower()),
            rows=lines,
            first_line=line_at(source.path, position, about=about),
        )
        for kind, lines, position, about in rows
    ]


def refuse_mixed_units(source: Source, labels: Mapping[str, str]) -> None:
    """Stop where one column counts in two units.

    Raises:
        BadUsageFile: It does; with a line of each.
    """
    odd = source.database.rows(
        "SELECT record, odd FROM staged WHERE odd IS NOT NULL ORDER BY record LIMIT 1"
    )
    if odd:
        raise _odd_count(source, *odd[0])
    kinds = source.database.rows(
        "SELECT min(record), time_kind FROM staged WHERE reason IS NULL"
        " AND at_ms IS NOT NULL GROUP BY time_kind ORDER BY 1"
    )
    if len(kinds) > 1:
        (one, kind), (other, other_kind) = kinds[:2]
        line, other_line = source.lines(one, other)
        raise BadUsageFile(
            f"`{source.name}`: `{labels['at']}` is {kind} on line {line}"
            f" but {other_kind} on line {other_line}",
            hint="write all times in one unit, best as `2026-11-27T09:30:00Z`",
        )


def _odd_count(source: Source, record: int, odd: str) -> BadUsageFile:
    whole = source.database.rows(
        "SELECT record FROM staged WHERE odd IS NULL AND reason IS NULL ORDER BY record LIMIT 1"
    )
    (line,) = source.lines(record)
    also = f", but line {source.lines(*whole[0])[0]} counts in whole tokens" if whole else ""
    return BadUsageFile(
        f"{source.place(line)}: {odd}, which is no whole number of tokens{also}",
        hint="count tokens one by one in every row: `1.2k` is `1200`",
    )


def dropped_rows(source: Source, rejected: Sequence[Dropped]) -> tuple[Dropped, ...]:
    """Rows that do not count, by reason, most first; `rejected` are some of them.

    Raises:
        BadUsageFile: More than half are bad, or no row is left.
    """
    reasons = source.database.rows(
        "SELECT reason, count(*), min(record), bool_or(is_left_out) FROM staged"
        " WHERE reason IS NOT NULL GROUP BY reason"
    )
    lines = source.lines(*(record for _, _, record, _ in reasons))
    dropped = [
        *(
            Dropped(reason=why, rows=rows, first_line=line)
            for (why, rows, _, _), line in zip(reasons, lines, strict=True)
        ),
        *rejected,
    ]
    dropped.sort(key=lambda each: (-each.rows, each.reason))
    left_out = {reason for reason, _, _, is_left_out in reasons if is_left_out}
    _refuse_if_too_many(source, dropped, left_out)
    return tuple(dropped)


def _refuse_if_too_many(source: Source, dropped: list[Dropped], left_out: set[str]) -> None:
    (good,) = source.database.row("SELECT count(*) FROM staged WHERE reason IS NULL")
    bad = [each for each in dropped if each.reason not in left_out]
    bad_rows = sum(each.rows for each in bad)
    if bad_rows > good:
        raise BadUsageFile(
            f"{source.place(bad[0].first_line)}: {bad_rows:,} of {bad_rows + good:,} rows"
            f" cannot be used, most because {bad[0].reason}",
            hint=HOW_TO_WRITE,
        )
    if not good and dropped:
        raise BadUsageFile(
            f"`{source.name}`: none of {dropped[0].rows:,} rows is a request with tokens:"
            f" {dropped[0].reason}",
            hint=EXPORT_AGAIN,
        )
    if not good:
        raise no_rows(source.name)


def is_relative(kind: str) -> bool:
    """Whether times of this kind have no date."""
    return kind in {RELATIVE, RELATIVE_MS}
