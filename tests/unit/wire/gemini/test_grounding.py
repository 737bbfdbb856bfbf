"""Searches of Gemini's own: what was said is cited, and each is counted."""

import json
from typing import Any

import pytest

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Citation, Cited, Source
from headgate.core.usage import Usage
from headgate.wire.gemini.answers import decode_answer
from headgate.wire.gemini.streams import ReplyDecoder

GROUNDED: dict[str, Any] = {
    "webSearchQueries": ["who won", "euro final"],
    "groundingChunks": [
        {"web": {"uri": "https://a.example", "title": "A"}},
        {"retrievedContext": {"title": "B", "text": "b"}},
    ],
    "groundingSupports": [
        {
            "segment": {"startIndex": 0, "endIndex": 11, "text": "Spain won."},
            "groundingChunkIndices": [0, 1, 9, -1],
        },
        {"segment": {"text": "unfounded"}, "groundingChunkIndices": []},
        {"groundingChunkIndices": [1]},
    ],
}
CITATIONS = (
    Citation(
        text="Spain won.",
        sources=(Source(title="A", url="https://a.example"), Source(title="B", text="b")),
    ),
    Citation(text="", sources=(Source(title="B", text="b"),)),
)


def body(model: str, grounding: Any = None) -> bytes:
    candidate = {
        "content": {"parts": [{"text": "Spain won."}]},
        "finishReason": "STOP",
        "groundingMetadata": GROUNDED if grounding is None else grounding,
    }
    usage = {"promptTokenCount": 3, "candidatesTokenCount": 2}
    reply = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model}
    return json.dumps(reply).encode()


@pytest.mark.parametrize(("model", "searches"), [("gemini-3.8-flash", 2), ("gemini-2.5-pro", 1)])
def test_sources_are_cited_and_searches_counted_as_they_are_charged(
    model: str, searches: int
) -> None:
    answer = decode_answer(body(model))
    assert answer.choices[0].citations == CITATIONS
    assert answer.usage == Usage(input_tokens=3, output_tokens=2, web_searches=searches)
    (frame,) = ReplyDecoder().feed(b"data: " + body(model) + b"\n\n")
    assert tuple(e.citation for e in frame.events if isinstance(e, Cited)) == CITATIONS


def test_nothing_searched_is_nothing_cited() -> None:
    answer = decode_answer(body("gemini-3.8-flash", {}))
    assert answer.choices[0].citations == ()
    assert answer.usage == Usage(input_tokens=3, output_tokens=2)


@pytest.mark.parametrize("grounding", [7, {"groundingChunks": 7}, {"webSearchQueries": [1]}])
def test_what_is_none_is_garbled(grounding: Any) -> None:
    with pytest.raises(UpstreamGarbled):
        decode_answer(body("m", grounding))
