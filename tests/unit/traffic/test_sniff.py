"""What a file is, by its content."""

from pathlib import Path

import pytest

from headgate.traffic.database import open_database
from headgate.traffic.layout import Layout
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
