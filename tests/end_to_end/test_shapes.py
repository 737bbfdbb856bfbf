"""Every shape of request goes out as it came in, and every answer is one the SDK knows."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from openai.types import Completion, CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from support.behaviours import OK
from support.headgate_server import HeadgateServer
from support.request_shapes import SHAPES
from support.upstream import Upstream

COMPLETION_SHAPES: dict[str, dict[str, Any]] = {
    "text": {"prompt": "Once"},
    "several texts": {"prompt": ["Once", "Twice"]},
    "tokens": {"prompt": [1, 2, 3], "max_tokens": 4},
    "options": {"prompt": "Once", "n": 2, "echo": True, "suffix": ".", "logprobs": 1, "best_of": 2},
}
EMBEDDING_SHAPES: dict[str, dict[str, Any]] = {
    "text": {"input": "one"},
    "texts": {"input": ["one", "two"]},
    "tokens": {"input": [[1, 2], [3]]},
    "floats": {"input": "one", "encoding_format": "float"},
    "base64": {"input": ["one", "two"], "encoding_format": "base64"},
    "dimensions": {"input": "one", "dimensions": 2, "user": "u"},
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    config = {
        "targets": {
            "box": {"backend": "openai_compatible", "model": "real", "base_url": upstream.base_url}
        },
        "routes": {"chat": {"targets": ["box"]}},
    }
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config) as server:
        yield server


def post(server: HeadgateServer, path: str, body: dict[str, Any]) -> httpx.Response:
    answer = httpx.post(f"{server.base_url}{path}", json={"model": "chat", **body}, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer


def sent(upstream: Upstream) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(upstream.requests[-1].body)
    return body


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_chat_reaches_the_backend_unchanged_and_comes_back_as_the_sdk_expects(
    server: HeadgateServer, upstream: Upstream, shape: dict[str, Any]
) -> None:
    answer = post(server, "/chat/completions", shape)
    assert sent(upstream) == {**shape, "model": "real"}
    ChatCompletion.model_validate_json(answer.content, strict=True)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_streamed_chat_too_and_usage_comes_only_when_asked(
    server: HeadgateServer, upstream: Upstream, shape: dict[str, Any]
) -> None:
    for asked in (None, {"include_usage": False}, {"include_usage": True}):
        options = {} if asked is None else {"stream_options": asked}
        answer = post(server, "/chat/completions", {**shape, "stream": True, **options})
        assert sent(upstream) == {
            **shape,
            "model": "real",
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.text.split("\n\n") if line]
        assert lines.pop() == "data: [DONE]"
        chunks = [
            ChatCompletionChunk.model_validate_json(line.removeprefix("data: "), strict=True)
            for line in lines
        ]
        wants_usage = bool(asked and asked["include_usage"])
        assert [chunk.usage is not None for chunk in chunks[-1:]] == [wants_usage]
        assert all(chunk.choices or chunk.usage for chunk in chunks)
        assert {(chunk.id, chunk.created) for chunk in chunks} == {
            (chunks[0].id, chunks[0].created)
        }


@pytest.mark.parametrize("shape", COMPLETION_SHAPES.values(), ids=COMPLETION_SHAPES.keys())
def test_a_legacy_completion_is_relayed(
    server: HeadgateServer, upstream: Upstream, shape: dict[str, Any]
) -> None:
    answer = post(server, "/completions", shape)
    assert sent(upstream) == {**shape, "model": "real"}
    Completion.model_validate_json(answer.content, strict=True)
    streamed = post(server, "/completions", {**shape, "stream": True})
    *lines, done = [line for line in streamed.text.split("\n\n") if line]
    assert done == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines]
    for chunk in chunks:
        for choice in chunk["choices"]:
            # The type knows complete answers only; in a stream it is null until the end.
            choice["finish_reason"] = choice["finish_reason"] or "stop"
        Completion.model_validate(chunk, strict=True)


@pytest.mark.parametrize("shape", EMBEDDING_SHAPES.values(), ids=EMBEDDING_SHAPES.keys())
def test_embeddings_are_relayed_in_the_encoding_that_was_asked_for(
    server: HeadgateServer, upstream: Upstream, shape: dict[str, Any]
) -> None:
    answer = post(server, "/embeddings", shape)
    assert sent(upstream) == {**shape, "model": "real"}
    kind = str if shape.get("encoding_format") == "base64" else list
    assert all(type(item["embedding"]) is kind for item in answer.json()["data"])
    if kind is list:
        CreateEmbeddingResponse.model_validate_json(answer.content, strict=True)
