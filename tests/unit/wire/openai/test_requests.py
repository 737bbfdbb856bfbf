"""Clients' requests: everything the API has passes, what is wrong is said with its place."""

import json
from typing import Any

import pytest

from headgate.core.chat import OutputFormat
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.wire.members import join
from headgate.wire.openai.requests import decode_request, usage_changes
from support.request_shapes import SCHEMA, SHAPES, TOOL, user


def body_of(**fields: Any) -> bytes:
    return json.dumps({"model": "m", **fields}).encode()


def chat(**fields: Any) -> Inbound:
    return decode_request("chat", body_of(**{"messages": user(), **fields}))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_shape_the_api_has_is_accepted_and_goes_on_unchanged(shape):
    body = json.dumps({"model": "m", **shape}, ensure_ascii=False).encode()
    inbound = decode_request("chat", body)
    assert inbound.model == "m"
    assert inbound.message_count == len(shape["messages"])
    assert json.loads(join(inbound.fields, {})) == {"model": "m", **shape}


@pytest.mark.parametrize(
    ("fields", "needs"),
    [
        ({}, set()),
        ({"tools": [TOOL]}, {"tools"}),
        ({"tools": []}, set()),
        ({"functions": [TOOL["function"]]}, {"tools"}),
        ({"n": 2}, {"choices"}),
        ({"n": 1}, set()),
        ({"n": None}, set()),
        ({"logprobs": True}, {"logprobs"}),
        ({"logprobs": False}, set()),
        ({"modalities": ["text", "audio"]}, {"audio"}),
        ({"response_format": {"type": "text"}}, set()),
        ({"response_format": None}, set()),
        ({"response_format": {"type": "json_object"}}, {"json"}),
        ({"response_format": {"type": "json_schema", "json_schema": {}}}, {"json_schema"}),
        ({"messages": user([{"type": "image_url", "image_url": {"url": "x"}}])}, {"vision"}),
        ({"messages": user([{"type": "input_audio", "input_audio": {}}])}, {"audio"}),
        ({"messages": user([{"type": "file", "file": {}}, {"type": "video"}])}, {"file"}),
        ({"reasoning_effort": "low"}, {"reasoning"}),
        ({"reasoning_effort": "none"}, set()),
        ({"reasoning_effort": None}, set()),
    ],
)
def test_needs_are_what_a_target_must_be_able_to_do(fields, needs):
    assert chat(**fields).needs == needs


def test_a_picture_anywhere_in_the_conversation_needs_eyes():
    seen = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}
    assert chat(messages=[seen, {"role": "assistant", "content": "A cat."}, *user()]).needs == {
        "vision"
    }


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        (user("Hello"), "Hello"),
        ([*user("first"), {"role": "assistant", "content": "x"}], "first"),
        ([*user("first"), *user("second")], "second"),
        (user([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]), "a\nb"),
        ([{"role": "system", "content": "x"}], ""),
        ([{"role": "user", "content": None}], ""),
    ],
)
def test_the_turn_is_what_the_user_said_last(messages, text):
    assert chat(messages=messages).turn_text == text


def test_streaming_and_usage_are_read():
    assert not chat().stream
    assert not chat(stream=None).stream
    assert chat(stream=True).stream
    assert not chat(stream=True).wants_usage
    assert not chat(stream=True, stream_options=None).wants_usage
    assert chat(stream=True, stream_options={"include_usage": True}).wants_usage
    assert not chat(stream_options={"include_usage": True}).wants_usage


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        ({}, None),
        ({"max_tokens": 5}, 5),
        ({"max_completion_tokens": 6}, 6),
        ({"max_tokens": 5, "max_completion_tokens": 6}, 6),
        ({"max_tokens": 0}, 0),
        ({"max_tokens": None}, None),
    ],
)
def test_the_limit_may_stand_in_either_field(fields, limit):
    assert chat(**fields).max_output_tokens == limit


def test_the_output_format_carries_its_schema():
    wanted = {"name": "verdict", "schema": SCHEMA, "strict": True}
    assert chat(
        response_format={"type": "json_schema", "json_schema": wanted}
    ).output_format == OutputFormat(kind="schema", schema=SCHEMA, name="verdict", strict=True)
    assert chat(response_format={"type": "json_object"}).output_format == OutputFormat(kind="json")
    assert chat(
        response_format={"type": "json_object", "schema": SCHEMA}
    ).output_format == OutputFormat(kind="schema", schema=SCHEMA)
    assert chat(response_format={"type": "text"}).output_format is None
    assert chat(response_format={"type": "grammar", "grammar": "x"}).output_format is None


def test_tool_schemas_are_kept_by_name():
    custom = {"type": "custom", "custom": {"name": "sql", "format": {"type": "text"}}}
    bare = {"type": "function", "function": {"name": "now"}}
    schemas = chat(
        tools=[TOOL, custom, bare, {"type": "web_search"}],
        functions=[{"name": "old", "parameters": {"type": "object"}}],
    ).tool_schemas
    assert {name: bytes(schema) for name, schema in schemas.items()} == {
        "get_weather": json.dumps(TOOL["function"]["parameters"]).encode(),
        "sql": b"",
        "now": b"{}",
        "old": b'{"type": "object"}',
    }


@pytest.mark.parametrize(
    ("fields", "sentence", "param"),
    [
        ({"model": None}, "model: it is needed", "model"),
        ({"model": ""}, "model: it is needed", "model"),
        ({"model": 3}, "model: expected a string, got an integer", "model"),
        ({"messages": []}, "messages: at least one is needed", "messages"),
        ({"messages": "Hello"}, "messages: expected a list, got a string", "messages"),
        ({"messages": None}, "messages: expected a list, got null", "messages"),
        ({"messages": ["Hello"]}, "messages[0]: expected an object, got a string", "messages[0]"),
        (
            {"messages": [*user(), {"content": "x"}]},
            "messages[1].role: it is needed",
            "messages[1].role",
        ),
        (
            {"messages": [*user(), *user(), {"role": 7}]},
            "messages[2].role: expected a string, got an integer",
            "messages[2].role",
        ),
        (
            {"messages": user(5)},
            "messages[0].content: expected a string or a list, got an integer",
            "messages[0].content",
        ),
        (
            {"messages": user([{"type": "text", "text": ["x"]}])},
            "messages[0].content[0].text: expected a string, got a list",
            "messages[0].content[0].text",
        ),
        ({"n": 0}, "n: expected at least 1, got 0", "n"),
        ({"n": "2"}, "n: expected an integer, got a string", "n"),
        ({"n": True}, "n: expected an integer, got true or false", "n"),
        ({"max_tokens": -1}, "max_tokens: expected at least 0, got -1", "max_tokens"),
        (
            {"max_completion_tokens": -5},
            "max_completion_tokens: expected at least 0, got -5",
            "max_completion_tokens",
        ),
        ({"stream": "true"}, "stream: expected true or false, got a string", "stream"),
        (
            {"stream_options": {"include_usage": 1}},
            "stream_options.include_usage: expected true or false, got an integer",
            "stream_options.include_usage",
        ),
        (
            {"tools": [TOOL, {"type": "function", "function": {"name": 1}}]},
            "tools[1].function.name: expected a string, got an integer",
            "tools[1].function.name",
        ),
        ({"tools": {}}, "tools: expected a list, got an object", "tools"),
        (
            {"response_format": "json"},
            "response_format: expected an object, got a string",
            "response_format",
        ),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"schema": "x"}}},
            "response_format.json_schema.schema: expected an object, got a string",
            "response_format.json_schema.schema",
        ),
    ],
)
def test_a_bad_chat_is_refused_with_the_field_at_fault(fields, sentence, param):
    with pytest.raises(InvalidRequest) as caught:
        chat(**fields)
    assert caught.value.message == sentence
    assert caught.value.param == param


@pytest.mark.parametrize("operation", ["chat", "completion", "embedding"])
@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"model":', b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(operation, body):
    with pytest.raises(InvalidRequest, match="the body"):
        decode_request(operation, body)


def test_a_member_that_appears_twice_is_checked_as_it_will_be_sent():
    inbound = decode_request(
        "chat", rb'{"model":"a","messages":[{"role":"user"}],"mod\u0065l":"b","n":1,"n":2}'
    )
    assert (inbound.model, inbound.choices) == ("b", 2)
    assert json.loads(join(inbound.fields, {}))["model"] == "b"


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("Once", "Once"),
        (["a", "b"], "a\nb"),
        ([1, 2, 3], ""),
        ([[1, 2], [3]], ""),
        (None, ""),
    ],
)
def test_prompts_come_as_text_or_tokens(prompt, text):
    inbound = decode_request(
        "completion",
        body_of(prompt=prompt, n=2, stream=True, max_tokens=4, logprobs=0, suffix="."),
    )
    assert inbound.turn_text == text
    assert inbound.operation == "completion"
    assert inbound.needs == {"choices", "logprobs"}
    assert (inbound.choices, inbound.max_output_tokens, inbound.stream) == (2, 4, True)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"prompt": 3}, "prompt"),
        ({"prompt": [{}]}, "prompt[0]"),
        ({"prompt": "a", "model": None}, "model"),
        ({"prompt": "a", "n": -1}, "n"),
        ({"prompt": "a", "max_tokens": -1}, "max_tokens"),
    ],
)
def test_a_bad_completion_is_refused(fields, param):
    with pytest.raises(InvalidRequest) as caught:
        decode_request("completion", body_of(**fields))
    assert caught.value.param == param


@pytest.mark.parametrize(
    "fields",
    [
        {"input": "text"},
        {"input": ["a", "b"], "encoding_format": "base64", "dimensions": 8},
        {"input": [1, 2, 3], "encoding_format": "float"},
        {"input": list(range(5000))},
        {"input": [[1], [2, 3]], "encoding_format": None},
        {"input": ["x"] * 2048},
    ],
)
def test_texts_and_tokens_can_be_embedded(fields):
    inbound = decode_request("embedding", body_of(**fields))
    assert (inbound.operation, inbound.model, inbound.needs) == ("embedding", "m", frozenset())


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "input: text or tokens to embed are needed"),
        ({"input": ""}, "input: text or tokens to embed are needed"),
        ({"input": []}, "input: text or tokens to embed are needed"),
        ({"input": 3}, "input: expected a string or a list, got an integer"),
        (
            {"input": ["a", 1]},
            "input: expected a string, or a list of strings, of tokens or of lists of tokens",
        ),
        (
            {"input": [None]},
            "input: expected a string, or a list of strings, of tokens or of lists of tokens",
        ),
        ({"input": ["x"] * 2049}, "input: 2049 texts are more than the 2048 allowed"),
        ({"input": [[1]] * 2049}, "input: 2049 texts are more than the 2048 allowed"),
        (
            {"input": "a", "encoding_format": "int8"},
            "encoding_format: expected `float` or `base64`, got `int8`",
        ),
        ({"input": "a", "model": None}, "model: it is needed"),
    ],
)
def test_a_bad_embedding_is_refused(fields, sentence):
    with pytest.raises(InvalidRequest) as caught:
        decode_request("embedding", body_of(**fields))
    assert caught.value.message == sentence
    assert caught.value.param == sentence.partition(":")[0]


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        ({}, {}),
        ({"stream": True}, {"stream_options": {"include_usage": True}}),
        ({"stream": True, "stream_options": None}, {"stream_options": {"include_usage": True}}),
        (
            {"stream": True, "stream_options": {"include_obfuscation": False}},
            {"stream_options": {"include_obfuscation": False, "include_usage": True}},
        ),
        (
            {"stream": True, "stream_options": {"include_usage": False}},
            {"stream_options": {"include_usage": True}},
        ),
        ({"stream": True, "stream_options": {"include_usage": True}}, {}),
    ],
)
def test_usage_is_asked_for_where_the_client_has_not(fields, changes):
    assert usage_changes(chat(**fields)) == changes


@pytest.mark.parametrize(
    ("image", "is_address"),
    [
        ('{"url": "https://a.test/b.png"}', True),
        ('"https://a.test/b.png"', True),
        ('{"url":"http://a.test","detail":"low"}', True),
        (' {"detail":"low", "url" : "data:image/png;base64,AA"}', False),
        ('"data:image/png;base64,AA"', False),
        ("null", False),
        ("7", False),
        ("{}", False),
        ('{"url":7}', False),
        ('{"url":null}', False),
    ],
)
def test_a_picture_that_is_named_by_address_is_noticed(image: str, is_address: bool) -> None:
    parts = f'[{{"type":"text","text":"Hi"}},{{"image_url":{image},"type":"image_url"}}]'
    body = f'{{"model":"m","messages":[{{"role":"user","content":{parts}}}]}}'.encode()
    assert decode_request("chat", body).has_image_urls is is_address


def test_an_address_in_a_part_of_another_kind_is_none_of_a_picture() -> None:
    parts = [{"type": "text", "text": "Hi", "image_url": {"url": "https://a.test"}}]
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": parts}]}).encode()
    assert not decode_request("chat", body).has_image_urls
