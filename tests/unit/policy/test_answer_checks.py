"""What makes an answer not good enough, and what does not."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from headgate.core.chat import OutputFormat, Thought
from headgate.core.errors import QualityProblem
from headgate.core.stream import Answer, Choice, ToolCallMade
from headgate.policy.answer_checks import LONGEST_REFUSAL, find_problem
from support.request_shapes import SCHEMA, TOOL

law = settings(deadline=None, derandomize=True)
EVERY: frozenset[QualityProblem] = frozenset(get_args(QualityProblem))
JSON = OutputFormat(kind="json")
VERDICT = OutputFormat(kind="schema", schema=SCHEMA)
TOOLS = {
    "get_weather": Raw(json.dumps(TOOL["function"]["parameters"]).encode()),
    "now": Raw(b"{}"),
    "sql": Raw(b""),
}


def problem(
    *choices: Choice,
    output_format: OutputFormat | None = None,
    tools: dict[str, Raw] | None = None,
    wanted: frozenset[QualityProblem] = EVERY,
) -> QualityProblem | None:
    error = find_problem(Answer(choices=choices), output_format, tools or {}, wanted)
    return error and error.problem


def said(text: str, **more: Any) -> Choice:
    return Choice(text=text, **{"finish_reason": "stop", **more})


def called(name: str, arguments: str) -> Choice:
    return Choice(tool_calls=(ToolCallMade("c", name, arguments),), finish_reason="tool_calls")


@pytest.mark.parametrize(
    "choice",
    [said("Hello."), said("0"), said("{}"), said("", refusal="No.", finish_reason="stop")],
)
def test_an_answer_that_says_something_is_not_empty(choice):
    assert problem(choice, wanted=frozenset({"empty"})) is None


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (said(""), "empty"),
        (said(" \n\t"), "empty"),
        (said("", thoughts=(Thought("I think so."),)), "empty"),
        (said("Hello"), None),
        (said("Hel", finish_reason="length"), "truncated"),
        (said("", finish_reason="length"), "truncated"),
        (said("Hel", finish_reason="content_filter"), "refusal"),
        (said("", refusal="I can't."), "refusal"),
        (said("Stuck. " * 80), "repetition"),
        (said("", thoughts=(Thought("Stuck. " * 80),), finish_reason="length"), "truncated"),
    ],
)
def test_each_problem_is_found_by_its_name(choice, found):
    assert problem(choice) == found


def test_only_what_is_wanted_is_looked_for():
    choice = said("", finish_reason="length")
    assert problem(choice, wanted=frozenset()) is None
    assert problem(choice, wanted=frozenset({"empty"})) == "empty"
    assert problem(choice, wanted=frozenset({"refusal", "repetition"})) is None


def test_every_choice_is_looked_at_and_none_is_no_answer_to_judge():
    assert problem(said("a"), said("")) == "empty"
    assert problem() is None


REFUSALS = [
    "I'm sorry, but I can't assist with that request.",
    "I’m sorry, but I can’t help with that.",
    "I cannot comply with this request.",
    "Sorry, I can't provide that information.",
    "I'm unable to help with creating malware.",
    "I am not able to assist you with that.",
    "As an AI language model, I cannot provide instructions for this.",
    "**I'm sorry, but I can't do that.**",
    "I won't engage in that.",
    "I'm really sorry, I cannot create such content.",
    "I apologize, but I can't continue with this conversation.",
    "I must respectfully decline to assist with this.",
    "I can't help you.",
]
NO_REFUSALS = [
    "I can't help but notice the bug on line 3.",
    "Sorry for the confusion! Here is the fix.",
    "I cannot find the file you mention; could you paste it?",
    "As an AI, I don't have feelings, but here is a poem.",
    "I'm sorry to hear that. You can try a restart.",
    "I'm sorry, but I cannot find X in the text.",
    "I'm sorry, I can't recall the exact date, but it was in 1969.",
    "You can't help everyone.",
    "I can help with that.",
    "I can't help you lift it, but a jack would.",
    "No.",
    '"I cannot" is a sentence with two words.',
    "The customer wrote: I'm sorry, but I can't assist with that.",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_recognised_by_how_it_begins(text):
    assert problem(said(text)) == "refusal"


@pytest.mark.parametrize("text", NO_REFUSALS)
def test_an_answer_that_only_sounds_like_a_refusal_passes(text):
    assert problem(said(text)) is None


def test_a_long_answer_is_no_refusal_whatever_its_first_words():
    text = REFUSALS[0] + " What I can do is explain how such systems are defended. "
    assert problem(said(text.ljust(LONGEST_REFUSAL + 1, "."))) is None


@pytest.mark.parametrize(
    ("text", "output_format", "found"),
    [
        ("{}", JSON, None),
        (' {"a": [1]} ', JSON, None),
        ("[1]", JSON, "invalid_json"),
        ('"text"', JSON, "invalid_json"),
        ("Sure: {}", JSON, "invalid_json"),
        ("```json\n{}\n```", JSON, "invalid_json"),
        ('{"a":', JSON, "invalid_json"),
        ('{"a": "\ud83d"}', JSON, "invalid_json"),
        ("[" * 100_000, JSON, "invalid_json"),
        ('{"answer":"yes","sure":true}', VERDICT, None),
        ('{"answer":"maybe","sure":true}', VERDICT, "invalid_json"),
        ('{"answer":"yes"}', VERDICT, "invalid_json"),
        ("plain", OutputFormat(kind="text"), None),
        ("plain", None, None),
    ],
)
def test_json_that_was_asked_for_must_be_json(text, output_format, found):
    assert problem(said(text), output_format=output_format) == found


def test_a_call_or_a_refusal_instead_of_json_is_no_bad_json():
    wanted: frozenset[QualityProblem] = frozenset({"invalid_json"})
    for choice in (called("now", "{}"), said("", refusal="No.")):
        assert problem(choice, output_format=VERDICT, wanted=wanted) is None


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (called("get_weather", '{"city":"Paris","unit":"c"}'), None),
        (called("get_weather", '{"city":"Rome","unit":"c"}'), "invalid_tool_call"),
        (called("get_weather", '{"city":"Paris"}'), "invalid_tool_call"),
        (called("get_weather", '{"city":'), "invalid_tool_call"),
        (called("get_weather", "null"), "invalid_tool_call"),
        (called("get_weather", ""), "invalid_tool_call"),
        (called("now", ""), None),
        (called("now", "{}"), None),
        (called("sql", "SELECT 1"), None),
        (called("make_coffee", "{}"), "invalid_tool_call"),
        (called("", "{}"), "invalid_tool_call"),
    ],
)
def test_calls_must_suit_the_tools_that_were_offered(choice, found):
    assert problem(choice, tools=TOOLS) == found


def test_a_schema_that_is_null_asks_for_nothing():
    assert problem(called("f", '{"a":1}'), tools={"f": Raw(b"null")}) is None


def test_the_sentence_quotes_nothing_of_the_answer():
    secret = "123-45-6789"
    for choice in (
        called("get_weather", json.dumps({"city": secret, "unit": "c", secret: secret})),
        called(secret, "{}"),
        called("get_weather", secret),
        said(json.dumps({"answer": secret})),
        said(secret),
    ):
        answer = Answer(choices=(choice,))
        error = find_problem(answer, VERDICT, TOOLS, EVERY)
        assert error is not None
        assert secret not in str(error)


choices = st.builds(
    Choice,
    text=st.text() | st.sampled_from(REFUSALS),
    refusal=st.text(max_size=3),
    tool_calls=st.lists(
        st.builds(ToolCallMade, st.just("c"), st.sampled_from([*TOOLS, "x"]), st.text())
    ).map(tuple),
    finish_reason=st.none() | st.sampled_from(["stop", "length", "content_filter"]),
)


@law
@given(st.lists(choices, max_size=3), st.sampled_from([None, JSON, VERDICT]))
def test_any_answer_can_be_judged(given_choices, output_format):
    found = problem(*given_choices, output_format=output_format, tools=TOOLS)
    assert found is None or found in EVERY


def test_the_script_of_an_answer_is_held_against_the_question_where_it_has_no_shape():
    answer = Answer(choices=(said("Вода кипит при ста градусах Цельсия на уровне моря"),))
    question = "At what temperature does water boil?"
    found = find_problem(answer, None, {}, EVERY, question=question)
    assert found is not None
    assert found.problem == "wrong_language"
    assert find_problem(answer, None, {}, EVERY) is None
    assert find_problem(answer, None, {}, EVERY - {"wrong_language"}, question=question) is None
    shaped = Answer(choices=(said('{"город": "Вода кипит при ста градусах Цельсия"}'),))
    assert find_problem(shaped, JSON, {}, EVERY, question=question) is None
