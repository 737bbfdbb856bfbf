"""Chats as Ollama's own API takes them; what it cannot say is refused by name."""

import json
from typing import Any

import msgspec
import pytest

from headgate.core.chat import ChatRequest, ImagePart, Message, TextPart
from headgate.core.errors import InvalidRequest
from headgate.wire.losses import Losses
from headgate.wire.ollama.encode import encode_request
from headgate.wire.openai.conversation import conversation
from headgate.wire.openai.requests import decode_request
from support.request_shapes import CALL, PIXEL, SCHEMA, SHAPES, TOOL, user


def sent(
    fields: dict[str, Any], options: dict[str, Any] | None = None, *, stream: bool = False
) -> dict[str, Any]:
    """What Ollama is sent for an OpenAI request."""
    body = json.dumps({"model": "any", "messages": user(), **fields}).encode()
    request = conversation(decode_request("chat", body))
    encoded = encode_request(
        request, model="llama3", stream=stream, options=options or {}, losses=Losses()
    )
    decoded = json.loads(msgspec.json.encode(encoded))
    assert isinstance(decoded, dict)
    return decoded


REFUSED = {
    "n": "n",
    "logprobs": "logprobs",
    "logit_bias": "logit_bias",
    "tool required": "tool_choice",
    "tool forced": "tool_choice",
    "one call at a time": "parallel_tool_calls",
    "image url": "messages[0].content[0]",
    "audio in": "messages[0].content[0]",
    "file part": "messages[0].content[0]",
    "reasoning effort": "verbosity",
    "unknown fields": "x_vendor",
    "legacy functions": "functions",
}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_shape_is_sent_or_refused_by_name(name):
    if name not in REFUSED:
        assert sent(SHAPES[name])["messages"]
        return
    with pytest.raises(InvalidRequest) as caught:
        sent(SHAPES[name])
    assert caught.value.param == REFUSED[name]
    assert caught.value.message.startswith(REFUSED[name])


def test_the_least_request_says_whether_it_streams():
    assert sent({}) == {
        "model": "llama3",
        "messages": [{"role": "user", "content": "Hello"}],
        "stream": False,
    }
    assert sent({}, stream=True)["stream"] is True


def test_parameters_have_other_names_here():
    body = sent(
        {
            "max_tokens": 5,
            "temperature": 0,
            "top_p": 0.5,
            "seed": 7,
            "stop": "END",
            "frequency_penalty": 0.1,
            "presence_penalty": 0.2,
            "top_k": 4,
            "min_p": 0.05,
            "user": "u",
        }
    )
    assert body["options"] == {
        "num_predict": 5,
        "temperature": 0.0,
        "top_p": 0.5,
        "seed": 7,
        "stop": ["END"],
        "frequency_penalty": 0.1,
        "presence_penalty": 0.2,
        "top_k": 4,
        "min_p": 0.05,
    }
    assert body.keys() == {"model", "messages", "stream", "options"}


def test_options_of_the_target_go_where_they_belong_and_yield_to_the_request():
    options = {"num_ctx": 8192, "keep_alive": "1h", "think": True, "temperature": 1, "num_gpu": 9}
    body = sent({"temperature": 0, "reasoning_effort": "high"}, options)
    assert body["options"] == {"num_ctx": 8192, "num_gpu": 9, "temperature": 0.0}
    assert (body["keep_alive"], body["think"]) == ("1h", "high")
    assert sent({}, options)["think"] is True


@pytest.mark.parametrize(
    ("effort", "think"),
    [("none", False), ("minimal", "low"), ("low", "low"), ("medium", "medium"), ("xhigh", "max")],
)
def test_effort_becomes_thinking(effort, think):
    assert sent({"reasoning_effort": effort})["think"] == think


def test_an_effort_that_does_not_exist_is_refused():
    with pytest.raises(InvalidRequest, match="reasoning_effort: Ollama knows no `extreme`"):
        sent({"reasoning_effort": "extreme"})


@pytest.mark.parametrize(
    ("wanted", "format_sent"),
    [
        ({"type": "json_object"}, "json"),
        ({"type": "json_schema", "json_schema": {"name": "v", "schema": SCHEMA}}, SCHEMA),
        ({"type": "text"}, None),
    ],
)
def test_an_output_format_is_a_word_or_the_schema_itself(wanted, format_sent):
    assert sent({"response_format": wanted}).get("format") == format_sent


def test_tools_are_offered_unless_none_may_be_called():
    assert sent({"tools": [TOOL]})["tools"] == [TOOL]
    bare = {"type": "function", "function": {"name": "now"}}
    assert sent({"tools": [bare]})["tools"][0]["function"]["parameters"] == {
        "type": "object",
        "properties": {},
    }
    assert "tools" not in sent({"tools": [TOOL], "tool_choice": "none"})


def test_calls_carry_an_object_and_results_the_name_of_their_tool():
    body = sent(
        {
            "messages": [
                {"role": "developer", "content": "Be brief."},
                *user("Weather?"),
                {"role": "assistant", "tool_calls": [CALL], "reasoning_content": "hm"},
                {"role": "tool", "tool_call_id": "call_1", "content": "21"},
            ]
        }
    )
    assert [message["role"] for message in body["messages"]] == [
        "system",
        "user",
        "assistant",
        "tool",
    ]
    assert body["messages"][2] == {
        "role": "assistant",
        "content": "",
        "thinking": "hm",
        "tool_calls": [
            {
                "id": "call_1",
                "function": {"name": "get_weather", "arguments": {"city": "Paris", "unit": "c"}},
            }
        ],
    }
    assert body["messages"][3] == {
        "role": "tool",
        "content": "21",
        "tool_call_id": "call_1",
        "tool_name": "get_weather",
    }


@pytest.mark.parametrize("arguments", ["{", "[1]", "3"])
def test_arguments_that_are_no_object_are_refused_by_their_place(arguments):
    call = {**CALL, "function": {"name": "f", "arguments": arguments}}
    with pytest.raises(InvalidRequest) as caught:
        sent({"messages": [*user(), {"role": "assistant", "tool_calls": [call]}]})
    assert caught.value.param == "messages[1].tool_calls[0].function.arguments"


def test_a_call_without_arguments_has_none():
    call = {**CALL, "function": {"name": "f", "arguments": ""}}
    body = sent({"messages": [*user(), {"role": "assistant", "tool_calls": [call]}]})
    assert body["messages"][1]["tool_calls"][0]["function"]["arguments"] == {}


def test_pictures_are_sent_inline():
    body = sent(SHAPES["image data"])
    assert body["messages"][0] == {
        "role": "user",
        "content": "What is this?",
        "images": [PIXEL.partition(",")[2]],
    }


def test_a_picture_to_be_fetched_is_refused_with_the_way_out():
    message = Message(role="user", parts=(TextPart("a"), ImagePart(url="https://x.org/a.png")))
    with pytest.raises(InvalidRequest) as caught:
        encode_request(
            ChatRequest(messages=(message,)), model="m", stream=False, options={}, losses=Losses()
        )
    assert caught.value.param == "messages[0].content[1]"
    assert "data:" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "fields",
    [
        {"logit_bias": {}},
        {"modalities": ["text"]},
        {"logprobs": False},
        {"n": 1},
        {"tool_choice": "required"},
        {"parallel_tool_calls": False},
        {"parallel_tool_calls": True, "tools": [TOOL]},
    ],
)
def test_fields_that_ask_for_nothing_are_no_reason_to_refuse(fields):
    assert sent(fields)["messages"]


def test_a_field_that_is_not_known_here_is_refused_and_not_dropped():
    with pytest.raises(InvalidRequest, match="modalities: the backend's API has no such field"):
        sent({"modalities": ["text", "audio"]})
