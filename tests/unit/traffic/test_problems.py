"""Which rows to tell of, and when to refuse."""

from pathlib import Path

import pytest

from headgate.traffic.bad_file import BadUsageFile
from headgate.traffic.problems import is_relative
from headgate.traffic.read import read_file
from headgate.traffic.staging import DATE, RELATIVE, RELATIVE_MS
from support.usage import write, write_rows


def test_half_of_the_rows_may_be_bad_but_not_more(tmp_path: Path) -> None:
    good, bad = (1, "m", 5, 6), (1, "m", -5, 6)
    assert read_file(write_rows(tmp_path, [good, bad])).dropped[0].rows == 1
    with pytest.raises(BadUsageFile, match="2 of 3 rows cannot be used"):
        read_file(write_rows(tmp_path, [good, bad, bad]))


def test_rows_left_out_on_purpose_are_not_bad(tmp_path: Path) -> None:
    good, nothing = (1, "m", 5, 6), (1, "m", 0, 0)
    traffic = read_file(write_rows(tmp_path, [good, *[nothing] * 9]))
    assert (traffic.requests, traffic.dropped[0].rows) == (1, 9)


def test_what_is_dropped_most_comes_first(tmp_path: Path) -> None:
    rows = [(1, "m", 5, 6)] * 5 + [(1, "m", -5, 6), (1, "m", "x", 6), (1, "m", "x", 6)]
    reasons = [each.reason for each in read_file(write_rows(tmp_path, rows)).dropped]
    assert reasons == ["`input_tokens` is not a number", "`input_tokens` is negative"]


def test_odd_cells_of_rows_that_are_left_out_do_no_harm(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "request_id,startTime,prompt_tokens,completion_tokens,status",
        "a,2026-01-01,5,6,success",
        "b,1790000000,0.5,6,failure",
    )
    assert read_file(path).requests == 1


def test_only_times_without_a_date_are_relative() -> None:
    assert is_relative(RELATIVE)
    assert is_relative(RELATIVE_MS)
    assert not is_relative(DATE)
