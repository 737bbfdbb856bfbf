"""OpenAI's `/v1/responses`: items, named events, errors.

Written from the published schema and checked against the official SDK in
`tests/unit/support/test_responses_shapes.py`. Events are numbered from 0, an item is done
before the next one is added, and the last event holds the whole response.
"""

from collections.abc import Iterator
from typing import Any

from support.answers import Answer, Asked, Call
from support.shapes import CREATED, ErrorSaid, Frame, dump

_ECHOED = ("instructions", "max_output_tokens", "metadata", "previous_response_id", "user")


class ResponsesShape:
    """One response of reasoning, a message and calls, in this order."""

    stream_media_type = "text/event-stream; charset=utf-8"
    ping = b": still here\n\n"

    def body(self, asked: Asked, answer: Answer) -> bytes:
        return dump(_response(asked, answer, _status(answer), list(_items(asked, answer))))

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        number = 0

        def frame(kind: Any, name: str, **members: Any) -> Frame:
            nonlocal number
            said = {"type": name, "sequence_number": number, **members}
            number += 1
            return Frame(kind, b"event: %b\ndata: %b\n\n" % (name.encode(), dump(said)))

        begun = _response(asked, answer, "in_progress", [])
        found = [
            frame("start", "response.created", response=begun),
            frame("start", "response.in_progress", response=begun),
        ]
        items = list(_items(asked, answer))
        for index, item in enumerate(items):
            for name, members in _told(item, index, answer):
                kind = "content" if name.endswith(".delta") else "start"
                found.append(frame(kind, name, **members))
        status = _status(answer)
        whole = _response(asked, answer, status, items)
        return [*found, frame("end", f"response.{status}", response=whole)]

    def error(self, said: ErrorSaid) -> bytes:
        return dump({"error": _error_of(said)})

    def error_frame(self, said: ErrorSaid) -> bytes:
        told = {**_error_of(said), "type": "error", "sequence_number": 9}
        return b"event: error\ndata: " + dump({**told, "error": _error_of(said)}) + b"\n\n"

    def broken_frame(self) -> bytes:
        return b'event: response.output_text.delta\ndata: {"type":"response.outp\n\n'


def _error_of(said: ErrorSaid) -> dict[str, str | None]:
    return {"message": said.message, "type": said.type, "param": said.param, "code": said.code}


def _status(answer: Answer) -> str:
    return "completed" if answer.finish in {"stop", "tool_calls"} else "incomplete"


def _response(asked: Asked, answer: Answer, status: str, items: list[Any]) -> dict[str, Any]:
    body = asked.body
    reason = "content_filter" if answer.finish == "content_filter" else "max_output_tokens"
    return {
        "id": f"resp_{asked.number:032x}",
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": {"reason": reason} if status == "incomplete" else None,
        **{name: body.get(name) for name in _ECHOED},
        "model": asked.model,
        "output": items,
        "parallel_tool_calls": body.get("parallel_tool_calls", True),
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "store": body.get("store", True),
        "temperature": body.get("temperature", 1.0),
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": body.get("tools", []),
        "top_p": body.get("top_p", 1.0),
        "truncation": "disabled",
        "usage": None if status == "in_progress" else _usage(answer),
    }


def _items(asked: Asked, answer: Answer) -> Iterator[dict[str, Any]]:
    if answer.reasoning:
        summary = [{"type": "summary_text", "text": "".join(answer.reasoning)}]
        yield {"id": f"rs_{asked.number:06d}", "type": "reasoning", "summary": summary}
    if answer.pieces or answer.refusal:
        yield {
            "id": f"msg_{asked.number:06d}",
            "type": "message",
            "status": _status(answer),
            "content": list(_parts(answer)),
            "role": "assistant",
        }
    for position, call in enumerate(answer.calls):
        yield _call(asked, position, call)


def _parts(answer: Answer) -> Iterator[dict[str, Any]]:
    if answer.refusal:
        yield {"type": "refusal", "refusal": "".join(answer.refusal)}
    if answer.pieces:
        text = answer.text
        yield {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


def _call(asked: Asked, position: int, call: Call) -> dict[str, Any]:
    number = f"{asked.number:06d}_{position}"
    return {
        "id": f"fc_{number}",
        "type": "function_call",
        "status": "completed",
        "arguments": call.arguments,
        "call_id": f"call_{number}",
        "name": call.name,
    }


def _told(item: dict[str, Any], index: int, answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of one item, from nothing to all of it."""
    place = {"item_id": item["id"], "output_index": index}
    if item["type"] == "reasoning":
        empty, inner = {**item, "summary": []}, _thinking(item, place, answer)
    elif item["type"] == "message":
        empty = {**item, "content": [], "status": "in_progress"}
        inner = _speaking(item, place, answer)
    else:
        empty = {**item, "arguments": "", "status": "in_progress"}
        inner = _calling(item, place)
    yield "response.output_item.added", {"output_index": index, "item": empty}
    yield from inner
    yield "response.output_item.done", {"output_index": index, "item": item}


def _thinking(item: Any, place: Any, answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
    at = {**place, "summary_index": 0}
    part = item["summary"][0]
    prefix = "response.reasoning_summary"
    yield f"{prefix}_part.added", {**at, "part": {"type": "summary_text", "text": ""}}
    for piece in answer.reasoning:
        yield f"{prefix}_text.delta", {**at, "delta": piece}
    yield f"{prefix}_text.done", {**at, "text": part["text"]}
    yield f"{prefix}_part.done", {**at, "part": part}


def _speaking(item: Any, place: Any, answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, part in enumerate(item["content"]):
        at = {**place, "content_index": number}
        field = "refusal" if part["type"] == "refusal" else "text"
        name = "response.refusal" if field == "refusal" else "response.output_text"
        more = {} if field == "refusal" else {"logprobs": []}
        yield "response.content_part.added", {**at, "part": {**part, field: ""}}
        for piece in answer.refusal if field == "refusal" else answer.pieces:
            yield f"{name}.delta", {**at, **more, "delta": piece}
        yield f"{name}.done", {**at, **more, field: part[field]}
        yield "response.content_part.done", {**at, "part": part}


def _calling(item: Any, place: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    arguments = item["arguments"]
    name = "response.function_call_arguments"
    # In three fragments, cut without regard to JSON, as models do.
    third = max(1, len(arguments) // 3)
    for cut in range(0, len(arguments), third):
        yield f"{name}.delta", {**place, "delta": arguments[cut : cut + third]}
    yield f"{name}.done", {**place, "arguments": arguments}


def _usage(answer: Answer) -> dict[str, Any]:
    output = answer.output_tokens
    return {
        "input_tokens": answer.prompt_tokens,
        "input_tokens_details": {
            "cached_tokens": answer.cached_tokens,
            "cache_write_tokens": 0,
        },
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": len(answer.reasoning)},
        "total_tokens": answer.prompt_tokens + output,
    }
