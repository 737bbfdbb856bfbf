"""A conversation as Gemini takes it: of its SDK's types, whatever is asked."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.chat import ChatRequest, Message, OutputFormat, TextPart, Tool, ToolChoice
from headgate.core.errors import InvalidRequest
from headgate.wire.gemini.encode import encode_request
from headgate.wire.losses import Losses
from support.conversations import conversations
from support.gemini_shapes import checked

HI = (Message(role="user", parts=(TextPart("Hi"),)),)
CONTENTS = [{"role": "user", "parts": [{"text": "Hi"}]}]
TOOL = Tool(name="f", parameters={"type": "object"})
MODEL = "gemini-3.8-flash"


def encoded(
    options: Any = None, losses: Losses | None = None, *, stream: bool = False, **asked: Any
) -> Any:
    return encode_request(
        ChatRequest(messages=HI, **asked),
        model=MODEL,
        stream=stream,
        options=options or {},
        losses=losses or Losses(),
    )


@settings(deadline=None, derandomize=True, max_examples=300)
@given(conversations(), st.sampled_from([MODEL, "gemini-2.5-flash"]), st.booleans())
def test_any_conversation_is_refused_or_of_the_types_of_the_sdk(request, model, may_drop):
    losses = Losses(may_drop=may_drop, may_clamp=may_drop)
    try:
        members = encode_request(request, model=model, stream=True, options={}, losses=losses)
    except InvalidRequest:
        return
    checked(members)


def test_a_bare_question_is_bare() -> None:
    assert encoded() == {"contents": CONTENTS}


def test_numbers_have_their_own_names() -> None:
    assert encoded(
        max_output_tokens=9,
        temperature=0.0,
        top_p=0.5,
        top_k=3,
        stop=("a", "b"),
        seed=0,
        frequency_penalty=-1.0,
        presence_penalty=1.0,
        choices=3,
    )["generationConfig"] == {
        "candidateCount": 3,
        "maxOutputTokens": 9,
        "temperature": 0.0,
        "topP": 0.5,
        "topK": 3,
        "stopSequences": ["a", "b"],
        "seed": 0,
        "frequencyPenalty": -1.0,
        "presencePenalty": 1.0,
    }


def test_options_fill_in_what_is_left_open() -> None:
    options = {
        "temperature": 0.25,
        "topK": 5,
        "generationConfig": {"topK": 4, "seed": 1},
        "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}],
        "tools": [{"googleSearch": {}}],
        "taskType": "CLUSTERING",
    }
    members = encoded(options, temperature=1.0, tools=(TOOL,))
    assert members["generationConfig"] == {"topK": 5, "seed": 1, "temperature": 1.0}
    assert members["safetySettings"] == options["safetySettings"]
    assert [next(iter(tool)) for tool in members["tools"]] == [
        "functionDeclarations",
        "googleSearch",
    ]
    checked(members)
    odd = encoded({"generationConfig": 7, "tools": "x"})
    assert odd == {"contents": CONTENTS}


def test_formats() -> None:
    schema = {"type": "object"}
    shape = OutputFormat(kind="schema", schema=schema, name="n", strict=True)
    mime = {"responseMimeType": "application/json"}
    asked = encoded(output_format=shape)["generationConfig"]
    assert asked == {**mime, "responseJsonSchema": schema}
    assert encoded(output_format=OutputFormat(kind="json"))["generationConfig"] == mime
    assert "generationConfig" not in encoded(output_format=OutputFormat(kind="text"))


def test_tools_keep_their_schema_as_it_is() -> None:
    tools = (Tool(name="f", description="d", parameters={"$defs": {}}), Tool(name="g"))
    assert encoded(tools=tools)["tools"] == [
        {
            "functionDeclarations": [
                {"name": "f", "description": "d", "parametersJsonSchema": {"$defs": {}}},
                {"name": "g"},
            ]
        }
    ]


def test_a_choice_without_tools_says_nothing_and_of_no_tool_is_refused() -> None:
    assert encoded(tool_choice=ToolChoice("required")) == {"contents": CONTENTS}
    with pytest.raises(InvalidRequest, match="no tool is called `g`"):
        encoded(tools=(TOOL,), tool_choice=ToolChoice("named", "g"))


UNSAYABLE: dict[str, dict[str, Any]] = {
    "parallel_tool_calls": {"tools": (TOOL,), "parallel_tool_calls": False},
    "n": {"choices": 9},
    "logprobs": {"top_logprobs": 2},
    "stop": {"stop": tuple("abcdef")},
    "seed": {"seed": 2**31},
    "logit_bias": {"extra": {"logit_bias": {"1": 1}}},
    "temperature": {"temperature": 2.5},
    "frequency_penalty": {"frequency_penalty": -3.0},
}


@pytest.mark.parametrize("param", UNSAYABLE)
def test_what_has_no_word_is_refused_by_name_or_left_out(param: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        encoded(**UNSAYABLE[param])
    assert caught.value.param == param
    losses = Losses(may_drop=True, may_clamp=True)
    checked(encoded(losses=losses, **UNSAYABLE[param]))
    assert losses.names[0].startswith(param)


def test_several_answers_are_not_streamed() -> None:
    with pytest.raises(InvalidRequest, match="does not say when"):
        encoded(stream=True, choices=2)


def test_what_changes_no_answer_is_left_out() -> None:
    losses = Losses()
    extra = {"modalities": ["text"], "metadata": {"a": "b"}, "labels": {"team": "x"}}
    tool = Tool(name="f", cache="5m")
    members = encoded(losses=losses, user="u", extra=extra, tools=(tool,))
    assert losses.names == ("user", "metadata", "cache_control")
    assert members["labels"] == {"team": "x"}
