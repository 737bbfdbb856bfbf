"""Values found wherever a file keeps them."""

from pathlib import Path

import pytest

from headgate.traffic.database import open_database
from headgate.traffic.fields import Fields, texts_relation
from headgate.traffic.format import Format, LeftOut
from headgate.traffic.registry import formats
from headgate.traffic.sniff import find_layout
from support.usage import write

FORM = Format(
    name="test",
    title="Test",
    marks=(),
    at=("when",),
    input_tokens=("usage{input}", "usage.in", "read"),
    output_tokens=("written",),
    left_out=(LeftOut(names=("kind",), only=("LLM",), reason="no model"),),
)


def texts(path: Path, form: Format = FORM) -> list[tuple[object, ...]]:
    """Input, output, and why a row is left out."""
    with open_database(path) as database:
        relation, _ = texts_relation(find_layout(database, path, "x"), form)
        columns = "input_tokens_text, output_tokens_text, left_out"
        return database.rows(f"SELECT {columns} FROM {relation}")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["read,written", " 5 ,"], ("5", None, None)),
        (["usage,written", '"{""in"": 5}",6'], ("5", "6", None)),
        (
            ["usage,written", '"{""input"": 5, ""cached_input"": 2, ""x"": 1}",6'],
            ("7.0", "6", None),
        ),
        (["usage,read,written", "nonsense,5,6"], ("5", "6", None)),
        (['{"usage": {"in": 5}, "Written": 6}'], ("5", "6", None)),
        (['{"usage": {"input": 5, "input_b": 2}, "written": 6}'], ("7.0", "6", None)),
        (['{"read": null, "written": 6}'], (None, "6", None)),
        (["read,written,kind", "5,6,llm"], ("5", "6", None)),
        (["read,written,kind", "5,6,"], ("5", "6", "no model")),
        (['{"read": 5, "written": 6, "kind": "tool"}'], ("5", "6", "no model")),
    ],
)
def test_the_best_name_that_has_a_value_wins(
    tmp_path: Path, lines: list[str], expected: tuple[str | None, ...]
) -> None:
    assert texts(write(tmp_path, *lines)) == [expected]


def test_members_that_come_late_are_found(tmp_path: Path) -> None:
    plain = '{"input_tokens": 1, "output_tokens": 2}'
    late = '{"input_tokens": 9, "output_tokens": 2, "cached_tokens": 8}'
    path = write(tmp_path, *[plain] * 3_000, late)
    with open_database(path) as database:
        relation, labels = texts_relation(find_layout(database, path, "x"), formats()["generic"])
        cached = f"SELECT cache_read_tokens_text FROM {relation} WHERE record = 3001"
        assert database.row(cached) == ("8",)
    assert "at" not in labels


def test_names_of_a_file_are_no_sql(tmp_path: Path) -> None:
    path = write(tmp_path, """{"read": 5, "written": 6, "when": 1, "a'b": {"c\\"d": 1}}""")
    with open_database(path) as database:
        layout = find_layout(database, path, "x")
        fields = Fields(layout)
        assert fields.field(("a'b",)) is not None
        assert database.rows(f"SELECT record FROM {fields.relation()}") == [(1,)]
