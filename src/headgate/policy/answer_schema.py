"""JSON Schema for checking answers: schemas come from clients, values from models, both may attack.

What could cost unbounded time or reach the network is left out: regular expressions
(`pattern`, `patternProperties` and what depends on it), references to other documents, and
whatever is not decided after `MAX_STEPS` subschemas. What cannot be checked is not held
against the answer.
"""

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

MAX_STEPS = 20_000
"""Subschemas applied to one answer: some tens of milliseconds."""
MAX_SCHEMA_BYTES = 32 * 1024
"""More takes too long to be read, for every new schema anew."""

_UNBOUNDED = frozenset(
    {"pattern", "patternProperties", "unevaluatedProperties", "unevaluatedItems"}
)
_steps_left: ContextVar[int] = ContextVar("_steps_left")
_canonical = msgspec.json.Encoder(order="sorted")


class _TooManySteps(Exception):
    """The schema is not decided in reasonable time."""


def breach(value: Any, schema: bytes) -> str | None:
    """Where in `schema` (JSON) `value` breaks it; `None` when it does not, or cannot be known."""
    _steps_left.set(MAX_STEPS)
    validator = _validator(schema)
    if validator is None:
        return None
    try:
        error = next(validator.iter_errors(value), None)
    except Exception:
        # A client's schema in a library's hands raises a dozen unrelated types: references
        # to nowhere, to no URL, to what is no schema. None of them is the answer's fault.
        return None
    return None if error is None else "/".join(map(str, error.absolute_schema_path)) or "/"


@lru_cache(maxsize=256)
def _validator(schema: bytes) -> "Validator | None":
    """A validator for a schema; `None` for what is no schema or too large for one."""
    if len(schema) > MAX_SCHEMA_BYTES:
        return None
    from referencing import Registry

    kind = _bounded_class()
    try:
        content = _without_dialect(msgspec.json.decode(schema))
        kind.check_schema(content)
        # A registry of its own: the default one fetches what a reference names.
        return kind(content, registry=Registry())
    except Exception:
        # As above: it is no schema, or none we can read.
        return None


@lru_cache(maxsize=1)
def _bounded_class() -> "type[Validator]":
    """Draft 2020-12 without the keywords that have no bound, counting its steps."""
    # Imported here: it takes a tenth of a second, and most installations never check answers.
    from jsonschema import Draft202012Validator, validators

    keywords = {
        name: check
        for name, check in Draft202012Validator.VALIDATORS.items()
        if name not in _UNBOUNDED
    }
    additional = keywords["additionalProperties"]

    def additional_properties(
        validator: Any, allowed: Any, instance: Any, schema: Mapping[str, Any]
    ) -> "Iterator[ValidationError]":
        if "patternProperties" not in schema:
            yield from additional(validator, allowed, instance, schema)

    return validators.create(
        meta_schema=Draft202012Validator.META_SCHEMA,
        validators={
            **keywords,
            "additionalProperties": additional_properties,
            "uniqueItems": _unique_items,
        },
        type_checker=Draft202012Validator.TYPE_CHECKER,
        applicable_validators=_counted,
    )


def _counted(schema: Any) -> Any:
    left = _steps_left.get()
    if left <= 0:
        raise _TooManySteps
    _steps_left.set(left - 1)
    return schema.items()


def _unique_items(
    validator: Any, wanted: Any, instance: Any, schema: Mapping[str, Any]
) -> "Iterator[ValidationError]":
    """In linear time, which the library's own check of objects is not."""
    from jsonschema.exceptions import ValidationError

    if wanted and validator.is_type(instance, "array"):
        kinds = {_canonical.encode(item) for item in instance}
        if len(kinds) < len(instance):
            yield ValidationError("the items are not unique")


def _without_dialect(schema: Any) -> Any:
    """The schema without `$schema`, which would switch to a validator that has no bounds."""
    if isinstance(schema, list):
        return [_without_dialect(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _without_dialect(value)
        for name, value in schema.items()
        if name != "$schema" or not isinstance(value, str)
    }
