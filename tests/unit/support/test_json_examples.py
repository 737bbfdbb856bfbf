"""The stand-in model keeps to the schemas it is given."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.json_examples import example_of

NODE = {
    "type": "object",
    "properties": {
        "value": {"type": "integer"},
        "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
    },
    "required": ["value", "next"],
    "additionalProperties": False,
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "string": {"type": "string", "minLength": 6, "maxLength": 9},
    "short string": {"type": "string", "maxLength": 2},
    "date": {"type": "string", "format": "date"},
    "number": {"type": "number", "minimum": 2, "maximum": 2.5},
    "small integer": {"type": "integer", "maximum": -4},
    "nullable": {"type": ["string", "null"]},
    "enum": {"enum": ["a", "b"]},
    "const": {"const": {"a": 1}},
    "array": {"type": "array", "items": {"type": "boolean"}, "minItems": 2},
    "recursive": NODE,
    "definitions": {"$ref": "#/$defs/x", "$defs": {"x": {"type": "null"}}},
    "anything": {},
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_an_example_satisfies_its_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator(schema).validate(example_of(schema))
