"""A question as a query string and back: canonical, versioned, defaults left out."""

import base64
import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec
from msgspec import structs

from headgate.core.errors import InvalidRequest
from headgate.estimate.traffic import Traffic
from headgate.planner.presets import preset
from headgate.planner.question import Question

LONGEST_LINK = 16_384
MOST_TRAFFIC_BYTES = 65_536
"""Of a traffic in a link when it is unpacked: a few dozen classes take a tenth of it."""
_LISTS = frozenset({"needs", "signed", "apis", "machines"})
_MAPPINGS = frozenset({"allowances", "hardware_usd", "rent_usd_per_hour"})
_TEXTS = frozenset({"preset", "as_of", "region", "tariff"})
_SAFE = "/@:,"
_NAMED = re.compile(r"unknown field `(\w+)`|`\$\.(\w+)")
EMPTY = "-"
"""A list that is empty on purpose: `apis=-` compares with no API. Nothing at all is none given."""


def to_query(question: Question, today: date) -> str:
    """The query string; what a preset says anyway and today's date are left out."""
    usual = _beginning(question)
    if question.as_of == today.isoformat():
        question = structs.replace(question, as_of=None)
    fields = (name for name in Question.__struct_fields__ if name not in {"version", "preset"})
    pairs = [("v", str(question.version))]
    if question.preset:
        pairs.append(("preset", question.preset))
    pairs += [
        (name, _written(name, getattr(question, name)))
        for name in fields
        if getattr(question, name) != getattr(usual, name)
    ]
    return "&".join(f"{name}={quote(value, safe=_SAFE)}" for name, value in pairs)


def from_query(query: str) -> Question:
    """The question of a query string.

    Raises:
        InvalidRequest: A name is unknown or a value is none; names the field.
    """
    if len(query) > LONGEST_LINK:
        raise InvalidRequest(f"the link is longer than {LONGEST_LINK} characters")
    pairs = dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True))
    if pairs.pop("v", "1") != "1":
        raise InvalidRequest("the link is of a newer Headgate", param="v", hint="update Headgate")
    begun = pairs.pop("preset", "")
    fields = {name: _read(name, value) for name, value in pairs.items()}
    return question_of({"preset": begun, **fields})


def question_of(fields: Mapping[str, Any]) -> Question:
    """The question of some of its fields; the others are as its preset has them.

    Raises:
        InvalidRequest: A field is unknown or of the wrong kind; names it.
    """
    begun = fields.get("preset")
    usual = msgspec.to_builtins(preset(begun)) if begun and isinstance(begun, str) else {}
    try:
        return msgspec.convert({**usual, **fields}, Question)
    except msgspec.ValidationError as error:
        raise InvalidRequest(
            f"the question cannot be read: {error}", param=_field(error)
        ) from error


def _field(error: msgspec.ValidationError) -> str | None:
    """The field that msgspec names: where it is wrong, or that it is unknown."""
    named = _NAMED.search(str(error))
    return None if named is None else named[1] or named[2]


def _beginning(question: Question) -> Question:
    try:
        return preset(question.preset) if question.preset else Question()
    except InvalidRequest:
        return Question(preset=question.preset)


def _written(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _LISTS:
        return ",".join(value) or EMPTY
    if name in _MAPPINGS:
        return ",".join(f"{key}:{number(each)}" for key, each in sorted(value.items())) or EMPTY
    if name == "traffic":
        packed = zlib.compress(msgspec.json.encode(value), 9)
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """The shortest text that is read as the same number."""
    return str(int(value)) if value == int(value) and abs(value) < 1e16 else repr(value)


def _read(name: str, text: str) -> Any:
    if name not in Question.__struct_fields__:
        raise InvalidRequest(f"a link has no `{name}`", param=name)
    if not text:
        return None
    if name in _LISTS:
        return [] if text == EMPTY else text.split(",")
    if name in _MAPPINGS:
        return {} if text == EMPTY else dict(_entries(name, text))
    if name == "traffic":
        return msgspec.to_builtins(_unpacked(text))
    return text if name in _TEXTS else _scalar(name, text)


def _scalar(name: str, text: str) -> bool | float:
    if text in {"yes", "no"}:
        return text == "yes"
    value = _number(name, text)
    return int(value) if name == "spare_units" and value.is_integer() else value


def _entries(name: str, text: str) -> Iterator[tuple[str, float]]:
    for entry in text.split(","):
        key, _, value = entry.rpartition(":")
        yield key, _number(name, value)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidRequest(f"`{name}` is no number: {text}", param=name) from None


def _unpacked(text: str) -> Traffic:
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, MOST_TRAFFIC_BYTES)
        return msgspec.json.decode(content, type=Traffic)
    except (ValueError, zlib.error, msgspec.DecodeError, RecursionError) as error:
        raise InvalidRequest("the traffic in the link is damaged", param="traffic") from error
