"""A body that cannot be read: what is wrong with it, and where."""

import msgspec
import pytest

from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE


class Inner(msgspec.Struct):
    size: int = 0
    tags: list[str] = []


class Shape(msgspec.Struct):
    name: str | None = None
    either: str | list[int] | None = None
    is_on: bool = False
    items: list[Inner] = []


@pytest.mark.parametrize(
    ("body", "sentence", "param"),
    [
        (b'{"name": 3}', "name: expected a string, got an integer", "name"),
        (b'{"either": {}}', "either: expected a string or a list, got an object", "either"),
        (b'{"is_on": "yes"}', "is_on: expected true or false, got a string", "is_on"),
        (b'{"is_on": null}', "is_on: expected true or false, got null", "is_on"),
        (
            b'{"items": [{}, {"size": 1.5}]}',
            "items[1].size: expected an integer, got a number",
            None,
        ),
        (
            b'{"items": [{"tags": ["a", []]}]}',
            "items[0].tags[1]: expected a string, got a list",
            None,
        ),
        (b"[]", "the body: expected an object, got a list", ""),
        (b'"text"', "the body: expected an object, got a string", ""),
        (b"", "the body is not valid JSON: it ends too early", ""),
        (b'{"name": "a"', "the body is not valid JSON: it ends too early", ""),
        (b"{'name': 1}", "the body is not valid JSON: object keys must be strings (byte 1)", ""),
        (b'{"name": "a"} b', "the body is not valid JSON: trailing characters (byte 15)", ""),
        (b'{"name": 3, :', "the body is not valid JSON: object keys must be strings (byte 12)", ""),
        (b'{"name": "\xff"}', "the body is not UTF-8", ""),
        (b'{"x": ' + b"[" * 100_000, "the body is nested too deeply", ""),
        (
            rb'{"name": "\ud83d"}',
            "the body is not valid JSON: perhaps a `\\u` escape holds half of a surrogate pair",
            "",
        ),
    ],
)
def test_a_complaint_names_the_place_and_what_stands_there(body, sentence, param):
    with pytest.raises(UNREADABLE) as caught:
        msgspec.json.decode(body, type=Shape)
    error = complaint(caught.value, body)
    assert error.message == sentence
    assert error.param == (sentence.partition(":")[0] if param is None else param or None)
