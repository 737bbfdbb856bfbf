"""Turns taken apart to be sent again, and shown."""

import json
from typing import Any

import msgspec
import pytest

from headgate.wire.members import UNREADABLE
from headgate.wire.responses.kept import (
    answered,
    changed_event,
    changed_response,
    items_of,
    listed,
    state_of,
    with_items,
)
from headgate.wire.sse import EventDecoder


def read(item: bytes) -> Any:
    return json.loads(item)


def test_what_a_request_says_of_other_turns():
    state = state_of(b'{"model":"m","input":"Hi","previous_response_id":"r","store":false,"x":1}')
    assert state is not None
    assert (state.model, state.previous_response_id, state.store) == ("m", "r", False)
    for body in (b"", b"[]", b'{"model":7}', b"\xff"):
        assert state_of(body) is None


def test_items_of_an_input():
    (item,) = items_of("Hi")
    assert read(item)["content"] == [{"type": "input_text", "text": "Hi"}]
    assert items_of(None) == ()
    assert items_of([msgspec.Raw(b'{"a": 1}')]) == (b'{"a": 1}',)


def test_a_request_with_all_its_items_keeps_the_rest_as_it_was():
    body = b'{"model": "m", "input": "Hi", "previous_response_id": "r", "temperature": 1.50}'
    whole = with_items(body, [b'{"a":1}', b'{"b":2}'])
    assert json.loads(whole) == {"model": "m", "input": [{"a": 1}, {"b": 2}], "temperature": 1.5}
    assert b"1.50" in whole


def test_output_becomes_input_without_what_only_its_maker_knows():
    output = [
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "s"},
        {"type": "message", "id": "msg_1", "role": "assistant", "content": []},
        {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "web_search_call", "id": "ws_1", "status": "completed"},
    ]
    identity, items = answered(json.dumps({"id": "resp_1", "output": output}).encode())
    assert identity == "resp_1"
    found = [read(item) for item in items]
    kinds = ["reasoning", "message", "function_call", "web_search_call"]
    assert [item["type"] for item in found] == kinds
    assert [item.get("id") for item in found] == [None, None, None, "ws_1"]
    for body in (b"", b"{}", b'{"id":1}'):
        with pytest.raises(UNREADABLE):
            answered(body)


def test_a_response_is_changed_and_nothing_else_is():
    assert json.loads(changed_response(b'{"store":false,"id":"r"}', {"store": True})) == {
        "store": True,
        "id": "r",
    }
    assert changed_response(b"nonsense", {"store": True}) == b"nonsense"


def test_only_events_that_hold_the_response_are_changed():
    stream = (
        b'event: response.created\ndata: {"type":"response.created","response":{"id":"r"}}\n\n'
        b'event: response.output_text.delta\ndata: {"delta":"a"}\n\n'
        b": ping\n\n"
        b'event: response.completed\ndata: {"response":{"id":"r"},"sequence_number":3}\n\n'
        b'event: response.failed\ndata: {"response":7}\n\n'
    )
    events = EventDecoder().feed(stream)
    told, whole = zip(*(changed_event(event, {"store": True}) for event in events), strict=True)
    assert [json.loads(w) if w else None for w in whole] == [
        None,
        None,
        None,
        {"id": "r", "store": True},
        None,
    ]
    assert b'"store":true' in told[0]
    assert told[0].startswith(b"event: response.created\n")
    assert told[1:3] == (events[1].raw, events[2].raw)
    assert told[4] == events[4].raw


def test_items_are_listed_with_ids_and_parts():
    items = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"id": None, "role": "user", "content": [{"type": "input_image", "image_url": "u"}]},
        {"id": "fc_1", "type": "function_call", "call_id": "c"},
        {"id": "x"},
    ]
    found = listed([json.dumps(item).encode() for item in items], "resp_1")
    assert [item["id"] for item in found] == [
        "in_0_resp_1",
        "in_1_resp_1",
        "in_2_resp_1",
        "fc_1",
        "x",
    ]
    kinds = [*["message"] * 3, "function_call", "item_reference"]
    assert [item["type"] for item in found] == kinds
    assert found[0]["content"] == [{"type": "input_text", "text": "a"}]
    assert found[1]["content"] == [{"type": "output_text", "text": "b", "annotations": []}]
    assert found[2]["content"][0]["detail"] == "auto"
    assert [item.get("status") for item in found] == [*["completed"] * 4, None]
