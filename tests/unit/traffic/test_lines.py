"""Rows found again in their file."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.traffic.database import open_database
from headgate.traffic.lines import find_lines, line_at, odd_line_end
from headgate.traffic.sniff import find_layout
from support.usage import write


def lines(path: Path, *records: int) -> dict[int, int]:
    with open_database(path) as database:
        layout = find_layout(database, path, path.name)
        return find_lines(database, layout, path, records)


def test_blank_ragged_and_long_rows_are_counted_as_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b", "1,1", "", "short", '2,"two', 'lines"', "3,3", "1,2,3", "4,4")
    assert lines(path, 1, 2, 3, 4) == {1: 2, 2: 5, 3: 7, 4: 9}


def test_lines_of_json_are_their_own_number(tmp_path: Path) -> None:
    assert lines(write(tmp_path, '{"a": 1}', "", '{"a": 2}'), 1, 3) == {1: 1, 3: 3}


def test_objects_of_a_list_begin_at_their_bracket(tmp_path: Path) -> None:
    path = write(tmp_path, "[", '{"a": "]}{\\"",', '"b": {"c": [{}]}},', "", '{"a": 2}', "]")
    assert lines(path, 1, 2) == {1: 2, 2: 5}


def test_rows_of_buckets_are_on_the_line_of_their_bucket(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '{"meta": {"x": {}}, "data": [',
        '{"results": [{"a": 1},',
        '{"a": 2}]},',
        '{"results": []}',
        "]}",
    )
    assert lines(path, 1, 2, 3) == {1: 2, 2: 2, 3: 4}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"a\nb\n", None),
        (b"a\r\nb\r\n", None),
        (b"a\nb\r\n", 2),
        (b"a\r\nb\n", 2),
        (b"a\nb\rc\n", 2),
        (b"a\rb\n", 1),
    ],
)
def test_the_first_line_that_ends_unlike_the_others(
    tmp_path: Path, text: bytes, expected: int | None
) -> None:
    path = tmp_path / "x"
    path.write_bytes(text)
    assert odd_line_end(path) == expected


@given(st.binary(max_size=200), st.integers(0, 200))
@settings(max_examples=30)
def test_a_byte_is_on_the_line_after_all_line_ends_before_it(text: bytes, place: int) -> None:
    with NamedTemporaryFile() as file:
        file.write(b" " + text)
        file.flush()
        expected = (b" " + text)[:place].count(b"\n") + 1
        assert line_at(Path(file.name), place, about=0) == expected
