"""Conversations of other dialects as requests of this one."""

import json
from typing import Any

import pytest

from headgate.core.chat import (
    ChatRequest,
    ImagePart,
    Message,
    OtherPart,
    OutputFormat,
    TextPart,
    ToolChoice,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.losses import Losses
from headgate.wire.openai.conversation import conversation
from headgate.wire.openai.encode import encode_request
from headgate.wire.openai.requests import decode_request
from support.request_shapes import SHAPES

HELLO = (Message(role="user", parts=(TextPart("Hello"),)),)


def encoded(request: ChatRequest, **more: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {"model": "m", "stream": False, "options": {}, **more}
    return dict(encode_request(request, **settings, losses=Losses()))


@pytest.mark.parametrize("name", sorted(SHAPES.keys() - {"unknown fields"}))
def test_a_request_there_and_back_asks_for_the_same(name):
    body = json.dumps({"model": "m", **SHAPES[name]}).encode()
    request = conversation(decode_request("chat", body))
    again = encode_request(request, model="m", stream=False, options={}, losses=Losses())
    assert conversation(decode_request("chat", json.dumps(again).encode())) == request


def test_a_field_nobody_knows_is_refused_by_its_name():
    body = json.dumps({"model": "m", **SHAPES["unknown fields"]}).encode()
    with pytest.raises(InvalidRequest, match="x_vendor"):
        encoded(conversation(decode_request("chat", body)))


OTHER = ChatRequest(messages=(Message(role="user", parts=(OtherPart("hologram"),)),))


def test_a_part_without_a_word_is_refused_by_its_place():
    with pytest.raises(InvalidRequest) as caught:
        encoded(OTHER)
    assert caught.value.param == "messages[0].content[0]"


def test_a_part_without_a_word_is_left_out_and_named_where_that_is_allowed():
    losses = Losses(may_drop=True)
    body = encode_request(OTHER, model="m", stream=False, options={}, losses=losses)
    assert body["messages"] == [{"role": "user", "content": []}]
    assert losses.names == ("messages[0].content[0]",)


def test_the_least_request_holds_nothing_it_does_not_need():
    assert encoded(ChatRequest(messages=HELLO)) == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hello"}],
    }


def test_a_stream_is_asked_to_report_its_usage():
    request = encoded(ChatRequest(messages=HELLO), stream=True)
    assert request["stream"] is True
    assert request["stream_options"] == {"include_usage": True}


def test_options_of_the_target_fill_in_and_do_not_override():
    request = ChatRequest(messages=HELLO, temperature=0.0, top_k=4)
    body = encoded(request, options={"temperature": 1, "top_k": 9, "min_p": 0.1})
    assert (body["temperature"], body["top_k"], body["min_p"]) == (0.0, 4, 0.1)


def test_pictures_and_formats_are_written_as_this_api_has_them():
    parts = (TextPart("a"), ImagePart(data="iVBO", media_type="image/jpeg"), ImagePart(url="u"))
    request = ChatRequest(
        messages=(Message(role="user", parts=parts), Message(role="assistant")),
        output_format=OutputFormat(kind="schema", schema={"type": "object"}),
        tool_choice=ToolChoice("named", "f"),
    )
    body = encoded(request)
    assert body["messages"][0]["content"][1:] == [
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,iVBO"}},
        {"type": "image_url", "image_url": {"url": "u"}},
    ]
    assert body["messages"][1]["content"] == ""
    assert body["response_format"]["json_schema"] == {
        "name": "answer",
        "schema": {"type": "object"},
    }
    assert body["tool_choice"] == {"type": "function", "function": {"name": "f"}}
    plain = ChatRequest(messages=HELLO, output_format=OutputFormat(kind="text"))
    assert encoded(plain)["response_format"] == {"type": "text"}


def test_a_part_of_an_unknown_kind_is_refused():
    message = Message(role="user", parts=(TextPart("a"), OtherPart("video")))
    with pytest.raises(InvalidRequest, match=r"messages\[0\]\.content\[1\]: a `video` part"):
        encoded(ChatRequest(messages=(message,)))
