"""Make a value that satisfies a JSON Schema, as a well-behaved model would."""

from collections.abc import Mapping
from typing import Any

_PLAIN: dict[str, Any] = {
    "string": "word",
    "integer": 3,
    "number": 1.5,
    "boolean": True,
    "null": None,
}
_FORMATS = {
    "date": "2026-11-23",
    "date-time": "2026-11-23T20:00:00Z",
    "email": "ada@example.com",
    "uri": "https://example.com/",
    "uuid": "6f1c1f0e-0d0e-4a57-9a34-0d5f7c1a2b3c",
}


def example_of(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> Any:
    """A value for `schema`: the keywords that structured outputs of hosted APIs allow."""
    root = root or schema
    if "$ref" in schema:
        return example_of(_resolve(schema["$ref"], root), root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example_of(_shallowest(schema[choice]), root)
    return _of_type(_type_of(schema), schema, root)


def _of_type(kind: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    if kind == "object":
        wanted = schema.get("required", [])
        properties = schema.get("properties", {})
        return {name: example_of(properties.get(name, {}), root) for name in wanted}
    if kind == "array":
        return [example_of(schema.get("items", {}), root) for _ in range(schema.get("minItems", 0))]
    if kind == "string":
        text = _FORMATS.get(schema.get("format", ""), _PLAIN["string"])
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]
    if kind in {"integer", "number"}:
        return _within(schema, _PLAIN[kind])
    return _PLAIN[kind]


def _within(schema: Mapping[str, Any], value: float) -> float:
    at_least: float = max(value, schema.get("minimum", value))
    at_most: float = schema.get("maximum", at_least)
    return min(at_least, at_most)


def _type_of(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return kind if isinstance(kind, str) else str(kind[0])


def _shallowest(schemas: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The alternative that does not lead back into a recursion, when there is one."""
    return min(schemas, key=lambda schema: "$ref" in schema)


def _resolve(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        found = found[part] if part else found
    assert isinstance(found, Mapping)
    return found
