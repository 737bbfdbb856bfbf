from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.config.locate import Place, Problem, read_document

NESTED = """\
targets:
  fast:
    backend: openai
    modle: x
routes:
  chat: {targets: [fast, slow]}
"""


def test_values_and_names_know_their_line_and_column():
    document = read_document(NESTED)
    assert document.values["targets", "fast", "backend"] == Place(3, 14)
    assert document.names["targets", "fast", "modle"] == Place(4, 5)
    assert document.values["routes", "chat", "targets", 1] == Place(6, 26)


def test_a_problem_points_at_the_name_or_at_the_value():
    document = read_document(NESTED)
    loc = ("targets", "fast", "modle")
    assert document.place(Problem(loc, "unknown", about_name=True)) == Place(4, 5)
    assert document.place(Problem(loc, "wrong")) == Place(4, 12)


def test_a_problem_about_something_missing_points_at_what_surrounds_it():
    document = read_document(NESTED)
    assert document.place(Problem(("targets", "fast", "model"), "is missing")) == Place(2, 3)
    assert document.place(Problem(("server", "host"), "wrong")) is None


@dataclass(frozen=True)
class Scalar:
    id: str
    text: str
    value: object


SCALARS = [
    Scalar("norway", "no", "no"),
    Scalar("a key called on", "on", "on"),
    Scalar("a date", "2024-10-21", "2024-10-21"),
    Scalar("a time", "12:30", "12:30"),
    Scalar("octal", "0755", 755),
    Scalar("a switch", "true", True),
    Scalar("another switch", "False", False),
    Scalar("nothing", "~", None),
    Scalar("left empty", "", None),
    Scalar("a whole number", "-3", -3),
    Scalar("a fraction", ".5", 0.5),
    Scalar("an exponent", "1e3", 1000.0),
    Scalar("a quoted number", "'12'", "12"),
    Scalar("a version", "1.2.3", "1.2.3"),
]


@pytest.mark.parametrize("case", SCALARS, ids=lambda case: case.id)
def test_scalars_mean_what_a_person_reads(case):
    value = read_document(f"a: {case.text}").data["a"]
    assert (type(value), value) == (type(case.value), case.value)


def test_names_are_always_text():
    assert read_document("{1: a, on: b, null: c}").data == {"1": "a", "on": "b", "null": "c"}


def test_anchors_and_merges_work_and_own_settings_win():
    document = read_document("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n")
    assert document.problems == []
    assert document.data["b"] == {"x": 1, "y": 3}
    assert document.data["c"] == {"x": 1, "y": 2}
    assert document.values["b", "y"] == Place(2, 16)


@dataclass(frozen=True)
class Bad:
    id: str
    text: str
    message: str
    place: Place | None


BAD = [
    Bad("twice", "a: 1\nb: 2\na: 3", "`a` stands here twice", Place(3, 1)),
    Bad("twice inside", "t: {x: {m: 1, m: 2}}", "`m` stands here twice", Place(1, 15)),
    Bad("itself", "a: &a [*a]", "an anchor holds itself", Place(1, 4)),
    Bad("itself merged", "a: &a {<<: *a}", "an anchor holds itself", Place(1, 4)),
    Bad("tag", "a: !env X", "the tag `!env` means nothing here", Place(1, 4)),
    Bad("list as name", "? [a]\n: 1", "a name must be plain text", Place(1, 3)),
    Bad("list", "- a", "the file must be a mapping, like `targets: …`", Place(1, 1)),
    Bad("colon", "a: b: c", "not YAML: mapping values are not allowed here", Place(1, 5)),
    Bad("unknown anchor", "a: *b", "not YAML: found undefined alias 'b'", Place(1, 4)),
    Bad(
        "two documents",
        "a: 1\n---\nb: 1",
        "not YAML: expected a single document in the stream, but found another document",
        Place(2, 1),
    ),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.id)
def test_what_cannot_be_read_is_told_with_its_place(case):
    document = read_document(case.text)
    assert [(p.message, document.place(p)) for p in document.problems] == [
        (case.message, case.place)
    ]


def test_a_control_character_is_a_problem_and_not_a_crash():
    problems = read_document("a: \x01").problems
    assert len(problems) == 1
    assert problems[0].message.startswith("not YAML: unacceptable character")


def test_an_empty_file_has_no_data_and_no_problem():
    document = read_document("# nothing yet\n")
    assert (document.data, document.problems) == ({}, [])


@given(st.text(max_size=60))
def test_any_text_gives_data_or_problems_and_never_both(text):
    document = read_document(text)
    assert not (document.data and document.problems)
