"""Every format of usage files recognises its own examples, whatever they are called.

The examples are `tests/usage_files/<format>.<ending>`; a new format adds one file here.
"""

from pathlib import Path
from shutil import copy

import pytest

from headgate.traffic.read import read_file
from headgate.traffic.registry import formats

FOLDER = Path(__file__).parents[1] / "usage_files"
EXAMPLES = sorted(FOLDER.iterdir())
every_example = pytest.mark.parametrize("example", EXAMPLES, ids=[file.name for file in EXAMPLES])
every_format = pytest.mark.parametrize("name", formats())


@every_format
def test_it_has_an_example(name: str) -> None:
    assert any(file.stem == name for file in EXAMPLES), f"add {FOLDER}/{name}.csv"


@every_format
def test_it_is_called_as_its_file(name: str) -> None:
    assert formats()[name].name == name
    assert formats()[name].title


@every_example
def test_the_example_is_recognised_by_its_content(example: Path, tmp_path: Path) -> None:
    nameless = Path(copy(example, tmp_path / "usage.txt"))
    assert read_file(nameless).format == example.stem


@every_example
def test_all_rows_are_requests_or_left_out_on_purpose(example: Path) -> None:
    traffic = read_file(example)
    expected = {rule.reason for rule in formats()[traffic.format].left_out}
    assert traffic.requests > 0
    assert {each.reason for each in traffic.dropped} <= expected
    assert all(each.first_line > 0 for each in traffic.dropped)


@every_example
def test_naming_the_format_changes_nothing(example: Path) -> None:
    assert read_file(example, format=example.stem) == read_file(example)
