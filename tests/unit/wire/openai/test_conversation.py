"""Chats for backends of another dialect: nothing is lost, what has no word is refused."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from headgate.core.chat import (
    AudioPart,
    ChatRequest,
    ImagePart,
    Message,
    OtherPart,
    OutputFormat,
    TextPart,
    Thought,
    Tool,
    ToolCall,
    ToolChoice,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.openai.conversation import conversation
from headgate.wire.openai.requests import decode_request
from support.request_shapes import CALL, SCHEMA, STRICT_TOOL, TOOL, user


def translated(**fields: Any) -> ChatRequest:
    body = json.dumps({"model": "m", "messages": user(), **fields}).encode()
    return conversation(decode_request("chat", body))


def only_message(**members: Any) -> Message:
    return translated(messages=[members]).messages[0]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"role": "user", "content": "a"}, Message(role="user", parts=(TextPart("a"),))),
        ({"role": "system", "content": ""}, Message(role="system")),
        ({"role": "developer", "content": None}, Message(role="developer")),
        (
            {"role": "user", "content": [{"type": "text", "text": "a"}], "name": "jane"},
            Message(role="user", parts=(TextPart("a"),), name="jane"),
        ),
        (
            {"role": "assistant", "tool_calls": [CALL], "reasoning_content": "hm"},
            Message(
                role="assistant",
                tool_calls=(ToolCall("call_1", "get_weather", '{"city":"Paris","unit":"c"}'),),
                thoughts=(Thought("hm"),),
            ),
        ),
        (
            {"role": "assistant", "content": None, "refusal": "No."},
            Message(role="assistant", parts=(TextPart("No."),)),
        ),
        (
            {"role": "tool", "tool_call_id": "call_1", "content": "21"},
            Message(role="tool", tool_call_id="call_1", parts=(TextPart("21"),)),
        ),
    ],
)
def test_messages_keep_what_they_say(members, message):
    assert only_message(**members) == message


@pytest.mark.parametrize(
    ("part", "meant"),
    [
        (
            {"type": "image_url", "image_url": {"url": "https://x.org/a.png", "detail": "low"}},
            ImagePart(url="https://x.org/a.png", detail="low"),
        ),
        ({"type": "image_url", "image_url": "https://x.org/a"}, ImagePart(url="https://x.org/a")),
        (
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}},
            ImagePart(data="iVBO", media_type="image/png"),
        ),
        (
            {"type": "image_url", "image_url": {"url": "data:image/png;charset=x;base64,iVBO"}},
            ImagePart(data="iVBO", media_type="image/png"),
        ),
        (
            {"type": "image_url", "image_url": {"url": "data:text/plain,abc"}},
            ImagePart(url="data:text/plain,abc"),
        ),
        ({"type": "refusal", "refusal": "No."}, TextPart("No.")),
        (
            {"type": "input_audio", "input_audio": {"data": "A", "format": "wav"}},
            AudioPart("A", "wav"),
        ),
        ({"type": "image_url"}, OtherPart("image_url")),
    ],
)
def test_parts_keep_their_kind(part, meant):
    assert only_message(role="user", content=[part]).parts == (meant,)


def test_every_parameter_has_its_place():
    request = translated(
        tools=[TOOL, STRICT_TOOL],
        tool_choice="required",
        parallel_tool_calls=False,
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "v", "schema": SCHEMA, "strict": True},
        },
        max_completion_tokens=5,
        temperature=0,
        top_p=0.5,
        stop="END",
        seed=7,
        frequency_penalty=0.1,
        presence_penalty=-0.1,
        logprobs=True,
        top_logprobs=2,
        reasoning_effort="low",
        n=2,
        stream=True,
        stream_options={"include_usage": True},
    )
    function = TOOL["function"]
    tool = Tool(
        name=function["name"],
        description=function["description"],
        parameters=function["parameters"],
    )
    assert request == ChatRequest(
        messages=(Message(role="user", parts=(TextPart("Hello"),)),),
        tools=(tool, replace(tool, strict=True)),
        tool_choice=ToolChoice("required"),
        parallel_tool_calls=False,
        output_format=OutputFormat(kind="schema", schema=SCHEMA, name="v", strict=True),
        max_output_tokens=5,
        temperature=0.0,
        top_p=0.5,
        stop=("END",),
        seed=7,
        frequency_penalty=0.1,
        presence_penalty=-0.1,
        logprobs=True,
        top_logprobs=2,
        reasoning_effort="low",
        choices=2,
    )


@pytest.mark.parametrize(
    ("given", "choice"),
    [
        (None, None),
        ("auto", ToolChoice("auto")),
        ("none", ToolChoice("none")),
        ({"type": "function", "function": {"name": "f"}}, ToolChoice("named", "f")),
    ],
)
def test_a_tool_choice_is_read(given, choice):
    assert translated(tool_choice=given).tool_choice == choice


def test_fields_without_a_place_are_handed_on_and_nulls_ask_for_nothing():
    request = translated(top_k=4, user="u", x={"a": [1]}, logit_bias=None)
    assert (request.top_k, request.user) == (4, "u")
    assert request.extra == {"x": {"a": [1]}}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": [{"role": "function", "content": "x", "name": "f"}]}, "messages[0].role"),
        (
            {
                "messages": [
                    *user(),
                    {"role": "assistant", "tool_calls": [{"id": "c", "type": "custom"}]},
                ]
            },
            "messages[1].tool_calls[0]",
        ),
        ({"tools": [TOOL, {"type": "custom", "custom": {"name": "x"}}]}, "tools[1]"),
        ({"tool_choice": {"type": "allowed_tools", "allowed_tools": {}}}, "tool_choice"),
        ({"tool_choice": "sometimes"}, "tool_choice"),
        ({"response_format": {"type": "grammar"}}, "response_format"),
        ({"temperature": "hot"}, "temperature"),
        ({"stop": [1]}, "stop[0]"),
        ({"messages": user([{"type": "image_url", "image_url": 5}])}, None),
    ],
)
def test_what_cannot_be_translated_is_refused_by_name(fields, param):
    with pytest.raises(InvalidRequest) as caught:
        translated(**fields)
    assert caught.value.param == (param or "messages[0].content[0].image_url")
    assert caught.value.message.startswith(caught.value.param)


def test_only_chats_are_translated():
    completion = decode_request("completion", b'{"model":"m","prompt":"a"}')
    with pytest.raises(InvalidRequest, match="not completions"):
        conversation(completion)
