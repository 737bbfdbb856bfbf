"""What a file is, by its content."""

from pathlib import Path

import pytest

from headgate.traffic.database import open_database
from headgate.traffic.layout import Layout
from headgate.traffic.read import read_file
from headgate.traffic.sniff import find_layout
from support.usage import write


def layout(path: Path) -> Layout:
    with open_database(path) as database:
        return find_layout(database, path, path.name)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_cells_are_divided_by_what_divides_the_header(tmp_path: Path, delimiter: str) -> None:
    found = layout(write(tmp_path, f'a{delimiter}"b, c"', f"1{delimiter}2"))
    assert (found.container, found.delimiter, found.names) == ("csv", delimiter, ("a", "b, c"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['{"a": 1}', '{"a": 2}'], "lines"),
        (["", '  {"a": NaN}'], "lines"),
        (["[", '{"a": 1}', "]"], "array"),
        (["{", '"a": 1', "}"], "document"),
        (['{"data": [{"a": 1}]}'], "document"),
        (['[{"data": [{"a": 1}]}]'], "document"),
        (["a,{b}"], "csv"),
    ],
)
def test_json_is_told_by_its_brackets(tmp_path: Path, lines: list[str], expected: str) -> None:
    assert layout(write(tmp_path, *lines, name="x.bin")).container == expected


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_three_ways(tmp_path: Path, line_end: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(
        line_end.join(["input_tokens,model,output_tokens", '5,"m', 'n",6', ""]).encode()
    )
    assert read_file(path).output_tokens == 6


def test_a_line_may_be_longer_than_a_row_can_be(tmp_path: Path) -> None:
    row = '{"input_tokens": 5, "output_tokens": 6, "prompt": "%s"}' % ("x" * 2**20)
    path = write(tmp_path, '{"data": [' + ",".join([row] * 20) + "]}")
    assert read_file(path).requests == 20
