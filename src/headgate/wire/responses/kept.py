"""Responses that are kept: what a turn leaves behind, and what the next one makes of it.

An earlier turn is sent again as items: what it was given, and what it answered. Ids go,
for the backend that made them may not be asked again, or may have forgotten them; a
thought that is neither readable elsewhere nor sealed cannot be sent at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.wire.members import UNREADABLE, join, split
from headgate.wire.sse import Event

_LIFE = frozenset(
    f"response.{state}".encode()
    for state in ("created", "queued", "in_progress", "completed", "incomplete", "failed")
)
_COMPLETE = frozenset({b"response.completed", b"response.incomplete"})
_WITHOUT_ID = frozenset({"message", "function_call", "reasoning"})
_encoder = msgspec.json.Encoder()


class State(Struct, gc=False):
    """What a request says about other turns than its own."""

    model: str | None = None
    input: str | list[Raw] | None = None
    previous_response_id: str | None = None
    conversation: Any = None
    store: bool | None = None


class _Answered(Struct, gc=False):
    id: str
    output: list[Raw]


class _Item(Struct, gc=False):
    type: str | None = None
    encrypted_content: str | None = None


_state = msgspec.json.Decoder(State)
_answered = msgspec.json.Decoder(_Answered)
_item = msgspec.json.Decoder(_Item)
_object = msgspec.json.Decoder(dict[str, Any])


def state_of(body: bytes) -> State | None:
    """What a request says about other turns; `None` where it cannot be read as a request."""
    try:
        return _state.decode(body)
    except UNREADABLE:
        return None


def items_of(given: str | Sequence[Raw] | None) -> tuple[bytes, ...]:
    """The items of an input, each by itself."""
    if isinstance(given, str):
        text = {"type": "input_text", "text": given}
        return (_encoder.encode({"type": "message", "role": "user", "content": [text]}),)
    return tuple(bytes(item) for item in given or ())


def with_items(body: bytes, items: Iterable[bytes]) -> bytes:
    """The request with all of its input, instead of a reference to the turn before it."""
    whole = Raw(b"[" + b",".join(items) + b"]")
    return join(split(body), {"input": whole, "previous_response_id": None})


def answered(response: bytes) -> tuple[str, tuple[bytes, ...]]:
    """The id of a response, and its output as the input of a later turn.

    Raises:
        One of `members.UNREADABLE`: It is none.
    """
    found = _answered.decode(response)
    items = (_again(raw) for raw in found.output)
    return found.id, tuple(item for item in items if item is not None)


def changed_response(response: bytes, changes: Mapping[str, Any]) -> bytes:
    """A response with members changed; what is not one stays as it is."""
    try:
        return join(split(response), changes)
    except UNREADABLE:
        return response


def changed_event(event: Event, changes: Mapping[str, Any]) -> tuple[bytes, bytes | None]:
    """The event's bytes with its response changed; the response where it is the last event."""
    if event.event not in _LIFE or event.data is None:
        return event.raw, None
    try:
        members = split(event.data)
        response = join(split(bytes(members["response"])), changes)
        data = join(members, {"response": Raw(response)})
    except (*UNREADABLE, KeyError):
        return event.raw, None
    raw = b"event: %b\ndata: %b\n\n" % (event.event, data)
    return raw, response if event.event in _COMPLETE else None


def listed(items: Sequence[bytes], response_id: str) -> list[dict[str, Any]]:
    """Input items as they are shown: each with an id, content always in parts."""
    return [
        {"id": f"in_{index}_{response_id}", **_shown(_object.decode(item))}
        for index, item in enumerate(items)
    ]


def _again(raw: Raw) -> bytes | None:
    item = _item.decode(raw)
    if item.type == "reasoning" and not item.encrypted_content:
        return None
    return join(split(bytes(raw)), {"id": None} if item.type in _WITHOUT_ID else {})


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    kind = item.get("type") or ("message" if "role" in item else "item_reference")
    shown = {name: value for name, value in item.items() if name != "id" or value}
    shown["type"] = kind
    if kind in {"message", "function_call", "function_call_output"}:
        shown.setdefault("status", "completed")
    content = item.get("content")
    if kind == "message" and isinstance(content, str):
        is_answer = item.get("role") == "assistant"
        part: dict[str, Any] = {"type": "output_text" if is_answer else "input_text"}
        shown["content"] = [{**part, "text": content, **({"annotations": []} if is_answer else {})}]
    if kind == "message" and isinstance(content, list):
        shown["content"] = [_shown_part(part) for part in content]
    return shown


def _shown_part(part: Any) -> Any:
    if isinstance(part, dict) and part.get("type") == "input_image":
        return {"detail": "auto", **part}
    return part
