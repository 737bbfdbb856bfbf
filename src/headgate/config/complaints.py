"""What pydantic found wrong, in our own sentences, with a way out where there is one.

No sentence repeats a value: it may have come out of the environment, and be a secret.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from headgate.config.locate import Loc, Problem
from headgate.config.route import NEVER, SETTINGS
from headgate.config.schema import Settings
from headgate.config.values import PATTERNS

_SENTENCES = {
    "extra_forbidden": "unknown setting",
    "missing": "is missing",
    "string_type": "must be text",
    "path_type": "must be a path",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "finite_number": "must be a number",
    "model_type": "must be a mapping of settings",
    "mapping_type": "must be a mapping of settings",
    "tuple_type": "must be a list",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "needs at least {min_length}",
    "string_too_short": "must not be empty",
    "string_too_long": "must not be longer than {max_length} characters",
    "value_error": "{error}",
    "headgate": "{sentence}",
}


def complaints(error: ValidationError) -> list[Problem]:
    """One problem for each thing that is wrong."""
    details = error.errors(include_url=False)
    # A list is called too short as well when one of its items is wrong: one complaint is enough.
    around = {detail["loc"][:end] for detail in details for end in range(len(detail["loc"]))}
    return [
        _complaint(detail)
        for detail in details
        if detail["type"] != "too_short" or detail["loc"] not in around
    ]


def did_you_mean(written: str, known: Iterable[str]) -> str | None:
    """A hint with the closest of `known`, or with all of them when there are few."""
    known = list(known)
    if close := get_close_matches(written, known, n=1, cutoff=0.6):
        return f"did you mean `{close[0]}`?"
    return f"there is {', '.join(f'`{name}`' for name in known)}" if 0 < len(known) <= 8 else None


def _complaint(detail: ErrorDetails) -> Problem:
    loc = tuple(part for part in detail["loc"] if part not in {SETTINGS, NEVER})
    kind, given = detail["type"], detail.get("ctx", {})
    if loc and loc[-1] == "[key]":
        return Problem(loc[:-1], _sentence(detail), about_name=True)
    if kind == "extra_forbidden":
        hint = did_you_mean(str(loc[-1]), known_settings(loc[:-1]))
        return Problem(loc, _sentence(detail), hint, about_name=True)
    return Problem(loc, _sentence(detail), _hint(detail, given))


def _sentence(detail: ErrorDetails) -> str:
    kind, given = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        return "must be " + str(given["expected"]).replace("'", "`")
    if kind == "string_pattern_mismatch":
        return PATTERNS[given["pattern"]]
    if kind == "model_type" and detail["loc"][-1] == SETTINGS:
        return "must be a mapping of settings, or `false`"
    template = _SENTENCES.get(kind)
    return detail["msg"].lower() if template is None else template.format(**given)


def _hint(detail: ErrorDetails, given: dict[str, Any]) -> str | None:
    value = detail["input"]
    match detail["type"]:
        case "literal_error" if isinstance(value, str):
            expected = [word.strip("' ") for word in _words(str(given["expected"]))]
            close = get_close_matches(value, expected, n=1, cutoff=0.6)
            return f"did you mean `{close[0]}`?" if close else None
        case "string_type" if isinstance(value, (bool, int, float)):
            return "put it in quotes"
        case "tuple_type":
            return "write `[…]`, also around a single value"
        case "headgate":
            return str(given["hint"]) if given["hint"] else None
        case _:
            return None


def _words(expected: str) -> list[str]:
    return expected.replace(" or ", ",").split(",")


@cache
def settings_schema() -> dict[str, Any]:
    """JSON Schema of the whole configuration."""
    return Settings.model_json_schema()


def known_settings(loc: Loc) -> list[str]:
    """Names of the settings there are in the section at `loc`."""
    sections = [settings_schema()]
    for part in loc:
        sections = [inner for section in sections for inner in _step(section, part)]
    return [name for section in sections for name in section.get("properties", {})]


def _step(section: dict[str, Any], part: str | int) -> list[dict[str, Any]]:
    if isinstance(part, int):
        inner = section.get("items")
    else:
        inner = section.get("properties", {}).get(part) or named(section)
    return forms(inner) if isinstance(inner, dict) else []


def named(section: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of what a mapping with free names holds."""
    inner = next(iter(section.get("patternProperties", {}).values()), None)
    found = inner or section.get("additionalProperties")
    return found if isinstance(found, dict) else None


def forms(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives of a schema, its references followed."""
    if reference := schema.get("$ref"):
        return [settings_schema()["$defs"][reference.rpartition("/")[2]]]
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    return [form for one in alternatives for form in forms(one)] if alternatives else [schema]
