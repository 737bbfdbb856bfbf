"""Members and rows of JSON files."""

from pathlib import Path

import pytest

from headgate.traffic.bad_file import BadUsageFile
from headgate.traffic.database import open_database
from headgate.traffic.documents import LARGEST
from headgate.traffic.json_files import broken_list, json_layout
from support.usage import write


def names(path: Path) -> tuple[str, ...]:
    with open_database(path) as database:
        first = path.read_text().splitlines()[0]
        return json_layout(database, path, "none", name=path.name, first_line=first).names


def test_members_of_members_are_named_with_a_dot(tmp_path: Path) -> None:
    path = write(tmp_path, '{"a": {"b": {"c": 1}}}', '{"d": [1], "a": 2}')
    assert names(path) == ("a", "a.b", "a.b.c", "d")


def test_rows_of_lists_have_the_members_of_what_holds_them(tmp_path: Path) -> None:
    path = write(tmp_path, '{"data": [{"x": 1, "results": [{"y": 2}]}]}')
    assert names(path) == ("x", "y")


@pytest.mark.parametrize("text", ["[]", "[1, 2]", '{"data": []}', '{"data": [{"results": []}]}'])
def test_without_rows_there_are_no_names(tmp_path: Path, text: str) -> None:
    assert names(write(tmp_path, text)) == ()


def test_a_document_too_large_for_memory_names_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)  # sparse: it takes no room
    says = "one JSON document of more than 128 MB"
    with open_database(path) as database, pytest.raises(BadUsageFile, match=says) as failed:
        json_layout(database, path, "none", name="large.json", first_line='{"data": [')
    assert "jq -c" in str(failed.value.hint)


def test_a_broken_list_is_shown_at_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "[", '{"a": 1},', '{"a" 1}]')
    assert str(broken_list(path, "x")) == "`x`, line 3: not JSON: expected ':'"
