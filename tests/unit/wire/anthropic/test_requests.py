"""What routing and checking learn from a request."""

import json
from typing import Any

import pytest

from headgate.core.chat import OutputFormat
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.wire.anthropic.requests import decode_request

PNG = {"type": "base64", "media_type": "image/png", "data": "aGk="}
HI = [{"role": "user", "content": "Hi"}]


def decoded(**body: Any) -> Inbound:
    asked = {"model": "m", "max_tokens": 9, "messages": HI, **body}
    return decode_request("chat", json.dumps(asked).encode())


def said(*blocks: Any) -> Inbound:
    return decoded(messages=[{"role": "user", "content": blocks}])


def test_a_plain_chat_needs_nothing() -> None:
    inbound = decoded(stream=True)
    assert (inbound.dialect, inbound.operation, inbound.model) == ("anthropic", "chat", "m")
    assert inbound.stream
    assert inbound.needs == frozenset()
    assert (inbound.max_output_tokens, inbound.message_count) == (9, 1)
    assert inbound.turn_text == "Hi"
    assert inbound.output_format is None
    assert decoded(max_tokens=0).max_output_tokens == 0


@pytest.mark.parametrize(
    ("block", "needs"),
    [
        ({"type": "text", "text": "a"}, set()),
        ({"type": "image", "source": PNG}, {"vision"}),
        ({"type": "document", "source": {**PNG, "media_type": "application/pdf"}}, {"file"}),
        ({"type": "document", "source": {"type": "url", "url": "https://a.example"}}, {"file"}),
        ({"type": "document", "source": {"type": "file", "file_id": "f"}}, {"file"}),
        ({"type": "document", "source": {"type": "text", "data": "a"}}, set()),
        ({"type": "document", "source": {"type": "content", "content": "a"}}, set()),
        (
            {
                "type": "document",
                "source": {"type": "content", "content": [{"type": "image", "source": PNG}]},
            },
            {"vision"},
        ),
        (
            {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "image"}]},
            {"vision"},
        ),
        ({"type": "search_result", "source": "kb", "title": "t", "content": []}, set()),
        ({"type": "web_search_tool_result", "content": {"type": "error"}}, set()),
    ],
)
def test_blocks_need_what_can_read_them(block: Any, needs: set[str]) -> None:
    assert said(block).needs == needs


def test_a_picture_named_by_its_address_is_known_wherever_it_is() -> None:
    image = {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}}
    assert said(image).has_image_urls
    assert said({"type": "tool_result", "content": [image]}).has_image_urls
    assert not said({"type": "image", "source": PNG}).has_image_urls


def test_tools_and_their_schemas_are_known() -> None:
    schema = {"type": "object"}
    inbound = decoded(tools=[{"name": "f", "input_schema": schema}, {"type": "b", "name": "bash"}])
    assert inbound.needs == {"tools"}
    assert {n: json.loads(bytes(s)) for n, s in inbound.tool_schemas.items()} == {
        "f": schema,
        "bash": {},
    }


@pytest.mark.parametrize(
    "body",
    [
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
        {"output_format": {"type": "json_schema", "schema": {"type": "object"}}},
    ],
)
def test_the_shape_asked_of_the_answer_is_known(body: Any) -> None:
    inbound = decoded(**body)
    assert inbound.needs == {"json_schema"}
    assert inbound.output_format == OutputFormat(kind="schema", schema={"type": "object"})


def test_only_thinking_by_a_budget_is_something_that_not_every_model_does() -> None:
    assert decoded(thinking={"type": "enabled", "budget_tokens": 2048}).needs == {"reasoning"}
    assert decoded(thinking={"type": "adaptive"}).needs == frozenset()
    assert decoded(output_config={"effort": "low"}).needs == frozenset()


def test_the_turn_is_what_the_user_said_last_and_no_result_of_a_tool() -> None:
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "assistant", "content": "c"},
        {"role": "user", "content": [{"type": "tool_result", "content": "d"}]},
    ]
    assert decoded(messages=messages).turn_text == "a\nb"
    assert decoded(messages=messages[1:]).turn_text == ""


def test_a_count_needs_no_limit_and_expects_no_answer() -> None:
    body = json.dumps({"model": "m", "messages": HI, "stream": True}).encode()
    inbound = decode_request("count_tokens", body)
    assert inbound.operation == "count_tokens"
    assert inbound.max_output_tokens == 0
    assert not inbound.stream


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"model": ""}, "model: it is needed"),
        ({"messages": []}, "messages: at least one is needed"),
        ({"max_tokens": None}, "max_tokens: it is needed"),
        ({"max_tokens": -1}, "max_tokens: expected at least 0, got -1"),
        ({"max_tokens": "9"}, "max_tokens: expected an integer, got a string"),
        ({"messages": [{"content": "a"}]}, r"messages\[0\].role: it is needed"),
        ({"messages": [{"role": "user", "content": 7}]}, r"messages\[0\].content: expected"),
    ],
)
def test_a_wrong_field_is_named(body: Any, complaint: str) -> None:
    with pytest.raises(InvalidRequest, match=complaint):
        decoded(**body)


def test_other_operations_are_not_of_this_api() -> None:
    with pytest.raises(InvalidRequest, match="no embedding"):
        decode_request("embedding", b"{}")
