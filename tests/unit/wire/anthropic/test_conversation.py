"""A client's chat, in no dialect in particular."""

import json
from typing import Any

import pytest

from headgate.core.chat import (
    ChatRequest,
    ImagePart,
    Message,
    OtherPart,
    TextPart,
    Thought,
    Tool,
    ToolCall,
    ToolChoice,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.anthropic.conversation import conversation
from headgate.wire.anthropic.requests import decode_request

HI = [{"role": "user", "content": "Hi"}]
SCHEMA = {"type": "object", "properties": {}}


def read(**body: Any) -> ChatRequest:
    asked = {"model": "m", "max_tokens": 9, "messages": HI, **body}
    return conversation(decode_request("chat", json.dumps(asked).encode()))


def said(*messages: Any, **body: Any) -> tuple[Message, ...]:
    return read(messages=messages, **body).messages


def test_instructions_come_first() -> None:
    assert said(*HI, system="Be brief.") == (
        Message(role="system", parts=(TextPart("Be brief."),)),
        Message(role="user", parts=(TextPart("Hi"),)),
    )
    blocks = [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]
    assert said(*HI, system=blocks)[0].parts == (TextPart("a", "1h"),)
    late = said(*HI, {"role": "system", "content": "Now in French."})
    assert late[1] == Message(role="system", parts=(TextPart("Now in French."),))


def test_a_turn_of_the_assistant_is_thoughts_words_and_calls() -> None:
    (turn,) = said(
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "a", "signature": "s"},
                {"type": "redacted_thinking", "data": "x"},
                {"type": "text", "text": "b", "citations": [{"type": "char_location"}]},
                {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
                {"type": "tool_use", "id": "t", "name": "f", "input": {"c": 1}},
            ],
        }
    )
    assert turn == Message(
        role="assistant",
        parts=(TextPart("b"), OtherPart("server_tool_use")),
        thoughts=(Thought("a", "s"), Thought(sealed="x")),
        tool_calls=(ToolCall("t", "f", '{"c": 1}'),),
    )


def test_results_of_tools_are_turns_of_their_own() -> None:
    image = {"type": "image", "source": {"type": "url", "url": "u"}}
    results = [
        {"type": "tool_result", "tool_use_id": "t", "content": "11"},
        {
            "type": "tool_result",
            "tool_use_id": "v",
            "content": [{"type": "text", "text": "no"}, image],
            "is_error": True,
            "cache_control": {"type": "ephemeral"},
        },
        {"type": "tool_result", "tool_use_id": "w", "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "And?"},
    ]
    assert said({"role": "user", "content": results}) == (
        Message(role="tool", parts=(TextPart("11"),), tool_call_id="t"),
        Message(
            role="tool",
            parts=(TextPart("no"), ImagePart(url="u", cache="5m")),
            tool_call_id="v",
            is_error=True,
        ),
        Message(role="tool", parts=(TextPart("", "5m"),), tool_call_id="w"),
        Message(role="user", parts=(TextPart("And?"),)),
    )


def test_what_is_said_before_a_result_stays_before_it() -> None:
    content = [{"type": "text", "text": "a"}, {"type": "tool_result", "tool_use_id": "t"}]
    assert [turn.role for turn in said({"role": "user", "content": content})] == ["user", "tool"]
    assert said({"role": "user", "content": []}) == (Message(role="user"),)


def test_settings_have_their_places() -> None:
    request = read(
        temperature=0.5,
        top_p=0.9,
        top_k=5,
        stop_sequences=["END"],
        metadata={"user_id": "u"},
        tools=[{"name": "f", "input_schema": SCHEMA, "description": "d", "strict": True}],
        tool_choice={"type": "tool", "name": "f", "disable_parallel_tool_use": True},
        output_config={"effort": "xhigh"},
    )
    assert (request.temperature, request.top_p, request.top_k) == (0.5, 0.9, 5)
    assert (request.stop, request.user, request.max_output_tokens) == (("END",), "u", 9)
    assert request.tools == (Tool(name="f", description="d", parameters=SCHEMA, strict=True),)
    assert request.tool_choice == ToolChoice("named", "f")
    assert request.parallel_tool_calls is False
    assert request.reasoning_effort == "xhigh"
    assert request.extra == {}


def test_examples_of_a_tools_input_are_told_in_its_description() -> None:
    examples = {"name": "f", "input_schema": SCHEMA, "input_examples": [{"a": 1}, {"a": 2}]}
    (tool,) = read(tools=[{**examples, "description": "d"}]).tools
    assert tool.description == 'd\n\nExamples of its input:\n{"a":1}\n{"a":2}'
    (tool,) = read(tools=[examples]).tools
    assert tool.description == 'Examples of its input:\n{"a":1}\n{"a":2}'


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (None, (None, None)),
        ({"type": "auto"}, (ToolChoice("auto"), None)),
        ({"type": "none"}, (ToolChoice("none"), None)),
        ({"type": "any", "disable_parallel_tool_use": False}, (ToolChoice("required"), True)),
    ],
)
def test_choices_of_tools(given: Any, meant: Any) -> None:
    request = read(tool_choice=given)
    assert (request.tool_choice, request.parallel_tool_calls) == meant


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ({}, (None, None)),
        ({"thinking": {"type": "enabled", "budget_tokens": 2048}}, (None, 2048)),
        ({"thinking": {"type": "adaptive"}}, (None, None)),
        ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}, ("low", None)),
        ({"thinking": {"type": "disabled"}, "output_config": {"effort": "low"}}, ("none", None)),
        ({"thinking": {"type": "between_tools"}}, ("none", None)),
    ],
)
def test_how_much_to_think(body: Any, meant: Any) -> None:
    request = read(**body)
    assert (request.reasoning_effort, request.thinking_tokens) == meant


def test_a_breakpoint_for_the_whole_request_is_one_at_its_end() -> None:
    request = read(cache_control={"type": "ephemeral", "ttl": "1h"})
    assert request.messages[-1].parts == (TextPart("Hi", "1h"),)


def test_what_has_no_place_is_kept_for_the_encoder_to_account_for() -> None:
    request = read(
        container=None,
        service_tier="auto",
        inference_geo="us",
        output_config={"effort": "low", "task_budget": {"type": "tokens", "total": 9}},
    )
    assert request.extra == {
        "service_tier": "auto",
        "inference_geo": "us",
        "output_config": {"task_budget": {"type": "tokens", "total": 9}},
    }


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"tools": [{"type": "bash_20250124", "name": "bash"}]}, r"tools\[0\]: a `bash_20250124`"),
        ({"messages": [{"role": "tool", "content": "a"}]}, r"messages\[0\].role: expected"),
        ({"tool_choice": {"type": "some"}}, "tool_choice.type: expected"),
        ({"temperature": "hot"}, "temperature: expected a number"),
    ],
)
def test_what_only_this_api_can_say_or_nobody_is_refused_by_name(body: Any, complaint: str) -> None:
    with pytest.raises(InvalidRequest, match=complaint):
        read(**body)


def test_a_count_is_no_chat() -> None:
    body = json.dumps({"model": "m", "messages": HI}).encode()
    with pytest.raises(InvalidRequest, match="only chats"):
        conversation(decode_request("count_tokens", body))
