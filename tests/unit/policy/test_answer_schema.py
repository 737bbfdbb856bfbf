"""Schemas from clients, values from models: checked in bounded time, without reaching out."""

import json
import socket
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.policy import answer_schema
from headgate.policy.answer_schema import MAX_SCHEMA_BYTES, breach

law = settings(deadline=None, derandomize=True)
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
EVIL_PATTERN = "^(a+)+$"
EVIL_TEXT = "a" * 60 + "!"
"""Against the pattern above, this takes longer than the universe has had."""

PERSON: dict[str, Any] = {
    "$schema": DRAFT_7,
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "friend": {"$ref": "#"},
        "$schema": {"type": "string"},
    },
    "required": ["name"],
    "additionalProperties": False,
}


def broken(value: Any, schema: Any) -> str | None:
    return breach(value, json.dumps(schema).encode())


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"name": "ada"}, None),
        ({"name": "ada", "friend": {"name": "bob", "tags": ["x", "y"]}, "$schema": "x"}, None),
        ({"name": 3}, "properties/name/type"),
        ({"name": "too long"}, "properties/name/maxLength"),
        ({}, "required"),
        ({"name": "ada", "age": 3}, "additionalProperties"),
        ({"name": "ada", "tags": ["x", "x"]}, "properties/tags/uniqueItems"),
        ({"name": "a", "friend": {"name": 3}}, "properties/friend/properties/name/type"),
        ([], "type"),
    ],
)
def test_a_breach_is_told_by_its_place_in_the_schema(value, where):
    assert broken(value, PERSON) == where


def test_a_schema_may_be_a_truth_value():
    assert broken(3, True) is None
    assert broken(3, False) == "/"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nonsense"},
        {"properties": []},
        [],
        "text",
        {"$ref": "#/$defs/absent"},
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"multipleOf": 1e-320},
        {"$ref": "http://[no-address"},
        {"$id": "http://[no-address"},
        {"anyOf": [{"$ref": "#/enum/0"}], "enum": ["text"]},
        {"description": "x" * MAX_SCHEMA_BYTES, "type": "null"},
    ],
)
def test_what_cannot_be_checked_is_not_held_against_the_answer(schema):
    assert broken(10**400, schema) is None


@pytest.mark.parametrize("schema", [b"", b"{", b"\xff", b'{"a":' * 5000, b"[" * 100_000])
def test_a_schema_that_is_no_json_is_left_alone(schema):
    assert breach(3, schema) is None


def test_references_never_reach_the_network(monkeypatch):
    dialled: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **_: dialled.append(asked) or [])
    assert broken(3, {"$ref": "http://127.0.0.1:9/schema.json"}) is None
    assert broken(3, {"$id": "http://127.0.0.1:9/a", "$ref": "b.json"}) is None
    assert dialled == []


@pytest.mark.parametrize("already_deep", range(0, 40, 3))
def test_a_schema_that_refers_to_itself_never_meets_the_limit_of_the_interpreter(already_deep):
    # Where it is met decides whether the library raises or panics, so several places are tried.
    def at_depth(levels: int) -> str | None:
        if levels:
            return at_depth(levels - 1)
        return broken(3, {"type": ["integer", "null"], "allOf": [{"$ref": "#"}]})

    assert at_depth(already_deep) is None


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (EVIL_TEXT, {"type": "string", "pattern": EVIL_PATTERN}),
        (EVIL_TEXT, {"allOf": [{"$schema": DRAFT_7, "pattern": EVIL_PATTERN}]}),
        (
            EVIL_TEXT,
            {
                "anyOf": [
                    {"const": {"$schema": DRAFT_7, "pattern": EVIL_PATTERN}},
                    {"$ref": "#/anyOf/0/const"},
                ]
            },
        ),
        ({EVIL_TEXT: 1}, {"propertyNames": {"pattern": EVIL_PATTERN}}),
        ({EVIL_TEXT: 1}, {"patternProperties": {EVIL_PATTERN: False}}),
        (
            {EVIL_TEXT: 1},
            {"patternProperties": {EVIL_PATTERN: {}}, "additionalProperties": False},
        ),
        (
            {EVIL_TEXT: 1},
            {"allOf": [{"patternProperties": {EVIL_PATTERN: {}}}], "unevaluatedProperties": False},
        ),
    ],
)
def test_regular_expressions_are_not_run(value, schema):
    assert broken(value, schema) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {"pattern": "^x"}},
        {"oneOf": [{"pattern": "^x"}, {"pattern": "^o"}]},
        {"if": {"pattern": "^x"}, "then": {"const": "x"}},
        {"properties": {"a": {"unevaluatedProperties": False}}, "not": {"type": "number"}},
    ],
)
def test_a_keyword_left_out_makes_no_good_answer_bad(schema):
    assert broken("ok", schema) is None


def test_negation_is_checked_where_nothing_is_left_out():
    assert broken("ok", {"not": {"type": "string"}}) == "not"
    assert broken("ok", {"oneOf": [{"type": "string"}, {"minLength": 1}]}) == "oneOf"


@pytest.mark.parametrize("layer", ['{"not":%s}', '{"allOf":[%s]}', '{"items":%s}'])
@pytest.mark.parametrize("levels", [60, 200, 2000])
def test_a_schema_nested_without_end_is_given_up(layer, levels):
    text = "false"
    for _ in range(levels):
        text = layer % text
    assert breach([], text.encode()) is None


def test_a_value_nested_without_end_is_given_up():
    tree = {"properties": {"x": {"anyOf": [{"$ref": "#"}, {"type": "string"}]}}}
    value: Any = 3
    for _ in range(900):
        value = {"x": value}
    assert broken(value, tree) is None


def test_a_schema_that_doubles_at_every_step_is_given_up():
    layers = 60
    definitions: dict[str, Any] = {
        f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(layers)
    }
    definitions[f"d{layers}"] = {"type": "string"}
    assert broken(3, {"$defs": definitions, "$ref": "#/$defs/d0"}) is None


def test_unique_items_are_compared_in_linear_time():
    # Pair by pair these would be 800 million comparisons.
    items = [{"n": number} for number in range(40_000)]
    schema = {"type": "array", "uniqueItems": True}
    assert broken(items, schema) is None
    assert broken([*items, {"n": 7}], schema) == "uniqueItems"


def test_a_large_honest_answer_is_checked():
    schema = {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "null"}}}}
    rows: list[Any] = [{"a": None}] * 2000
    assert broken(rows, schema) is None
    assert broken([*rows, {"a": 1}], schema) == "items/properties/a/type"


def test_a_schema_is_read_once():
    answer_schema._validator.cache_clear()
    for _ in range(3):
        broken({"name": "ada"}, PERSON)
    assert answer_schema._validator.cache_info().misses == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KEYWORDS = (
    "type enum const items prefixItems properties required anyOf not if multipleOf minimum "
    "$ref $id $anchor $defs uniqueItems contains minContains dependentSchemas maxLength"
)


@law
@given(json_values, st.dictionaries(st.sampled_from(KEYWORDS.split()), json_values, max_size=4))
def test_no_schema_and_no_value_raises_anything(value, schema):
    found = broken(value, schema)
    assert found is None or isinstance(found, str)
