import json
from collections.abc import Callable
from typing import Any

import pytest

from headgate.core.chat import OutputFormat
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.wire.ollama.requests import (
    decode_chat,
    decode_embed,
    decode_embeddings,
    decode_prompt,
)
from support.request_shapes import PIXEL, TOOL

PICTURE = PIXEL.partition(",")[2]


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", **fields}).encode()


def chat(**fields: Any) -> Inbound:
    return decode_chat(body(**{"messages": [{"role": "user", "content": "Hi"}], **fields}))


def test_a_stream_comes_unless_it_is_refused() -> None:
    for decode in (chat, lambda **more: decode_prompt(body(prompt="Hi", **more))):
        assert decode().stream
        assert decode(stream=None).stream
        assert decode(stream=True).stream
        assert not decode(stream=False).stream


def test_what_routing_needs_is_read_of_a_chat() -> None:
    turns = [
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f"}}]},
        {"role": "user", "content": "last", "images": [PICTURE]},
    ]
    inbound = chat(
        messages=turns,
        tools=[TOOL],
        format={"type": "object"},
        options={"num_predict": 5},
        think="high",
        logprobs=True,
    )
    assert (inbound.dialect, inbound.operation, inbound.model) == ("ollama", "chat", "m")
    assert (inbound.message_count, inbound.turn_text) == (3, "last")
    assert inbound.max_output_tokens == 5
    assert inbound.needs == {"tools", "vision", "json_schema", "reasoning", "logprobs"}
    assert inbound.output_format == OutputFormat(kind="schema", schema={"type": "object"})
    schema = json.loads(bytes(inbound.tool_schemas["get_weather"]))
    assert schema == TOOL["function"]["parameters"]
    assert inbound.wants_usage


def test_a_plain_chat_needs_nothing() -> None:
    assert chat().needs == frozenset()
    assert chat(think=False, tools=[], format="", logprobs=False).needs == frozenset()
    assert chat(format="json").needs == {"json"}


def test_what_routing_needs_is_read_of_a_prompt() -> None:
    inbound = decode_prompt(body(prompt="Hi", system="s", images=[PICTURE], think=True))
    assert (inbound.dialect, inbound.operation) == ("ollama_prompt", "chat")
    assert (inbound.message_count, inbound.turn_text) == (1, "Hi")
    assert inbound.needs == {"vision", "reasoning"}


def test_members_keep_their_bytes() -> None:
    given = b'{"model":"m","messages":[{"role":"user","content":"a","x":1.50}],"y" : {"z":1e3}}'
    inbound = decode_chat(given)
    assert bytes(inbound.fields["messages"]) == b'[{"role":"user","content":"a","x":1.50}]'
    assert bytes(inbound.fields["y"]) == b'{"z":1e3}'


@pytest.mark.parametrize("given", ["a", ["a", "b"]])
def test_texts_to_embed_are_one_or_many(given: Any) -> None:
    inbound = decode_embed(body(input=given))
    assert (inbound.dialect, inbound.operation) == ("ollama", "embedding")


def test_the_older_way_embeds_a_prompt() -> None:
    inbound = decode_embeddings(body(prompt="a"))
    assert (inbound.dialect, inbound.operation) == ("ollama_prompt", "embedding")


BAD: list[tuple[Callable[[bytes], Inbound], dict[str, Any], str | None]] = [
    (decode_chat, {"messages": "a"}, "messages"),
    (decode_chat, {"messages": [{"content": "a"}]}, "messages[0].role"),
    (decode_chat, {"messages": [{"role": "user", "content": ["a"]}]}, "messages[0].content"),
    (decode_chat, {"format": "yaml"}, "format"),
    (decode_chat, {"think": "much"}, "think"),
    (decode_chat, {"options": {"num_predict": "5"}}, "options.num_predict"),
    (decode_prompt, {"prompt": 7}, "prompt"),
    (decode_prompt, {"model": ""}, "model"),
    (decode_embed, {}, "input"),
    (decode_embed, {"input": ""}, "input"),
    (decode_embed, {"input": []}, "input"),
    (decode_embed, {"input": [1, 2]}, "input[0]"),
    (decode_embeddings, {"prompt": ""}, "prompt"),
    (decode_embeddings, {}, "prompt"),
]


@pytest.mark.parametrize(("decode", "fields", "param"), BAD)
def test_a_wrong_field_is_named(
    decode: Callable[[bytes], Inbound], fields: dict[str, Any], param: str | None
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        decode(body(**fields))
    assert caught.value.param == param
