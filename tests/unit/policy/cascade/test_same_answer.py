"""Laws of "same answer": reflexive, symmetric, blind to form, and never sure without reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.chat import OutputFormat
from headgate.core.stream import Answer, Choice, ToolCallMade
from headgate.policy.cascade.same_answer import AnswerKey, answer_key, are_same, text_key

JSON = OutputFormat(kind="json")

texts = st.text(max_size=60) | st.sampled_from(
    ["18", "$18", "18 km", "18 m", "(B)", "B) Paris", "{}", "[1, 2]", "Well. It depends. Yes."]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def said(text: str) -> Answer:
    return Answer(choices=(Choice(text=text),))


def called(*calls: tuple[str, str]) -> Answer:
    made = tuple(ToolCallMade(str(number), *call) for number, call in enumerate(calls))
    return Answer(choices=(Choice(tool_calls=made),))


def same(one: str, other: str) -> bool | None:
    return are_same(text_key(one), text_key(other))


@given(texts)
def test_an_answer_is_the_same_as_itself_unless_it_is_empty(text):
    assert same(text, text) is (True if text_key(text) else None)


@given(texts, texts)
def test_it_does_not_matter_which_comes_first(one, other):
    assert same(one, other) is same(other, one)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_numbers_are_the_same_exactly_when_they_are_equal(one, other):
    for form in ("{}", "{}.0", "{} dollars", "The answer is {}.", "\\boxed{{{}}}", "**{}**"):
        assert same(str(one), form.format(one)) is True
        assert same(str(one), form.format(other)) is (one == other)


@given(values)
def test_json_is_the_same_whatever_its_spacing_and_order(value):
    def shuffled(each):
        if isinstance(each, dict):
            return {key: shuffled(each[key]) for key in reversed(each)}
        return [shuffled(item) for item in each] if isinstance(each, list) else each

    one = answer_key(said(json.dumps(value)), output_format=JSON)
    other = answer_key(said(json.dumps(shuffled(value), indent=2)), output_format=JSON)
    changed = answer_key(said(json.dumps([value])), output_format=JSON)
    assert are_same(one, other) is True
    assert are_same(one, changed) is False


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("18", "$18", True),
        ("18 km", "18 m", None),
        ("18", "19", False),
        ("(B)", "The answer is B.", True),
        ("B) Paris", "B", True),
        ("B) Paris", "B) Rome", None),
        ("A", "B", False),
        ("Paris", "paris.", True),
        ("Paris", "Rome", False),
        ("[1,2]", "[1, 2.0]", True),
        ("[1]", "1", False),
        ("False", "0", False),
        ("It rains. Take a coat.", "Take a coat. It rains.", None),
        ("It rains. Take a coat.", "18", None),
        ("", "", None),
    ],
)
def test_pairs(one, other, expected):
    assert same(one, other) is expected


def test_tool_calls_are_the_same_by_name_and_arguments_in_any_order():
    one = called(("weather", '{"city": "Paris", "days": 2}'), ("now", ""))
    other = called(("now", "{}"), ("weather", '{"days":2.0,"city":"Paris"}'))
    wrong = called(("weather", '{"city": "Rome"}'))
    keys = [answer_key(each, has_tools=True) for each in (one, other, wrong, said("Paris"))]
    assert are_same(keys[0], keys[1]) is True
    assert are_same(keys[0], keys[2]) is False
    assert are_same(keys[0], keys[3]) is False


def test_arguments_that_are_no_json_are_compared_as_written():
    assert answer_key(called(("sql", "select 1")), has_tools=True) == AnswerKey(
        "tool_call", "sql select 1"
    )


def test_an_answer_without_choices_has_no_key():
    assert answer_key(Answer()) is None


def test_what_should_be_json_and_is_not_is_compared_as_text():
    assert answer_key(said("Paris"), output_format=JSON) == text_key("Paris")
