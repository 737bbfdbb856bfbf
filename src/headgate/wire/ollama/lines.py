"""Answers for a client: the lines of a stream, or the one object of a whole reply."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Raw

from headgate.core.errors import UpstreamCut, UpstreamError, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.stream import (
    Answer,
    Failed,
    Finished,
    ReasoningDelta,
    RefusalDelta,
    Started,
    StreamEvent,
    TextDelta,
    Timing,
    ToolCallMade,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.fold import Folder
from headgate.wire.members import UNREADABLE
from headgate.wire.ollama.problems import encode_stream_error
from headgate.wire.ollama.settings import asks_to_unload, is_empty

Words = Callable[[str, str, Sequence[Any]], Mapping[str, Any]]
"""Text, thinking and tool calls as the members that say them."""

_DONE_REASONS = {"length": "length", "content_filter": "content_filter"}
_encoder = msgspec.json.Encoder()
_object = msgspec.json.Decoder(dict[str, Raw])


def chat_words(text: str, thinking: str, calls: Sequence[Any]) -> Mapping[str, Any]:
    """In a chat, all of it stands in a message."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if thinking:
        message["thinking"] = thinking
    if calls:
        message["tool_calls"] = calls
    return {"message": message}


def prompt_words(text: str, thinking: str, calls: Sequence[Any]) -> Mapping[str, Any]:
    """After a prompt, it stands at the top."""
    said: dict[str, Any] = {"response": text}
    if thinking:
        said["thinking"] = thinking
    if calls:
        said["tool_calls"] = calls
    return said


class LineEncoder:
    """One stream for one client. A tool call is told when it is whole, in a line of its own."""

    def __init__(self, started: Started, inbound: Inbound, words: Words) -> None:
        self._started = started
        self._inbound = inbound
        self._words = words
        self._calls = Folder()
        self._finish: str | None = None
        self._usage: Usage | None = None
        self._timing: Timing | None = None
        self._has_failed = False

    def encode(self, event: StreamEvent) -> bytes:
        """Bytes for one event; may be empty."""
        match event:
            case TextDelta() | RefusalDelta():
                return self._line(event.text, "", ())
            case ReasoningDelta():
                return self._line("", event.text, ())
            case ToolDelta():
                self._calls.add(event)
            case Finished():
                return self._finished(event)
            case Used():
                self._usage = event.usage
            case Failed():
                # The reader of the stream says it, in the words it has for it.
                self._has_failed = True
            case _:
                # Proofs, sealed thoughts and citations have no place in this API.
                pass
        return b""

    def took(self, timing: Timing) -> None:
        """How long the answer took."""
        self._timing = timing

    def end(self) -> bytes:
        """The last line, with counts and durations."""
        if self._has_failed:
            return b""
        last = _last(self._finish, self._usage, self._timing, self._inbound)
        return self._encoded({**self._words("", "", ()), **last})

    def _finished(self, event: Finished) -> bytes:
        if event.reason == "error":
            return self._fail(UpstreamCut("the backend broke its answer off"))
        self._finish = event.reason
        try:
            calls = [_call(call, n) for n, call in enumerate(_calls_of(self._calls.answer()))]
        except UpstreamGarbled as error:
            return self._fail(error)
        return b"".join(self._line("", "", (call,)) for call in calls)

    def _fail(self, error: UpstreamError) -> bytes:
        self._has_failed = True
        return encode_stream_error(error)

    def _line(self, text: str, thinking: str, calls: Sequence[Any]) -> bytes:
        return self._encoded({**self._words(text, thinking, calls), "done": False})

    def _encoded(self, members: Mapping[str, Any]) -> bytes:
        head = _head(self._started.model, self._started.created)
        return _encoder.encode({**head, **members}) + b"\n"


def encode_answer(answer: Answer, inbound: Inbound, words: Words) -> bytes:
    """A complete reply for a client.

    Raises:
        UpstreamCut: The backend broke the answer off, which no reply of this API can say.
        UpstreamGarbled: A tool's arguments are no JSON object, and here they must be one.
    """
    choice = answer.choices[0] if answer.choices else None
    reason = choice.finish_reason if choice else None
    if reason == "error":
        raise UpstreamCut("the backend broke its answer off")
    calls = [_call(call, n) for n, call in enumerate(_calls_of(answer))]
    text, thinking = (choice.text + choice.refusal, choice.reasoning) if choice else ("", "")
    last = _last(reason, answer.usage, answer.timing, inbound)
    head = _head(answer.model, answer.created)
    return _encoder.encode({**head, **words(text, thinking, calls), **last})


def _head(model: str, created: int) -> Mapping[str, Any]:
    return {"model": model, "created_at": _moment(created)}


def _moment(created: int) -> str:
    try:
        at = datetime.fromtimestamp(created, UTC)
    except (ValueError, OverflowError, OSError):
        # A backend's own clock may say anything.
        at = datetime.fromtimestamp(0, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _last(
    reason: str | None, usage: Usage | None, timing: Timing | None, inbound: Inbound
) -> Mapping[str, Any]:
    done_reason = _DONE_REASONS.get(reason or "", "stop")
    if is_empty(inbound):
        done_reason = "unload" if asks_to_unload(inbound) else "load"
    found = {
        "done": True,
        "done_reason": done_reason,
        "total_duration": timing.total_ns if timing else None,
        "prompt_eval_count": usage.input_tokens if usage else None,
        "prompt_eval_duration": timing.first_output_ns if timing else None,
        "eval_count": usage.output_tokens if usage else None,
        "eval_duration": timing.output_ns if timing else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _calls_of(answer: Answer) -> Sequence[ToolCallMade]:
    return answer.choices[0].tool_calls if answer.choices else ()


def _call(call: ToolCallMade, index: int) -> Mapping[str, Any]:
    arguments = call.arguments.strip() or "{}"
    try:
        _object.decode(arguments)
    except UNREADABLE as error:
        raise UpstreamGarbled(
            f"the backend called `{call.name}` with arguments that are no JSON object"
        ) from error
    # On one line, or the stream would fall apart.
    flat = Raw(msgspec.json.format(arguments.encode(), indent=-1))
    function = {"index": index, "name": call.name, "arguments": flat}
    return {"id": call.id or f"call_{index}", "function": function}
