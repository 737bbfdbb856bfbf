"""Items gathered into a conversation that any API can say."""

import json
from typing import Any

import pytest

from headgate.core.chat import (
    AudioPart,
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    TextPart,
    Thought,
    ToolCall,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.responses.conversation import conversation
from headgate.wire.responses.foreign import marked
from headgate.wire.responses.requests import decode_request


def chat(given: Any = "Hi", **more: Any) -> ChatRequest:
    body = json.dumps({"model": "m", "input": given, **more}).encode()
    return conversation(decode_request("chat", body))


def thought(text: str = "", encrypted: str | None = None) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": text}] if text else []
    return {"type": "reasoning", "id": "rs", "summary": summary, "encrypted_content": encrypted}


def call(identity: str) -> dict[str, Any]:
    return {"type": "function_call", "call_id": identity, "name": "f", "arguments": "{}"}


def result(identity: str, output: Any = "x") -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": identity, "output": output}


def answer(text: str) -> dict[str, Any]:
    parts = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": "m", "role": "assistant", "status": "x", "content": parts}


def test_instructions_come_first():
    assert chat("Hi", instructions="Be kind.").messages == (
        Message(role="system", parts=(TextPart("Be kind."),)),
        Message(role="user", parts=(TextPart("Hi"),)),
    )


def test_what_the_model_said_in_one_turn_is_one_message():
    items = [
        {"role": "user", "content": "Q"},
        thought("Hm", marked("sealed", "x")),
        answer("I will look."),
        call("1"),
        call("2"),
        result("1"),
        result("2"),
        thought("Now", marked("signature", "sig")),
        answer("Done."),
    ]
    assert chat(items).messages == (
        Message(role="user", parts=(TextPart("Q"),)),
        Message(
            role="assistant",
            thoughts=(Thought("Hm"), Thought(sealed="x")),
            parts=(TextPart("I will look."),),
            tool_calls=(ToolCall("1", "f", "{}"), ToolCall("2", "f", "{}")),
        ),
        Message(role="tool", parts=(TextPart("x"),), tool_call_id="1"),
        Message(role="tool", parts=(TextPart("x"),), tool_call_id="2"),
        Message(role="assistant", thoughts=(Thought("Now", "sig"),), parts=(TextPart("Done."),)),
    )


def test_calls_stay_together_though_the_model_thought_between_them():
    # A chat's results must follow the message with their calls at once.
    first, *rest = chat([thought("a"), call("1"), thought("b"), call("2"), result("1")]).messages
    assert first.thoughts == (Thought("a"), Thought("b"))
    assert [made.id for made in first.tool_calls] == ["1", "2"]
    assert [message.role for message in rest] == ["tool"]


def test_a_thought_belongs_to_what_follows_it():
    messages = chat([answer("One"), thought("b"), answer("Two")]).messages
    assert [(m.text, m.reasoning) for m in messages] == [("One", ""), ("Two", "b")]
    (lonely,) = chat([thought("a")]).messages
    assert lonely == Message(role="assistant", thoughts=(Thought("a"),))


def test_what_only_openai_can_read_is_not_sent_elsewhere():
    told, hidden = thought("Hm", "gAAAA"), thought("", "gAAAA")
    assert chat([told, hidden, answer("Yes")]).messages[0].thoughts == (Thought("Hm"),)


def test_every_kind_of_part():
    parts = [
        {"type": "input_text", "text": "a"},
        {"type": "input_image", "image_url": "https://a.example/a.png", "detail": "high"},
        {"type": "input_image", "image_url": "data:image/webp;base64,AA==", "detail": "auto"},
        {"type": "input_audio", "input_audio": {"data": "AA==", "format": "mp3"}},
        {"type": "input_file", "file_data": "data:application/pdf;base64,AA==", "filename": "a"},
        {"type": "input_file", "file_url": "https://a.example/a.pdf"},
        {"type": "input_file", "file_id": "file-1"},
        {"type": "refusal", "refusal": "No."},
        {"type": "brand_new"},
    ]
    (message,) = chat([{"role": "user", "content": parts}]).messages
    assert message.parts == (
        TextPart("a"),
        ImagePart(url="https://a.example/a.png", detail="high"),
        ImagePart(data="AA==", media_type="image/webp"),
        AudioPart("AA==", "mp3"),
        FilePart(data="AA==", media_type="application/pdf", name="a"),
        FilePart(url="https://a.example/a.pdf"),
        FilePart(file_id="file-1"),
        TextPart("No."),
        OtherPart("brand_new"),
    )


def test_a_tool_may_return_parts():
    parts = [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}]
    *_, told = chat([call("1"), result("1", parts)]).messages
    assert told.parts == (TextPart("a"), TextPart("b"))


def test_parameters_with_a_place_and_those_without():
    request = chat(
        text={"verbosity": "low"},
        reasoning={"effort": "high", "summary": "auto"},
        temperature=0.5,
        parallel_tool_calls=False,
        user="ada",
        metadata={"a": "b"},
        service_tier="flex",
        brand_new={"x": 1},
        store=True,
        include=["reasoning.encrypted_content"],
        truncation="disabled",
        stream_options={"include_obfuscation": False},
        max_tool_calls=None,
    )
    assert (request.reasoning_effort, request.temperature, request.user) == ("high", 0.5, "ada")
    assert request.parallel_tool_calls is False
    assert request.extra == {
        "metadata": {"a": "b"},
        "service_tier": "flex",
        "brand_new": {"x": 1},
        "verbosity": "low",
    }
    assert chat(truncation="auto").extra == {"truncation": "auto"}


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"previous_response_id": "r"}, "previous_response_id"),
        ({"conversation": {"id": "c"}}, "conversation"),
        ({"prompt": {"id": "p"}}, "prompt"),
        ({"top_logprobs": 1}, "top_logprobs"),
        ({"include": ["message.output_text.logprobs"]}, "include"),
        ({"text": {"format": {"type": "grammar"}}}, "text.format"),
        ({"reasoning": {"mode": "pro"}}, "reasoning.mode"),
        ({"reasoning": {"context": "all_turns"}}, "reasoning.context"),
        ({"given": [{"type": "item_reference", "id": "x"}]}, "input[0]"),
        ({"given": [{"type": "mcp_call", "id": "x"}]}, "input[0]"),
        ({"given": [{"role": "critic", "content": "x"}]}, "input[0].role"),
        ({"given": [{"type": "function_call", "call_id": "1"}]}, "input[0].name"),
        ({"given": [{"type": "function_call", "name": "f"}]}, "input[0].call_id"),
        ({"given": [{"type": "function_call_output", "output": "x"}]}, "input[0].call_id"),
        (
            {"given": [{"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}]},
            "input[0].content[0]",
        ),
        ({"temperature": "hot"}, "temperature"),
    ],
)
def test_what_only_this_api_can_say_is_refused_by_name(more, param):
    with pytest.raises(InvalidRequest) as caught:
        chat(**more)
    assert caught.value.param == param
    assert param in caught.value.message


def test_the_way_to_keep_responses_is_named():
    with pytest.raises(InvalidRequest) as caught:
        chat(previous_response_id="r")
    assert "server.responses.store" in str(caught.value.hint)
