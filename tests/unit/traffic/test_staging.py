"""Rows checked one by one."""

from pathlib import Path

import pytest

from headgate.traffic.database import open_database
from headgate.traffic.fields import texts_relation
from headgate.traffic.registry import formats
from headgate.traffic.sniff import find_layout
from headgate.traffic.staging import staged_rows
from support.usage import write

HEADER = "timestamp,input_tokens,output_tokens,cached_tokens,requests"


def staged(tmp_path: Path, row: str, columns: str) -> tuple[object, ...]:
    path = write(tmp_path, HEADER, row)
    with open_database(path) as database:
        texts, labels = texts_relation(find_layout(database, path, "x"), formats()["generic"])
        database.run(staged_rows(texts, labels, counts_ms=False))
        return database.row(f"SELECT {columns} FROM staged")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,5,6,,", None),
        ("1,5.0,6e2,,1", None),
        ("1,5,,,", "`output_tokens` is empty"),
        ("1,five,6,,", "`input_tokens` is not a number"),
        ("1,inf,6,,", "`input_tokens` is not a number"),
        ("1,5,-6,,", "`output_tokens` is negative"),
        ("1,5,1e18,,", "`output_tokens` is too large to be a count"),
        ("1,5,6,7,", "more cached tokens than `input_tokens`"),
        ("1,5,6,-1,", "`cached_tokens` is negative"),
        ("1,5,6,,0", "`requests` is 0"),
        (",5,6,,", "`timestamp` is empty"),
        ("infinity,5,6,,", "`timestamp` is not a time"),
        ("1e30,5,6,,", "`timestamp` is not a time"),
        ("0026-02-03,5,6,,", "`timestamp` is not between 1970 and 2100"),
        ("2026-02-30,5,6,,", "`timestamp` is not a time"),
        ("1,0,0,,", "no tokens were used"),
    ],
)
def test_each_row_counts_or_has_a_reason(tmp_path: Path, row: str, reason: str | None) -> None:
    assert staged(tmp_path, row, "reason") == (reason,)


@pytest.mark.parametrize(
    ("cell", "odd"),
    [("5", None), ("5.0", None), ("5.5", "5.5"), ("5k", "5k"), ("1.2 M", "1.2 M"), ("five", None)],
)
def test_counts_in_another_unit_are_odd(tmp_path: Path, cell: str, odd: str | None) -> None:
    expected = odd and f"`input_tokens` is `{odd}`"
    assert staged(tmp_path, f"1,{cell},6,,", "odd") == (expected,)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("60", (60_000, "seconds since the first")),
        ("1790000000.5", (1_790_000_000_500, "seconds since 1970")),
        ("1790000000500", (1_790_000_000_500, "milliseconds since 1970")),
        ("1790000000500000", (1_790_000_000_500, "microseconds since 1970")),
        ("1790000000500000000", (1_790_000_000_500, "nanoseconds since 1970")),
        ("2026-09-21T14:13:20.5Z", (1_790_000_000_500, "a date")),
    ],
)
def test_times_are_told_apart_by_their_size(
    tmp_path: Path, cell: str, expected: tuple[int, str]
) -> None:
    assert staged(tmp_path, f"{cell},5,6,,", "at_ms, time_kind") == expected
