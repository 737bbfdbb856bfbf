"""Answers for a client: the events of a stream, and the response they add up to.

A stream is `response.created`, `response.in_progress`, the items one after the other, and
`response.completed` or `response.incomplete`. A whole answer is what the last of them
holds. Calls stay open until the answer is complete: a backend may write them in turns.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from headgate.core.errors import UpstreamCut
from headgate.core.inbound import Inbound
from headgate.core.stream import (
    Answer,
    Choice,
    Cited,
    Failed,
    Finished,
    FinishReason,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    SealedReasoning,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.responses.echo import echo
from headgate.wire.responses.foreign import ID_PREFIX, marked
from headgate.wire.responses.output import Item, OpenCall, OpenMessage, OpenThought, Said
from headgate.wire.responses.problems import encode_stream_error, failure_code

_INCOMPLETE: Mapping[str, str] = {
    "length": "max_output_tokens",
    "content_filter": "content_filter",
}
_encoder = msgspec.json.Encoder()


class Growing:
    """A response as it grows: each event is turned into what is to be said about it."""

    def __init__(self, started: Started, inbound: Inbound) -> None:
        """A response that says of its request what the API says."""
        self._name = started.id
        self._head = {
            "id": f"resp_{started.id}",
            "object": "response",
            "created_at": started.created,
            "model": started.model,
            **echo(inbound),
        }
        self._output: dict[int, Item] = {}
        self._size = 0
        self._thought: OpenThought | None = None
        self._message: OpenMessage | None = None
        self._calls: dict[int, OpenCall] = {}
        self._call_ids: set[str] = set()
        self._reason: FinishReason | None = None
        self._usage: Usage | None = None

    def begin(self) -> list[Said]:
        """It has begun, and has nothing in it."""
        response = self.response("in_progress") | {"output": [], "usage": None}
        names = ("response.created", "response.in_progress")
        return [(name, {"response": response}) for name in names]

    def add(self, event: StreamEvent) -> list[Said]:
        """The next event of the answer; other answers to the same question have no place here."""
        said: list[Said] = []
        match event:
            case _ if getattr(event, "choice", 0):
                pass
            case TextDelta():
                said = self._say("output_text", event.text)
            case RefusalDelta():
                said = self._say("refusal", event.text)
            case Cited():
                said = self._in_message(lambda message: message.cite(event.citation))
            case ReasoningDelta() | ReasoningSignature() | SealedReasoning():
                said = self._think(event)
            case ToolDelta():
                said = self._call(event)
            case Finished():
                self._reason = event.reason
                said = self._close()
            case Used():
                self._usage = event.usage
        return said

    def end(self) -> list[Said]:
        """It is complete."""
        said = self._close()
        status = "incomplete" if self._reason in _INCOMPLETE else "completed"
        return [*said, (f"response.{status}", {"response": self.response(status)})]

    def fail(self, message: str, code: str) -> list[Said]:
        """It has failed; what has not been completed is no part of it."""
        response = self.response("failed") | {"error": {"code": code, "message": message}}
        return [("response.failed", {"response": response})]

    def response(self, status: str) -> dict[str, Any]:
        """What there is of it."""
        why = _INCOMPLETE.get(self._reason or "") if status == "incomplete" else None
        return {
            **self._head,
            "status": status,
            "incomplete_details": {"reason": why} if why else None,
            "output": [item for _, item in sorted(self._output.items())],
            "usage": usage_object(self._usage) if self._usage is not None else None,
        }

    def _say(self, kind: str, text: str) -> list[Said]:
        return self._in_message(lambda message: message.add(kind, text)) if text else []

    def _in_message(self, tell: Any) -> list[Said]:
        said: list[Said] = []
        if self._message is None:
            said += self._close_thought()
            index = self._next()
            self._message = OpenMessage(index, f"msg_{self._name}_{index}")
            said += self._message.begin()
        return [*said, *tell(self._message)]

    def _think(self, event: ReasoningDelta | ReasoningSignature | SealedReasoning) -> list[Said]:
        said: list[Said] = []
        if self._thought is None:
            said += self._close_message()
            index = self._next()
            self._thought = OpenThought(index, f"{ID_PREFIX}{self._name}_{index}")
            said += self._thought.begin()
        match event:
            case ReasoningDelta():
                return [*said, *self._thought.add(event.text)]
            case ReasoningSignature():
                return [*said, *self._close_thought(marked("signature", event.signature))]
            case SealedReasoning():
                return [*said, *self._close_thought(marked("sealed", event.data))]

    def _call(self, event: ToolDelta) -> list[Said]:
        said: list[Said] = []
        call = self._calls.get(event.position)
        if call is None:
            said += [*self._close_thought(), *self._close_message()]
            index = self._next()
            call = self._calls[event.position] = OpenCall(
                index,
                f"fc_{self._name}_{index}",
                call_id=self._call_id(event),
                name=event.name or "",
            )
            said += call.begin()
        call.signature = call.signature or event.signature
        return [*said, *call.add(event.arguments)]

    def _call_id(self, event: ToolDelta) -> str:
        """The backend's, if it is one of a kind: results are matched to calls by it."""
        given = event.id or f"call_{self._name}_{event.position}"
        if given in self._call_ids:
            given = f"{given}_{event.position}"
        self._call_ids.add(given)
        return given

    def _next(self) -> int:
        self._size += 1
        return self._size - 1

    def _close(self) -> list[Said]:
        said = [*self._close_thought(), *self._close_message()]
        for call in self._calls.values():
            ended, self._output[call.index] = call.end(self._status)
            said += ended
        self._calls = {}
        return said

    def _close_thought(self, encrypted: str | None = None) -> list[Said]:
        if self._thought is None:
            return []
        thought, self._thought = self._thought, None
        said, item = thought.end(encrypted)
        self._output[said[-1][1]["output_index"]] = item
        return said

    def _close_message(self) -> list[Said]:
        if self._message is None:
            return []
        message, self._message = self._message, None
        said, item = message.end(self._status)
        self._output[said[-1][1]["output_index"]] = item
        return said

    @property
    def _status(self) -> str:
        return "incomplete" if self._reason in _INCOMPLETE else "completed"


class EventEncoder:
    """One stream for one client."""

    def __init__(self, started: Started, inbound: Inbound) -> None:
        self._growing = Growing(started, inbound)
        self._number = 0
        self._has_failed = False

    def encode(self, event: StreamEvent) -> bytes:
        """Bytes for one event; may be empty."""
        match event:
            case Failed():
                # Whoever reads the stream says it once more, as an error (see `problems`).
                return self._fail(event.message, event.status)
            case Finished(reason="error"):
                cut = UpstreamCut("the backend broke its answer off")
                return self._fail(cut.message, cut.http_status) + encode_stream_error(cut)
            case _:
                return self._framed(self._growing.add(event))

    def end(self) -> bytes:
        """The last event of a complete stream, with its usage."""
        return b"" if self._has_failed else self._framed(self._growing.end())

    def _fail(self, message: str, status: int) -> bytes:
        self._has_failed = True
        return self._framed(self._growing.fail(message, failure_code(status)))

    def _framed(self, said: Iterable[Said]) -> bytes:
        begun = self._growing.begin() if not self._number else []
        return b"".join(self._frame(name, members) for name, members in [*begun, *said])

    def _frame(self, name: str, members: Mapping[str, Any]) -> bytes:
        data = {"type": name, "sequence_number": self._number, **members}
        self._number += 1
        return b"event: %b\ndata: %b\n\n" % (name.encode(), _encoder.encode(data))


def encode_answer(answer: Answer, inbound: Inbound) -> bytes:
    """A complete response for a client.

    Raises:
        UpstreamCut: The backend broke the answer off.
    """
    started = Started(id=answer.id, model=answer.model, created=answer.created)
    growing = Growing(started, inbound)
    choice = answer.choices[0] if answer.choices else Choice()
    if choice.finish_reason == "error":
        raise UpstreamCut("the backend broke its answer off")
    for event in _events_of(choice):
        growing.add(event)
    if answer.usage is not None:
        growing.add(Used(answer.usage))
    ((_, last),) = growing.end()
    return _encoder.encode(last["response"])


def usage_object(usage: Usage) -> Mapping[str, Any]:
    """Usage as this API writes it."""
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def _events_of(choice: Choice) -> Iterable[StreamEvent]:
    """A whole answer as the stream it could have been."""
    for thought in choice.thoughts:
        if thought.text:
            yield ReasoningDelta(thought.text)
        if thought.sealed is not None:
            yield SealedReasoning(thought.sealed)
        elif thought.signature is not None:
            yield ReasoningSignature(thought.signature)
    if choice.text:
        yield TextDelta(choice.text)
    for citation in choice.citations:
        yield Cited(citation)
    if choice.refusal:
        yield RefusalDelta(choice.refusal)
    for position, call in enumerate(choice.tool_calls):
        yield ToolDelta(
            position=position,
            id=call.id or None,
            name=call.name,
            arguments=call.arguments,
            signature=call.signature,
        )
    yield Finished(choice.finish_reason or ("tool_calls" if choice.tool_calls else "stop"))
