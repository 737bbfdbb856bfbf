"""Chats of Cohere's clients for backends of another dialect."""

import json
from typing import Any

import pytest

from headgate.core.chat import (
    ChatRequest,
    FilePart,
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
from headgate.wire.cohere.conversation import conversation
from headgate.wire.cohere.requests import decode_request
from support.request_shapes import CALL, PIXEL, SCHEMA, TOOL, user


def translated(**fields: Any) -> ChatRequest:
    body = json.dumps({"model": "m", "messages": user(), **fields}).encode()
    return conversation(decode_request("chat", body))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"role": "user", "content": "a"}, Message(role="user", parts=(TextPart("a"),))),
        ({"role": "system", "content": ""}, Message(role="system")),
        (
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "a"},
                    {"type": "image_url", "image_url": {"url": "https://a.example/a.png"}},
                    {"type": "video"},
                ],
            },
            Message(
                role="user",
                parts=(
                    TextPart("a"),
                    ImagePart(url="https://a.example/a.png"),
                    OtherPart("video"),
                ),
            ),
        ),
        (
            {"role": "assistant", "tool_plan": "I look.", "tool_calls": [CALL]},
            Message(
                role="assistant",
                thoughts=(Thought("I look."),),
                tool_calls=(ToolCall("call_1", "get_weather", '{"city":"Paris","unit":"c"}'),),
            ),
        ),
        (
            {
                "role": "assistant",
                "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}],
            },
            Message(role="assistant", parts=(TextPart("a"),), thoughts=(Thought("hm"),)),
        ),
        (
            {"role": "tool", "tool_call_id": "call_1", "content": "11"},
            Message(role="tool", parts=(TextPart("11"),), tool_call_id="call_1"),
        ),
        (
            {
                "role": "tool",
                "tool_call_id": "call_1",
                "content": [{"type": "document", "document": {"id": "w", "data": {"celsius": 11}}}],
            },
            Message(
                role="tool",
                parts=(FilePart(text="celsius: 11", name="w"),),
                tool_call_id="call_1",
            ),
        ),
        (
            {
                "role": "tool",
                "tool_call_id": "call_1",
                "content": [{"type": "document", "document": {"data": "plain"}}],
            },
            Message(role="tool", parts=(FilePart(text="plain"),), tool_call_id="call_1"),
        ),
    ],
)
def test_a_turn_is_understood(members, message):
    assert translated(messages=[members]).messages == (message,)


def test_a_picture_may_be_inline():
    part = {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}}
    (image,) = translated(messages=user([part])).messages[0].parts
    assert isinstance(image, ImagePart)
    assert image.data is not None
    assert PIXEL.endswith(image.data)
    assert (image.url, image.media_type, image.detail) == (None, "image/png", "low")


@pytest.mark.parametrize(
    ("options", "is_cited"),
    [({}, True), ({"mode": "FAST"}, True), ({"mode": "OFF"}, False), ({"mode": "DISABLED"}, False)],
)
def test_documents_stand_before_the_last_question(options, is_cited):
    messages = [*user("One"), {"role": "assistant", "content": "Two"}, *user("Three")]
    request = translated(
        messages=messages,
        documents=["words", {"id": "d", "data": {"title": "T", "snippet": "more"}}],
        citation_options=options,
    )
    assert request.messages[0].parts == (TextPart("One"),)
    assert request.messages[-1].parts == (
        FilePart(text="words", wants_citations=is_cited),
        FilePart(text="more", name="T", wants_citations=is_cited),
        TextPart("Three"),
    )
    assert request.extra == {}


def test_settings_have_our_names():
    request = translated(
        max_tokens=9,
        temperature=0.5,
        p=0.9,
        k=40,
        stop_sequences=["END"],
        seed=7,
        frequency_penalty=0.1,
        presence_penalty=0.2,
        response_format={"type": "json_object", "json_schema": SCHEMA},
        tools=[TOOL],
        strict_tools=True,
        tool_choice="REQUIRED",
    )
    function = TOOL["function"]
    assert request == ChatRequest(
        messages=(Message(role="user", parts=(TextPart("Hello"),)),),
        tools=(
            Tool(
                name="get_weather",
                description=function["description"],
                parameters=function["parameters"],
                strict=True,
            ),
        ),
        tool_choice=ToolChoice("required"),
        output_format=OutputFormat(kind="schema", schema=SCHEMA),
        max_output_tokens=9,
        temperature=0.5,
        top_p=0.9,
        top_k=40,
        stop=("END",),
        seed=7,
        frequency_penalty=0.1,
        presence_penalty=0.2,
    )


@pytest.mark.parametrize(
    ("thinking", "effort", "tokens"),
    [
        (None, None, None),
        ({"type": "disabled"}, "none", None),
        ({"type": "enabled"}, "high", None),
        ({"type": "enabled", "token_budget": 500}, None, 500),
        ({"type": "disabled", "token_budget": 500}, "none", None),
    ],
)
def test_thinking_is_an_effort_or_a_budget(thinking, effort, tokens):
    request = translated(thinking=thinking)
    assert (request.reasoning_effort, request.thinking_tokens) == (effort, tokens)


def test_no_limit_of_k_is_none():
    assert translated(k=0).top_k is None


@pytest.mark.parametrize(
    ("fields", "extra"),
    [
        ({"safety_mode": "CONTEXTUAL"}, {}),
        ({"safety_mode": "OFF"}, {}),
        ({"safety_mode": "STRICT"}, {"safety_mode": "STRICT"}),
        ({"logprobs": True}, {"logprobs": True}),
        ({"priority": 3, "x_new": None}, {"priority": 3}),
    ],
)
def test_what_has_no_place_is_kept_to_be_accounted_for(fields, extra):
    assert translated(**fields).extra == extra


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": [{"role": "chatbot", "content": "a"}]}, "messages[0].role"),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"id": "1"}]}]},
            "messages[0].tool_calls[0]",
        ),
        ({"tools": [{"type": "web_search"}]}, "tools[0]"),
        ({"tool_choice": "AUTO"}, "tool_choice"),
        ({"response_format": {"type": "grammar"}}, "response_format"),
        ({"messages": [{"role": "system", "content": "a"}], "documents": ["a"]}, "documents"),
        ({"stop_sequences": "END"}, "stop_sequences"),
    ],
)
def test_what_only_cohere_can_be_told_is_named(fields, param):
    with pytest.raises(InvalidRequest) as caught:
        translated(**fields)
    assert caught.value.param == param


def test_a_field_that_nobody_has_read_yet_may_be_no_json():
    body = b'{"model":"m","messages":[{"role":"user","content":"a"}],"x_new":1e999}'
    with pytest.raises(InvalidRequest) as caught:
        conversation(decode_request("chat", body))
    assert caught.value.param == "x_new"
