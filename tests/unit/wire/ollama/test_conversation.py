"""A client's words as a conversation; what comes back identical is in `test_round_trips`."""

import json
from typing import Any

import pytest

from headgate.core.chat import (
    ImagePart,
    Message,
    OutputFormat,
    TextPart,
    Thought,
    Tool,
    ToolCall,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.ollama.conversation import conversation, prompted
from headgate.wire.ollama.requests import decode_chat, decode_prompt
from support.request_shapes import PIXEL

PICTURE = PIXEL.partition(",")[2]
HELLO = [{"role": "user", "content": "Hello"}]


def chat(*messages: dict[str, Any], **fields: Any) -> Any:
    asked = {"model": "m", "messages": list(messages) or HELLO, **fields}
    return conversation(decode_chat(json.dumps(asked).encode()))


def prompt(**fields: Any) -> Any:
    return prompted(decode_prompt(json.dumps({"model": "m", **fields}).encode()))


def call(name: str, arguments: Any, **more: Any) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments}, **more}


def test_turns_become_messages() -> None:
    request = chat(
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is it?", "images": [PICTURE]},
        {"role": "assistant", "content": "A dot.", "thinking": "Hm."},
    )
    assert request.messages == (
        Message(role="system", parts=(TextPart("Be brief."),)),
        Message(
            role="user",
            parts=(TextPart("What is it?"), ImagePart(data=PICTURE, media_type="image/png")),
        ),
        Message(role="assistant", parts=(TextPart("A dot."),), thoughts=(Thought("Hm."),)),
    )


def test_calls_without_ids_get_some_and_results_find_them() -> None:
    request = chat(
        *HELLO,
        {"role": "assistant", "tool_calls": [call("f", {"a": 1}), call("g", {})]},
        {"role": "tool", "tool_name": "g", "content": "of g"},
        {"role": "tool", "tool_name": "f", "content": "of f"},
        {"role": "assistant", "tool_calls": [call("f", None, id="own")]},
        {"role": "tool", "tool_call_id": "own", "content": "again"},
    )
    assert request.messages[1].tool_calls == (
        ToolCall("call_1_0", "f", '{"a": 1}'),
        ToolCall("call_1_1", "g", "{}"),
    )
    assert request.messages[4].tool_calls == (ToolCall("own", "f", "{}"),)
    results = [m for m in request.messages if m.role == "tool"]
    assert [(m.tool_call_id, m.name) for m in results] == [
        ("call_1_1", "g"),
        ("call_1_0", "f"),
        ("own", "f"),
    ]


def test_settings_find_their_places() -> None:
    options = {"num_predict": 5, "temperature": 0.5, "top_p": 0.9, "top_k": 3, "seed": 7}
    options |= {"stop": "x", "frequency_penalty": 0.1, "presence_penalty": 0.2}
    options |= {"num_ctx": 2048, "mirostat": 1}
    request = chat(options=options, format="json", think=False, keep_alive="5m", x_new=1)
    assert (request.max_output_tokens, request.temperature, request.top_p) == (5, 0.5, 0.9)
    assert (request.top_k, request.seed, request.stop) == (3, 7, ("x",))
    assert (request.frequency_penalty, request.presence_penalty) == (0.1, 0.2)
    assert request.output_format == OutputFormat(kind="json")
    assert request.reasoning_effort == "none"
    assert request.extra == {"keep_alive": "5m", "x_new": 1, "num_ctx": 2048, "mirostat": 1}


def test_tools_are_functions() -> None:
    request = chat(tools=[{"function": {"name": "f", "description": "", "parameters": {"a": 1}}}])
    assert request.tools == (Tool(name="f", parameters={"a": 1}),)


def test_a_prompt_is_one_turn_after_its_system() -> None:
    assert prompt(prompt="Hi", system="Be brief.", images=[PICTURE]).messages == (
        Message(role="system", parts=(TextPart("Be brief."),)),
        Message(
            role="user", parts=(TextPart("Hi"), ImagePart(data=PICTURE, media_type="image/png"))
        ),
    )
    assert prompt(prompt="Hi", options={"seed": 3}, raw=False, context=[], suffix="").extra == {}


REFUSED = [
    ({"messages": []}, "messages"),
    ({"messages": [{"role": "judge", "content": "a"}]}, "messages[0].role"),
    ({"messages": [{"role": "user", "images": ["%"]}]}, "messages[0].images[0]"),
    ({"tools": [{"type": "web_search"}]}, "tools[0].function"),
    ({"logprobs": True}, "logprobs"),
    ({"options": {"temperature": "hot"}}, "options.temperature"),
    (
        {"messages": [{"role": "assistant", "tool_calls": [call("f", "{}")]}]},
        "messages[0].tool_calls[0].function.arguments",
    ),
]


@pytest.mark.parametrize(("fields", "param"), REFUSED)
def test_what_cannot_be_understood_is_refused_by_name(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        chat(**fields)
    assert caught.value.param == param


@pytest.mark.parametrize(
    "fields",
    [{"suffix": "a"}, {"template": "a"}, {"raw": True}, {"context": [1]}, {"prompt": ""}],
)
def test_a_prompt_only_ollama_can_take_is_refused_by_name(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        prompt(**{"prompt": "Hi", **fields})
    assert caught.value.param == next(iter(fields))
