"""Schemas as Anthropic's structured outputs take them."""

from collections.abc import Mapping
from typing import Any

_BY_NAME = frozenset({"properties", "$defs", "definitions"})
_LISTS = frozenset({"anyOf", "prefixItems"})
"""Not `allOf`, `oneOf` or `not`: in those a closed object would mean something else."""


def closed(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same with every object closed where it leaves that open, as the API demands.

    Whatever satisfies it satisfies the schema as it was given. An object that asks for
    further properties stays as it is: the API says what it thinks of that.
    """
    found: dict[str, Any] = {}
    for name, value in schema.items():
        if name in _BY_NAME and isinstance(value, Mapping):
            found[name] = {key: _closed(each) for key, each in value.items()}
        elif name in _LISTS and isinstance(value, list):
            found[name] = [_closed(each) for each in value]
        else:
            found[name] = _closed(value) if name == "items" else value
    is_object = schema.get("type") == "object" or "properties" in schema
    if is_object and "additionalProperties" not in schema:
        found["additionalProperties"] = False
    return found


def _closed(value: Any) -> Any:
    return closed(value) if isinstance(value, Mapping) else value
