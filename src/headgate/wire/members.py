"""JSON objects taken apart and put together without touching what is inside their members."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw

from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that are not the JSON wanted; a bomb of brackets included."""

_members = msgspec.json.Decoder(dict[str, Raw])
_encoder = msgspec.json.Encoder()
_NOTHING = Raw(b"")

_ESCAPED_BACKSLASH = "\udfff"  # A lone surrogate: no text decoded from UTF-8 holds one.
_SHORT_ESCAPES = (
    ("\\n", "\n"),
    ('\\"', '"'),
    ("\\/", "/"),
    ("\\t", "\t"),
    ("\\r", "\r"),
    ("\\b", "\b"),
    ("\\f", "\f"),
)
_LONG_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


def split(body: bytes) -> dict[str, Raw]:
    """The top-level members of an object, each as it was written; of duplicates the last.

    Raises:
        One of `UNREADABLE`: It is no JSON object, or not UTF-8 in a place nobody reads yet.
    """
    if not body.isascii():
        body.decode()
    return _members.decode(body)


def join(
    members: Mapping[str, Raw], changes: Mapping[str, Any], drop: frozenset[str] = frozenset()
) -> bytes:
    """An object of `members`, less those in `drop`, with `changes`; `None` takes one away."""
    merged: dict[str, Any] = {**members, **changes}
    for name in drop:
        merged.pop(name, None)
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
    return _encoder.encode(merged)


def extra_fields(inbound: Inbound, known: frozenset[str]) -> Mapping[str, Any]:
    """Top-level fields of a request besides the `known`, decoded; null asks for nothing.

    Raises:
        InvalidRequest: One that nobody has read yet is no JSON.
    """
    found: dict[str, Any] = {}
    for name, raw in inbound.fields.items():
        if name in known:
            continue
        try:
            value = msgspec.json.decode(raw)
        except UNREADABLE as error:
            raise InvalidRequest(f"{name}: not valid JSON", param=name) from error
        if value is not None:
            found[name] = value
    return found


def absent(inbound: Inbound, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those of `options` that are no top-level fields of the request."""
    return {name: value for name, value in options.items() if name not in inbound.fields}


def rename_model(data: bytes, model: str) -> bytes:
    """`data`, a body or one framed piece of a stream, with the `model` it names replaced.

    It stands at the top, or in the `message` (Anthropic) or `response` (OpenAI) of an event.
    """
    start, end = data.find(b"{"), data.rfind(b"}") + 1
    try:
        members = split(data[start:end])
        changes = _renamed(members, model)
    except UNREADABLE:
        # A comment, a terminator: nothing in it names a model.
        return data
    return data[:start] + join(members, changes) + data[end:] if changes else data


def _renamed(members: Mapping[str, Raw], model: str) -> Mapping[str, Any]:
    if "model" in members:
        return {"model": model}
    for name in ("message", "response"):
        if bytes(members.get(name, _NOTHING)).startswith(b"{"):
            inner = split(bytes(members[name]))
            if "model" in inner:
                return {name: Raw(join(inner, {"model": model}))}
    return {}


def unescaped(text: str) -> str:
    """JSON text with the escapes of its strings undone, so that a search sees what they say.

    Each escape becomes one character; half of a surrogate pair becomes U+FFFD.
    """
    if "\\" not in text:
        return text
    # Pairs of backslashes first, from the left: any other backslash then begins an escape.
    text = text.replace("\\\\", _ESCAPED_BACKSLASH)
    for escape, meaning in _SHORT_ESCAPES:
        text = text.replace(escape, meaning)
    if "\\u" in text:
        text = _LONG_ESCAPES.sub(_characters, text)
    return text.replace(_ESCAPED_BACKSLASH, "\\")


def _characters(escapes: re.Match[str]) -> str:
    return bytes.fromhex(escapes[0].replace("\\u", "")).decode("utf-16-be", "replace")
