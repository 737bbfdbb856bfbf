"""What is wrong with a body, and where, in words for the person who wrote it."""

import re

import msgspec

from headgate.core.errors import InvalidRequest
from headgate.wire.members import UNREADABLE

_WORDS = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_MISMATCH = re.compile(r"Expected `(?P<expected>[^`]+)`, got `(?P<got>[^`]+)`")
_PLACE = re.compile(r" - at `\$\.?(?P<path>[^`]+)`")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


def complaint(error: Exception, body: bytes) -> InvalidRequest:
    """The error for a `body` whose decoding raised `error` (one of `UNREADABLE`)."""
    if isinstance(error, msgspec.ValidationError):
        try:
            # The decoder stopped at a wrong type: what follows may not even be JSON.
            msgspec.json.decode(body)
        except UNREADABLE as deeper:
            return InvalidRequest(_unreadable(deeper, body))
        return _mismatch(str(error))
    return InvalidRequest(_unreadable(error, body))


def _mismatch(said: str) -> InvalidRequest:
    kinds = _MISMATCH.search(said)
    what = f"expected {_words(kinds['expected'])}, got {_words(kinds['got'])}" if kinds else said
    place = _PLACE.search(said)
    if place is None:
        return InvalidRequest(f"the body: {what}")
    return InvalidRequest(f"{place['path']}: {what}", param=place["path"])


def _unreadable(error: Exception, body: bytes) -> str:
    if isinstance(error, RecursionError):
        return "the body is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "the body is not UTF-8"
    if _SURROGATE.search(body):
        return "the body is not valid JSON: perhaps a `\\u` escape holds half of a surrogate pair"
    why = str(error).removeprefix("JSON is malformed: ")
    return f"the body is not valid JSON: {'it ends too early' if 'truncated' in why else why}"


def _words(kinds: str) -> str:
    names = [kind for kind in kinds.split(" | ") if kind != "null"] or ["null"]
    return " or ".join(_WORDS.get(name, name) for name in names)
