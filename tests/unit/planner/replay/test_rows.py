"""A replay as a table."""

from decimal import Decimal
from typing import Any

import pytest

from headgate.planner.replay.report import Quality
from headgate.planner.replay.rows import COLUMNS, dollars, rows, seconds, worse
from support.replays import report


@pytest.mark.parametrize(
    ("known", "unknown", "text"),
    [
        ("12.5", 0, "$12.50"),
        ("0", 0, "$0.00"),
        ("0.00123", 0, "$0.0012"),
        ("3", 2, "$3.00 + 2 unknown"),
        ("0", 1200, "unknown (1,200)"),
    ],
)
def test_dollars_never_hide_what_is_unknown(known: str, unknown: int, text: str) -> None:
    assert dollars(Decimal(known), unknown) == text


def test_times_are_seconds_or_unknown() -> None:
    assert [seconds(None), seconds(1234.0), seconds(3_600_000.0)] == [
        "unknown",
        "1.23 s",
        "3,600 s",
    ]


@pytest.mark.parametrize(
    ("quality", "text"),
    [
        (None, "unknown"),
        ((0, 0, 0, None, None, None), "0"),
        ((1, 0, 1, None, None, None), "unknown"),
        ((4, 0, 0, 1.25, 0.5, 2.0), "+1.2 (+0.5 … +2.0)"),
        ((4, 0, 3, 1.25, 0.5, 2.0), "+1.2 (+0.5 … +2.0), 3 unknown"),
    ],
)
def test_quality_has_an_interval_or_is_unknown(
    quality: tuple[int, int, int, float, float, float] | None, text: str
) -> None:
    made = None if quality is None else Quality(**named(quality))
    assert worse(made) == text


def named(values: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(Quality.__struct_fields__, values, strict=True))


def test_every_policy_has_a_row_after_what_was() -> None:
    found = list(rows(report()))
    assert [row[0] for row in found] == ["as recorded", "new"]
    assert all(len(row) == len(COLUMNS) for row in found)
