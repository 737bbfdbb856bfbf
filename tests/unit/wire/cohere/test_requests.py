"""What routing learns of a Cohere client's request, and what is wrong with it."""

import json
from typing import Any

import pytest

from headgate.core.chat import OutputFormat
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound, Operation
from headgate.wire.cohere.requests import decode_request
from support.request_shapes import PIXEL, SCHEMA, TOOL, user


def chat(**fields: Any) -> Inbound:
    return decode_request("chat", body(messages=user(), **fields))


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", **fields}).encode()


def test_a_chat_is_read_as_far_as_routing_needs():
    messages = [*user("One"), {"role": "assistant", "content": "Two"}, *user("Three")]
    inbound = decode_request("chat", body(messages=messages, stream=True, max_tokens=7, x=[1.50]))
    assert (inbound.dialect, inbound.operation, inbound.model) == ("cohere", "chat", "m")
    assert inbound.stream
    assert inbound.wants_usage
    assert inbound.max_output_tokens == 7
    assert inbound.message_count == 3
    assert inbound.turn_text == "Three"
    assert bytes(inbound.fields["x"]) == b"[1.5]"
    assert inbound.needs == frozenset()


@pytest.mark.parametrize(
    ("fields", "needs"),
    [
        ({"tools": [TOOL]}, {"tools"}),
        ({"tools": []}, set()),
        ({"logprobs": True}, {"logprobs"}),
        ({"response_format": {"type": "json_object"}}, {"json"}),
        ({"response_format": {"type": "json_object", "json_schema": SCHEMA}}, {"json_schema"}),
        ({"response_format": {"type": "text"}}, set()),
        ({"documents": ["a"]}, set()),
    ],
)
def test_what_the_target_must_be_able_to_do(fields, needs):
    assert chat(**fields).needs == needs


@pytest.mark.parametrize(
    ("url", "is_address"), [(PIXEL, False), ("https://images.example/a.png", True)]
)
def test_pictures_need_eyes_and_perhaps_fetching(url, is_address):
    part = {"type": "image_url", "image_url": {"url": url}}
    inbound = decode_request("chat", body(messages=user([{"type": "text", "text": "What?"}, part])))
    assert inbound.needs == {"vision"}
    assert inbound.has_image_urls is is_address
    assert inbound.turn_text == "What?"


@pytest.mark.parametrize("name", ["json_schema", "schema"])
def test_checks_know_the_schema_and_the_tools(name):
    inbound = chat(response_format={"type": "json_object", name: SCHEMA}, tools=[TOOL])
    assert inbound.output_format == OutputFormat(kind="schema", schema=SCHEMA)
    assert json.loads(bytes(inbound.tool_schemas["get_weather"])) == TOOL["function"]["parameters"]
    assert chat(response_format={"type": "json_object"}).output_format == OutputFormat(kind="json")


@pytest.mark.parametrize(
    ("operation", "fields", "param"),
    [
        ("chat", {}, "messages"),
        ("chat", {"messages": []}, "messages"),
        ("chat", {"messages": [{"content": "a"}]}, "messages[0].role"),
        ("chat", {"messages": [{"role": "user", "content": 7}]}, "messages[0].content"),
        ("chat", {"messages": user(), "max_tokens": -1}, "max_tokens"),
        ("chat", {"messages": user(), "stream": "yes"}, "stream"),
        ("chat", {"messages": user(), "model": ""}, "model"),
        ("embedding", {}, "texts"),
        ("embedding", {"texts": []}, "texts"),
        ("embedding", {"texts": ["a"], "images": ["b"]}, "texts"),
        ("embedding", {"texts": "a"}, "texts"),
        ("rerank", {"documents": ["a"]}, "query"),
        ("rerank", {"query": "a"}, "documents"),
        ("rerank", {"query": "a", "documents": []}, "documents"),
    ],
)
def test_the_field_at_fault_is_named(operation: Operation, fields: dict[str, Any], param: str):
    with pytest.raises(InvalidRequest) as caught:
        decode_request(operation, body(**fields))
    assert caught.value.param == param


@pytest.mark.parametrize(
    ("fields", "needs"),
    [({"texts": ["a"]}, set()), ({"images": [PIXEL]}, {"vision"}), ({"inputs": [{}]}, set())],
)
def test_one_kind_of_input_is_embedded(fields, needs):
    inbound = decode_request("embedding", body(**fields))
    assert (inbound.operation, inbound.needs) == ("embedding", needs)


def test_a_ranking_is_read():
    inbound = decode_request("rerank", body(query="q", documents=["a", {"text": "b"}]))
    assert (inbound.operation, inbound.model) == ("rerank", "m")


def test_what_this_api_lacks_is_said():
    with pytest.raises(InvalidRequest, match="moderation"):
        decode_request("moderation", body(input="a"))
