"""Items of an input, read one by one."""

import json

import pytest
from msgspec import Raw

from headgate.core.errors import InvalidRequest
from headgate.wire.responses.inputs import Item, Reasoning, Tool, read_input, schema_of


def raw(value: object) -> Raw:
    return Raw(json.dumps(value).encode())


def test_text_is_a_message_of_the_user():
    (item,) = read_input("Hi")
    assert isinstance(item, Item)
    assert (item.kind, item.role, item.content) == ("message", "user", "Hi")


def test_items_of_other_kinds_are_named_and_not_read():
    found = read_input(
        [
            raw({"type": "web_search_call", "action": {"content": 1}, "output": 7}),
            raw({"id": "msg_1"}),
            raw({"type": "item_reference", "id": "msg_1"}),
            raw({"type": "custom_tool_call_output", "output": {"a": 1}}),
        ]
    )
    references = ["item_reference"] * 2
    assert found == ["web_search_call", *references, "custom_tool_call_output"]


def test_a_thought_is_read_as_one():
    (thought,) = read_input([raw({"type": "reasoning", "id": "rs_1", "summary": []})])
    assert isinstance(thought, Reasoning)


def test_a_wrong_item_is_refused_with_its_place():
    with pytest.raises(InvalidRequest, match=r"input\[1\]") as caught:
        read_input([raw({"role": "user", "content": "a"}), raw({"role": "user", "content": 7})])
    assert caught.value.param == "input[1]"


def test_parameters_of_a_tool():
    place = "tools[0].parameters"
    assert schema_of(Tool(name="f"), place) is None
    assert schema_of(Tool(name="f", parameters=Raw(b"null")), place) is None
    schema = Tool(name="f", parameters=Raw(b'{"type":"object"}'))
    assert schema_of(schema, place) == {"type": "object"}
    with pytest.raises(InvalidRequest) as caught:
        schema_of(Tool(name="f", parameters=Raw(b"[1]")), place)
    assert caught.value.param == place
