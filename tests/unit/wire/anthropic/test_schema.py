"""Schemas are closed, and nothing else about them changes."""

from typing import Any

import jsonschema
import pytest

from headgate.wire.anthropic.schema import closed

POINT = {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}
CLOSED = {**POINT, "additionalProperties": False}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (POINT, CLOSED),
        (CLOSED, CLOSED),
        ({"type": "string"}, {"type": "string"}),
        ({"properties": {}}, {"properties": {}, "additionalProperties": False}),
        ({"type": "array", "items": POINT}, {"type": "array", "items": CLOSED}),
        ({"anyOf": [POINT, {"type": "null"}]}, {"anyOf": [CLOSED, {"type": "null"}]}),
        (
            {"$ref": "#/$defs/p", "$defs": {"p": POINT}},
            {"$ref": "#/$defs/p", "$defs": {"p": CLOSED}},
        ),
        (
            {"type": "object", "additionalProperties": POINT},
            {"type": "object", "additionalProperties": POINT},
        ),
        ({"allOf": [POINT], "not": POINT}, {"allOf": [POINT], "not": POINT}),
        # A property may be called like a keyword.
        (
            {"type": "object", "properties": {"properties": POINT, "items": {"const": 1}}},
            {
                "type": "object",
                "properties": {"properties": CLOSED, "items": {"const": 1}},
                "additionalProperties": False,
            },
        ),
        (
            {"properties": 7, "anyOf": {}},
            {"properties": 7, "anyOf": {}, "additionalProperties": False},
        ),
    ],
)
def test_every_object_is_closed_and_stays_what_it_was(given: Any, wanted: Any) -> None:
    before = repr(given)
    assert closed(given) == wanted
    assert closed(wanted) == wanted
    assert repr(given) == before


def test_what_satisfies_the_closed_schema_satisfies_the_open_one() -> None:
    schema = {"type": "object", "properties": {"p": POINT}, "required": ["p"]}
    answer = {"p": {"x": 1.5}}
    jsonschema.validate(answer, closed(schema))
    jsonschema.validate(answer, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"p": {"x": 1.5, "y": 2}}, closed(schema))
