"""Bytes that are not ours stay as they are; text that is searched is read as it will be."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.wire.members import UNREADABLE, extra_fields, join, rename_model, split, unescaped

law = settings(deadline=None, derandomize=True)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
json_objects = st.dictionaries(st.text(), json_values, max_size=6)
layouts = st.sampled_from([{}, {"indent": 1}, {"separators": (",", ":")}])


def written(value: Any, *, ensure_ascii: bool = True, **layout: Any) -> bytes:
    return json.dumps(value, ensure_ascii=ensure_ascii, **layout).encode()


@law
@given(json_objects, st.booleans(), layouts, json_objects)
def test_members_that_are_not_changed_keep_their_bytes(content, ensure_ascii, layout, changes):
    body = written(content, ensure_ascii=ensure_ascii, **layout)
    before = split(body)
    after = split(join(before, changes))
    for name, raw in before.items():
        if name not in changes:
            assert bytes(after[name]) == bytes(raw)
    wanted = {**content, **changes}
    assert json.loads(join(before, changes)) == {
        name: value for name, value in wanted.items() if name not in changes or value is not None
    }


def test_the_last_of_two_duplicates_is_the_one_that_goes_on():
    members = split(rb'{"model": "cheap", "stream": true, "mod\u0065l": "dear"}')
    assert join(members, {}) == b'{"model":"dear","stream":true}'


def test_members_are_dropped_and_taken_away():
    members = split(b'{"a": 1, "b": [2,  3], "c": 4}')
    assert join(members, {"a": None, "d": "x"}, frozenset({"c", "absent"})) == (
        b'{"b":[2,  3],"d":"x"}'
    )


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"a":', b'"\xff"', b'{"a":' + b"[" * 100_000])
def test_what_is_no_object_raises_something_foreseen(body):
    with pytest.raises(UNREADABLE):
        split(body)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"id":"1","model":"a","n": 1}', b'{"id":"1","model":"b","n":1}'),
        (
            b'data: {"model":"a","x":{"model":"a"}}\n\n',
            b'data: {"model":"b","x":{"model":"a"}}\n\n',
        ),
        (b'{"model":"a"}\r\n', b'{"model":"b"}\r\n'),
        (b"data: [DONE]\n\n", b"data: [DONE]\n\n"),
        (b": {}\n\n", b": {}\n\n"),
        (b'data: {"error":{"model":"a"}}\n\n', b'data: {"error":{"model":"a"}}\n\n'),
        (b"", b""),
    ],
)
def test_the_model_is_renamed_at_the_top_only(before, after):
    assert rename_model(before, "b") == after


@pytest.mark.parametrize("inside", ["message", "response"])
def test_it_is_also_renamed_in_the_reply_that_an_event_holds(inside):
    event = b'event: x\ndata: {"type":"x","%b":{"id":"1","model":"a"}}\n\n' % inside.encode()
    assert rename_model(event, "b") == event.replace(b'"a"', b'"b"')
    untouched = b'data: {"%b":{"content":[]}}\n\n' % inside.encode()
    assert rename_model(untouched, "b") == untouched


def test_fields_nobody_knows_are_decoded_and_bad_ones_refused_by_name():
    fields = {"model": Raw(b'"m"'), "x": Raw(b'{"a":[1]}'), "y": Raw(b"null")}
    inbound = Inbound(dialect="d", operation="chat", body=b"", fields=fields, model="m")
    assert extra_fields(inbound, frozenset({"model"})) == {"x": {"a": [1]}}
    bad = replace(inbound, fields={"x": Raw(rb'"\ud800"')})
    with pytest.raises(InvalidRequest, match="x"):
        extra_fields(bad, frozenset())


def test_an_object_that_is_not_utf_8_anywhere_is_unreadable():
    with pytest.raises(UNREADABLE):
        split(b'{"model":"m","x":"\xe5"}')


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (r"\\u0041", r"\u0041"),
        (r"\\\u0041", r"\A"),
        (r"\ud83d\ude00", "😀"),
        (r"\uD83D\uDE00\u00e9", "😀é"),
        (r"\ud83d!", "\ufffd!"),
        (r"\ude00\ud83d\u0041", "\ufffd\ufffdA"),
        (r"\udfff", "\ufffd"),
        ("plain", "plain"),
    ],
)
def test_escapes_are_undone_from_the_left(text, meaning):
    assert unescaped(text) == meaning


@pytest.mark.parametrize("piece", [r"\\", r"\u0041x", r"\n", "\\"])
def test_a_text_made_of_escapes_is_read_in_linear_time(piece):
    # Two million characters; anything quadratic would take hours.
    assert unescaped(piece * (2_000_000 // len(piece)))
