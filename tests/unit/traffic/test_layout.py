"""The SQL of a layout."""

from pathlib import Path

from headgate.traffic.database import open_database
from headgate.traffic.layout import Layout, items_relation, lines_relation
from support.usage import write


def test_lines_come_as_they_are(tmp_path: Path) -> None:
    path = write(tmp_path, 'a,"b', "", "'c'")
    with open_database(path) as database:
        lines = database.rows(f"SELECT line FROM {lines_relation(path, 'none')}")
    assert lines == [('a,"b',), (None,), ("'c'",)]


def test_items_are_counted_by_line_and_blank_ones_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, "{}", "", '{"a": 1}')
    layout = Layout(
        container="lines", names=(), relation=lines_relation(path, "none", "doc"), lines=""
    )
    with open_database(path) as database:
        items = database.rows(f"SELECT record, item FROM {items_relation(layout)}")
    assert items == [(1, "{}"), (3, '{"a": 1}')]
