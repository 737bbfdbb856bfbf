"""A conversation put into a request, field by field; round trips are in tests/conformance."""

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
from headgate.wire.losses import Losses
from headgate.wire.responses.encode import encode_request

HI = (Message(role="user", parts=(TextPart("Hi"),)),)


def encoded(losses: Losses | None = None, **members: Any) -> dict[str, Any]:
    request = ChatRequest(**{"messages": HI, **members})
    return dict(
        encode_request(request, model="m", stream=False, options={}, losses=losses or Losses())
    )


def items(*messages: Message, losses: Losses | None = None) -> list[Any]:
    found: list[Any] = encoded(losses, messages=messages)["input"]
    return found


def test_nothing_is_left_with_the_backend_unless_the_client_says_so():
    item = {"type": "message", "role": "user", "content": "Hi"}
    assert encoded() == {"model": "m", "input": [item], "store": False}
    assert encoded(extra={"store": True})["store"] is True


def test_options_fill_in_what_is_left_open():
    request = ChatRequest(messages=HI, temperature=0.5)
    options = {"temperature": 1, "service_tier": "flex"}
    found = encode_request(request, model="m", stream=True, options=options, losses=Losses())
    assert (found["temperature"], found["service_tier"], found["stream"]) == (0.5, "flex", True)


def test_a_whole_turn():
    turn = Message(
        role="assistant",
        thoughts=(Thought("Hm"), Thought(sealed="s1"), Thought(sealed="s2")),
        parts=(TextPart("Yes"),),
        tool_calls=(ToolCall("1", "f", "{}", "gemini's own"),),
    )
    result = Message(role="tool", parts=(TextPart("x"),), tool_call_id="1")
    assert items(turn, result) == [
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "Hm"}],
            "encrypted_content": "s1",
        },
        {"type": "reasoning", "summary": [], "encrypted_content": "s2"},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Yes", "annotations": []}],
        },
        {"type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "1", "output": "x"},
    ]


@pytest.mark.parametrize(
    "thoughts", [(Thought("a"),), (Thought("a", "sig"),), (Thought("a"), Thought("b", "sig"))]
)
def test_thoughts_of_other_providers_cannot_be_sent_and_are_named(thoughts):
    losses = Losses()
    turn = Message(role="assistant", thoughts=thoughts, parts=(TextPart("Yes"),))
    assert [item["type"] for item in items(*HI, turn, losses=losses)] == ["message"] * 2
    assert losses.names == ("messages[1].thoughts",)


def test_sealed_thoughts_are_asked_for_where_the_model_thinks():
    assert "include" not in encoded()
    assert "include" not in encoded(reasoning_effort="none")
    wanted = ["reasoning.encrypted_content"]
    assert encoded(reasoning_effort="low")["include"] == wanted
    assert encoded(thinking_tokens=9000)["reasoning"] == {"effort": "high"}
    assert encoded(thinking_tokens=1024)["reasoning"] == {"effort": "low"}
    turn = Message(role="assistant", thoughts=(Thought(sealed="s"),))
    assert encoded(messages=(*HI, turn))["include"] == wanted


def test_a_tool_is_strict_only_where_it_is_said():
    tools = (Tool(name="a", parameters={"type": "object"}), Tool(name="b", strict=True))
    choice = ToolChoice("named", "b")
    found = encoded(tools=tools, tool_choice=choice, parallel_tool_calls=False)
    assert found["tools"] == [
        {"type": "function", "name": "a", "parameters": {"type": "object"}, "strict": False},
        {"type": "function", "name": "b", "parameters": {}, "strict": True},
    ]
    assert found["tool_choice"] == {"type": "function", "name": "b"}
    assert found["parallel_tool_calls"] is False
    assert encoded(tools=tools, tool_choice=ToolChoice("required"))["tool_choice"] == "required"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (OutputFormat(kind="text"), {"type": "text"}),
        (OutputFormat(kind="json"), {"type": "json_object"}),
        (
            OutputFormat(kind="schema", schema={"a": 1}, strict=True),
            {"type": "json_schema", "name": "answer", "schema": {"a": 1}, "strict": True},
        ),
    ],
)
def test_the_shape_of_the_answer(wanted, found):
    assert encoded(output_format=wanted)["text"] == {"format": found}
    both = encoded(output_format=wanted, extra={"verbosity": "low"})["text"]
    assert both == {"verbosity": "low", "format": found}


def test_files_and_pictures():
    parts = (
        ImagePart(url="https://a.example/a.png", detail="low"),
        ImagePart(data="AA=="),
        FilePart(data="AA==", name="a.pdf"),
        FilePart(url="https://a.example/a.pdf"),
        FilePart(file_id="file-1"),
        FilePart(text="words", name="notes"),
    )
    (item,) = items(Message(role="user", parts=parts))
    picture = {"type": "input_image"}
    assert item["content"] == [
        {**picture, "image_url": "https://a.example/a.png", "detail": "low"},
        {**picture, "image_url": "data:image/png;base64,AA==", "detail": "auto"},
        {
            "type": "input_file",
            "filename": "a.pdf",
            "file_data": "data:application/pdf;base64,AA==",
        },
        {"type": "input_file", "file_url": "https://a.example/a.pdf"},
        {"type": "input_file", "file_id": "file-1"},
        {"type": "input_text", "text": "notes\n\nwords"},
    ]


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"stop": ("x",)}, "stop"),
        ({"seed": 1}, "seed"),
        ({"top_k": 5}, "top_k"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"presence_penalty": 0.5}, "presence_penalty"),
        ({"logprobs": True}, "logprobs"),
        ({"choices": 2}, "n"),
        ({"extra": {"logit_bias": {"1": 2}}}, "logit_bias"),
        (
            {"messages": (Message(role="user", parts=(OtherPart("video"),)),)},
            "messages[0].content[0]",
        ),
        (
            {"messages": (Message(role="assistant", parts=(ImagePart(data="AA=="),)),)},
            "messages[0].content[0]",
        ),
        ({"messages": (Message(role="user", name="ada"),)}, "messages[0].name"),
    ],
)
def test_what_has_no_word_is_refused_by_name_or_named_when_it_may_be_dropped(members, param):
    with pytest.raises(InvalidRequest) as caught:
        encoded(**members)
    assert caught.value.param == param
    losses = Losses(may_drop=True)
    encoded(losses, **members)
    assert losses.names == (param,)


def test_penalties_of_nothing_are_nothing():
    assert encoded(frequency_penalty=0, presence_penalty=0, logprobs=False) == encoded()
