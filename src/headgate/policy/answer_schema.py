"""JSON Schema for checking answers: schemas come from clients, values from models, both may attack.

What could cost unbounded time or reach the network is left out: regular expressions
(`pattern`, `patternProperties` and what depends on it), references to other documents, and
whatever is not decided within `MAX_STEPS` and `MAX_DEPTH`. What cannot be checked is not
held against the answer.
"""

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

MAX_STEPS = 20_000
"""Keywords applied to one answer: some tens of milliseconds."""
MAX_DEPTH = 64
"""Keywords applied inside each other. Far from the interpreter's own limit: where the library
meets that one in the wrong place it panics, and no `except Exception` catches a panic."""
MAX_SCHEMA_BYTES = 32 * 1024
MAX_SCHEMA_DEPTH = 48
"""Objects and lists inside each other, for the same reason."""

_UNBOUNDED = frozenset(
    {"pattern", "patternProperties", "unevaluatedProperties", "unevaluatedItems"}
)
_NEGATING = frozenset({"not", "if", "then", "else", "contains", "oneOf"})
"""Where a keyword left out inside could turn a good value into a breach."""

_canonical = msgspec.json.Encoder(order="sorted")


class _Budget:
    """What one validation has used of its bounds."""

    __slots__ = ("depth", "steps")

    def __init__(self) -> None:
        self.steps = 0
        self.depth = 0


class _OverBudget(Exception):
    """The schema is not decided within bounds."""


_budget: ContextVar[_Budget] = ContextVar("_budget")
_Check = Callable[[Any, Any, Any, Any], "Iterator[ValidationError] | None"]


def breach(value: Any, schema: bytes) -> str | None:
    """Where in `schema` (JSON) `value` breaks it; `None` when it does not, or cannot be known."""
    validator = _validator(schema)
    if validator is None:
        return None
    _budget.set(_Budget())
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

    kind = _bounded_class(may_negate=not _has_unbounded(schema))
    try:
        content = _without_dialect(msgspec.json.decode(schema))
        kind.check_schema(content)
        # A registry of its own: the default one fetches what a reference names.
        return kind(content, registry=Registry())
    except Exception:
        # As above: it is no schema, or none we can read.
        return None


def _has_unbounded(schema: bytes) -> bool:
    return b'"pattern' in schema or b'"unevaluated' in schema


@lru_cache(maxsize=2)
def _bounded_class(*, may_negate: bool) -> "type[Validator]":
    """Draft 2020-12 without the keywords that have no bound, keeping to a budget."""
    # Imported here: it takes a tenth of a second, and most installations never check answers.
    from jsonschema import Draft202012Validator, validators

    left_out = _UNBOUNDED if may_negate else _UNBOUNDED | _NEGATING
    checks: dict[str, _Check] = {
        **Draft202012Validator.VALIDATORS,
        "additionalProperties": _additional(
            Draft202012Validator.VALIDATORS["additionalProperties"]
        ),
        "uniqueItems": _unique_items,
    }
    return validators.create(
        meta_schema=Draft202012Validator.META_SCHEMA,
        validators={n: _bounded(check) for n, check in checks.items() if n not in left_out},
        type_checker=Draft202012Validator.TYPE_CHECKER,
    )


def _bounded(check: _Check) -> Any:
    """A keyword's check that counts against the budget."""

    def bounded(
        validator: Any, wanted: Any, instance: Any, schema: Any
    ) -> "Iterator[ValidationError]":
        budget = _budget.get()
        budget.steps += 1
        if budget.steps > MAX_STEPS or budget.depth >= MAX_DEPTH:
            raise _OverBudget
        budget.depth += 1
        try:
            yield from check(validator, wanted, instance, schema) or ()
        finally:
            budget.depth -= 1

    return bounded


def _additional(check: _Check) -> _Check:
    """`additionalProperties`, which asks `patternProperties` what is additional."""

    def checked(
        validator: Any, allowed: Any, instance: Any, schema: Mapping[str, Any]
    ) -> "Iterator[ValidationError] | None":
        if "patternProperties" in schema:
            return None
        return check(validator, allowed, instance, schema)

    return checked


def _unique_items(
    validator: Any, wanted: Any, instance: Any, schema: Any
) -> "Iterator[ValidationError]":
    """In linear time, which the library's own check of objects is not."""
    from jsonschema.exceptions import ValidationError

    if wanted and validator.is_type(instance, "array"):
        kinds = {_canonical.encode(item) for item in instance}
        if len(kinds) < len(instance):
            yield ValidationError("the items are not unique")


def _without_dialect(schema: Any, depth: int = 0) -> Any:
    """The schema without `$schema`, which would switch to a validator that has no bounds."""
    if depth > MAX_SCHEMA_DEPTH:
        raise _OverBudget
    if isinstance(schema, list):
        return [_without_dialect(item, depth + 1) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _without_dialect(value, depth + 1)
        for name, value in schema.items()
        if name != "$schema" or not isinstance(value, str)
    }
