"""What routing and checking learn from a request."""

import json
from typing import Any

import pytest

from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.wire.responses.requests import decode_request


def read(given: Any = "Hi", **more: Any) -> Inbound:
    return decode_request("chat", json.dumps({"model": "m", "input": given, **more}).encode())


def user(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(parts)}]


def test_a_plain_question():
    inbound = read("How are you?")
    assert (inbound.dialect, inbound.operation, inbound.model) == ("openai_responses", "chat", "m")
    assert (inbound.turn_text, inbound.message_count) == ("How are you?", 1)
    assert not inbound.stream
    assert not inbound.needs
    assert not inbound.has_image_urls
    assert bytes(inbound.fields["input"]) == b'"How are you?"'


def test_the_turn_is_what_the_user_said_last():
    items = [
        {"role": "user", "content": "First"},
        {"role": "assistant", "content": "Yes?"},
        *user({"type": "input_text", "text": "Second"}, {"type": "input_text", "text": "line"}),
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "x"},
    ]
    inbound = read(items, stream=True, max_output_tokens=9)
    assert inbound.turn_text == "Second\nline"
    assert inbound.message_count == 5
    assert inbound.stream
    assert inbound.wants_usage
    assert inbound.max_output_tokens == 9
    assert read([{"role": "system", "content": "x"}]).turn_text == ""


SHOWN = {"type": "input_image", "image_url": "https://a.example/a.png"}
INLINE = {"type": "input_image", "image_url": "data:image/png;base64,AA=="}


@pytest.mark.parametrize(
    ("more", "needs"),
    [
        ({"given": user(INLINE)}, {"vision"}),
        ({"given": user({"type": "input_file", "file_id": "f"})}, {"file"}),
        (
            {
                "given": user(
                    {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}}
                )
            },
            {"audio"},
        ),
        (
            {"given": [{"type": "function_call_output", "call_id": "c", "output": [INLINE]}]},
            {"vision"},
        ),
        ({"tools": [{"type": "web_search"}]}, {"tools"}),
        ({"text": {"format": {"type": "json_object"}}}, {"json"}),
        ({"text": {"format": {"type": "json_schema", "name": "a", "schema": {}}}}, {"json_schema"}),
        ({"text": {"format": {"type": "text"}}}, set()),
        ({"top_logprobs": 3}, {"logprobs"}),
        ({"include": ["message.output_text.logprobs"]}, {"logprobs"}),
        ({"reasoning": {"effort": "low"}}, {"reasoning"}),
        ({"reasoning": {"effort": "none"}}, set()),
    ],
)
def test_needs(more, needs):
    assert read(**more).needs == needs


def test_only_pictures_by_address_are_to_be_fetched():
    assert read(user(SHOWN)).has_image_urls
    assert not read(user(INLINE)).has_image_urls


def test_the_shape_of_the_answer():
    schema = {"type": "object"}
    wanted = {"type": "json_schema", "name": "a", "schema": schema, "strict": True}
    found = read(text={"format": wanted}).output_format
    assert found is not None
    assert (found.kind, found.name, found.schema, found.strict) == ("schema", "a", schema, True)
    described = read(text={"format": {**wanted, "description": "An a"}}).output_format
    assert described is not None
    assert described.schema == {"description": "An a", "type": "object"}
    plain = read(text={"format": {"type": "json_object"}}).output_format
    assert plain is not None
    assert plain.kind == "json"
    assert read(text={"verbosity": "low"}).output_format is None


def test_schemas_of_tools():
    tools = [
        {"type": "function", "name": "f", "parameters": {"type": "object"}},
        {"type": "function", "name": "bare"},
        {"type": "function", "name": "null", "parameters": None},
        {"type": "custom", "name": "free"},
        {"type": "web_search"},
    ]
    found = {name: bytes(raw) for name, raw in read(tools=tools).tool_schemas.items()}
    assert found == {"f": b'{"type": "object"}', "bare": b"{}", "null": b"{}", "free": b""}


def test_what_goes_on_from_elsewhere_needs_no_input():
    for more in ({"previous_response_id": "r"}, {"conversation": "c"}, {"prompt": {"id": "p"}}):
        body = json.dumps({"model": "m", **more}).encode()
        assert decode_request("chat", body).message_count == 0


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"model": "m"}, "input"),
        ({"model": "m", "input": []}, "input"),
        ({"input": "Hi"}, "model"),
        ({"model": "m", "input": "Hi", "background": True}, "background"),
        ({"model": "m", "input": "Hi", "max_output_tokens": -1}, "max_output_tokens"),
        ({"model": "m", "input": "Hi", "stream": "yes"}, "stream"),
        ({"model": "m", "input": ["Hi"]}, "input[0]"),
        ({"model": "m", "input": [{"role": "user", "content": [{"type": 7}]}]}, "input[0]"),
    ],
)
def test_a_wrong_request_is_refused_by_the_field(body, param):
    with pytest.raises(InvalidRequest) as caught:
        decode_request("chat", json.dumps(body).encode())
    assert caught.value.param == param
    assert param in caught.value.message


def test_other_operations_are_none_of_this_api():
    with pytest.raises(InvalidRequest, match="embedding"):
        decode_request("embedding", b"{}")
