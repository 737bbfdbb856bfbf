"""Cohere's wire shapes, version 2: chat, embeddings, reranking, errors.

Written from the published reference and checked against the official SDK in
`tests/unit/support/test_cohere_shapes.py`.
"""

from collections.abc import Mapping
from typing import Any

from support.answers import Answer, Asked, Call
from support.openai_shapes import packed, vector_of
from support.rerank_shapes import ranked
from support.shapes import ErrorSaid, Frame, dump

_NOTHING_SAID = {"content": [], "tool_plan": "", "tool_calls": [], "citations": []}
_FINISH = {"stop": "COMPLETE", "length": "MAX_TOKENS", "tool_calls": "TOOL_CALL"}
UNBILLED_TOKENS = 5
"""What Cohere adds to every prompt by itself and does not charge."""
MOST_TEXTS = 96


class _Cohere:
    """What all its operations share."""

    stream_media_type = "text/event-stream"
    ping = b": still here\n\n"

    def error(self, said: ErrorSaid) -> bytes:
        return dump({"id": "e9a4", "message": said.message})

    def error_frame(self, said: ErrorSaid) -> bytes:
        return named("message-end", delta={"finish_reason": "ERROR", "error": said.message})

    def broken_frame(self) -> bytes:
        return b'event: content-delta\ndata: {"type":"content-delta","ind\n\n'


class CohereChat(_Cohere):
    """`/v2/chat`: what is said about tools before they are called is their plan."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        message: dict[str, Any] = {"role": "assistant"}
        content: list[dict[str, str]] = []
        if answer.reasoning and not answer.calls:
            content.append({"type": "thinking", "thinking": "".join(answer.reasoning)})
        if answer.reasoning and answer.calls:
            message["tool_plan"] = "".join(answer.reasoning)
        if answer.text or not answer.calls:
            content.append({"type": "text", "text": answer.text})
        if content:
            message["content"] = content
        if answer.calls:
            message["tool_calls"] = [
                _call(asked, n, call.name, call.arguments) for n, call in enumerate(answer.calls)
            ]
        if citations := _citations(asked, answer):
            message["citations"] = citations
        return dump(
            {
                "id": _identity(asked),
                "finish_reason": _FINISH[answer.finish],
                "message": message,
                "usage": _usage(answer),
            }
        )

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        identity = _identity(asked)
        message = {"role": "assistant", **_NOTHING_SAID}
        found = [Frame("start", named("message-start", id=identity, delta={"message": message}))]
        blocks = 0
        if answer.reasoning and not answer.calls:
            found += _block(0, "thinking", answer.reasoning)
            blocks = 1
        if answer.calls:
            found += [_said("tool-plan-delta", {"tool_plan": each}) for each in answer.reasoning]
        if answer.pieces:
            found += _block(blocks, "text", answer.pieces)
        for number, citation in enumerate(_citations(asked, answer)):
            found.append(_said("citation-start", {"citations": citation}, index=number))
            found.append(Frame("content", named("citation-end", index=number)))
        for number, call in enumerate(answer.calls):
            found += _streamed_call(asked, number, call)
        end = {"finish_reason": _FINISH[answer.finish], "usage": _usage(answer)}
        return [*found, Frame("end", named("message-end", id=identity, delta=end))]


class CohereEmbeddings(_Cohere):
    """`/v2/embed`: vectors by kind, at most 96 texts at once."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        texts = asked.body.get("texts") or asked.body.get("images") or []
        assert "input_type" in asked.body, "invalid request: valid input_type must be provided"
        assert len(texts) <= MOST_TEXTS, f"total number of texts must be at most {MOST_TEXTS}"
        size = int(asked.body.get("output_dimension") or 8)
        vectors = [vector_of(text, size) for text in texts]
        by_kind: dict[str, Any] = {}
        for kind in asked.body.get("embedding_types") or ["float"]:
            assert kind in {"float", "base64"}, f"the stand-in makes no `{kind}`"
            by_kind[kind] = vectors if kind == "float" else [packed(each) for each in vectors]
        return dump(
            {
                "id": _identity(asked),
                "embeddings": by_kind,
                "texts": asked.body.get("texts") or [],
                "meta": {
                    "api_version": {"version": "2"},
                    "billed_units": {"input_tokens": len(texts)},
                },
                "response_type": "embeddings_by_type",
            }
        )

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        raise AssertionError("embeddings are never streamed")


class CohereRanking(_Cohere):
    """`/v2/rerank`: places and scores, charged by the search."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        return dump(
            {
                "id": _identity(asked),
                "results": ranked(asked),
                "meta": {"api_version": {"version": "2"}, "billed_units": {"search_units": 1}},
            }
        )

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        raise AssertionError("rankings are never streamed")


def named(name: str, **members: Any) -> bytes:
    """One event, with its name beside its data, too."""
    return b"event: " + name.encode() + b"\ndata: " + dump({"type": name, **members}) + b"\n\n"


def _said(name: str, message: Mapping[str, Any], **members: Any) -> Frame:
    return Frame("content", named(name, **members, delta={"message": message}))


def _block(index: int, kind: str, pieces: tuple[str, ...]) -> list[Frame]:
    empty = {"content": {"type": kind, kind: ""}}
    start = Frame("start", named("content-start", index=index, delta={"message": empty}))
    said = [_said("content-delta", {"content": {kind: p}}, index=index) for p in pieces]
    return [start, *said, Frame("content", named("content-end", index=index))]


def _streamed_call(asked: Asked, number: int, call: Call) -> list[Frame]:
    begun = {"tool_calls": _call(asked, number, call.name, "")}
    found = [_said("tool-call-start", begun, index=number)]
    half = max(1, len(call.arguments) // 2)
    for piece in (call.arguments[:half], call.arguments[half:]):
        more = {"tool_calls": {"function": {"arguments": piece}}}
        found.append(_said("tool-call-delta", more, index=number))
    return [*found, Frame("content", named("tool-call-end", index=number))]


def _call(asked: Asked, number: int, name: str, arguments: str) -> dict[str, Any]:
    identity = f"{name}_{asked.number}{number}"
    function = {"name": name, "arguments": arguments}
    return {"id": identity, "type": "function", "function": function}


def _citations(asked: Asked, answer: Answer) -> list[dict[str, Any]]:
    """The whole answer rests on the first document, unless citations are off."""
    documents = asked.body.get("documents") or []
    mode = (asked.body.get("citation_options") or {}).get("mode")
    if not documents or not answer.text or mode in {"OFF", "DISABLED"}:
        return []
    first = documents[0]
    data = {"text": first} if isinstance(first, str) else first["data"]
    identity = first.get("id", "doc:0") if isinstance(first, Mapping) else "doc:0"
    source = {"type": "document", "id": identity, "document": {"id": identity, **data}}
    place = {"start": 0, "end": len(answer.text), "text": answer.text}
    return [{**place, "sources": [source], "content_index": 0, "type": "TEXT_CONTENT"}]


def _identity(asked: Asked) -> str:
    return f"c14c80c3-{asked.number:08d}"


def _usage(answer: Answer) -> dict[str, Any]:
    charged = {"input_tokens": answer.prompt_tokens, "output_tokens": answer.output_tokens}
    read = {**charged, "input_tokens": answer.prompt_tokens + UNBILLED_TOKENS}
    return {"billed_units": charged, "tokens": read, "cached_tokens": answer.cached_tokens}
