"""What a client says about its request in headers of ours."""

from collections.abc import Mapping
from typing import TypedDict

from headgate.core.errors import InvalidRequest

LONGEST_NAME = 64
MOST_TAGS = 16
HIGHEST_PRIORITY = 100
_LABELS, _TAGS = b"x-headgate-label", b"x-headgate-tag"
_SESSION, _PRIORITY = b"x-headgate-session", b"x-headgate-priority"
_DEADLINE = b"x-headgate-deadline-ms"
_NONE: frozenset[str] = frozenset()


class Said(TypedDict, total=False):
    """Arguments of `gateway.handle.Call`; a header that was not sent has none."""

    labels: frozenset[str]
    tags: frozenset[str]
    session: str
    priority: int
    deadline_ms: float


def said_in(headers: Mapping[bytes, bytes]) -> Said:
    """Labels, tags, session, priority and deadline of a request.

    Raises:
        InvalidRequest: A number is none, or out of its range.
    """
    said: Said = {}
    if _LABELS in headers:
        said["labels"] = declared_labels(headers)
    if _TAGS in headers:
        said["tags"] = _tags(headers[_TAGS])
    if session := headers.get(_SESSION):
        said["session"] = session.decode("latin-1")
    if (priority := headers.get(_PRIORITY)) is not None:
        said["priority"] = round(_number(_PRIORITY, priority, 0, HIGHEST_PRIORITY))
    if (deadline_ms := headers.get(_DEADLINE)) is not None:
        said["deadline_ms"] = _number(_DEADLINE, deadline_ms, 1, 86_400_000)
    return said


def declared_labels(headers: Mapping[bytes, bytes]) -> frozenset[str]:
    """Privacy labels of `x-headgate-label`, separated by commas."""
    value = headers.get(_LABELS)
    return _NONE if value is None else _listed(value)


def _listed(value: bytes) -> frozenset[str]:
    names = (name.strip() for name in value.decode("latin-1").split(","))
    return frozenset(filter(None, names))


def _tags(value: bytes) -> frozenset[str]:
    tags = _listed(value)
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_NAME for tag in tags):
        raise InvalidRequest(
            f"`{_TAGS.decode()}` takes at most {MOST_TAGS} tags of {LONGEST_NAME} characters"
        )
    return tags


def _number(name: bytes, value: bytes, least: float, most: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    # Not a number compares as false, too.
    if not least <= number <= most:
        raise InvalidRequest(f"`{name.decode()}` must be a number from {least:g} to {most:g}")
    return number
