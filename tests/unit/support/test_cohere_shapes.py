"""The stand-in for Cohere against its official SDK, with no Headgate between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cohere
import httpx
import pytest

from support import behaviours as b
from support.answers import Call, called
from support.openai_shapes import vector_of
from support.upstream import Upstream

TOOL = {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object"}}}
HELLO: list[Any] = [{"role": "user", "content": "hi"}]
ONCE: Any = {"max_retries": 0}


@contextmanager
def client_of(upstream: Upstream) -> Iterator[cohere.ClientV2]:
    with httpx.Client(timeout=5) as connections:
        yield cohere.ClientV2("any", base_url=upstream.root_url, httpx_client=connections)


def strictly(value: Any) -> Any:
    """The SDK builds its types without checking them; check them."""
    type(value).model_validate(value.model_dump(mode="python", warnings="error"))
    return value


def ask(client: cohere.ClientV2, **more: Any) -> Any:
    options = {"messages": HELLO, "request_options": ONCE, **more}
    return strictly(client.chat(model="m", **options))


def stream(client: cohere.ClientV2, **more: Any) -> list[Any]:
    options = {"messages": HELLO, "request_options": ONCE, **more}
    return [strictly(event) for event in client.chat_stream(model="m", **options)]


def test_a_chat_and_its_stream_say_the_same() -> None:
    with Upstream(b.THINKS) as upstream, client_of(upstream) as client:
        whole, events = ask(client), stream(client)
    said = {"text": "", "thinking": ""}
    for event in events:
        if event.type == "content-delta":
            said["text"] += event.delta.message.content.text or ""
            said["thinking"] += event.delta.message.content.thinking or ""
    thinking, text = whole.message.content
    assert (thinking.thinking, text.text) == (said["thinking"], said["text"])
    assert events[-1].delta.finish_reason == whole.finish_reason == "COMPLETE"
    assert events[-1].delta.usage == whole.usage
    assert whole.usage.tokens.input_tokens > whole.usage.billed_units.input_tokens


def test_tools_are_called() -> None:
    two = called(Call("get_time", '{"zone":"UTC"}'), Call("get_time", "{}"))
    with Upstream(b.says(two)) as upstream, client_of(upstream) as client:
        whole, events = ask(client, tools=[TOOL]), stream(client, tools=[TOOL])
    assert [call.function.arguments for call in whole.message.tool_calls] == [
        '{"zone":"UTC"}',
        "{}",
    ]
    assert [e.type for e in events if e.type.startswith("tool-call")].count("tool-call-end") == 2
    assert whole.finish_reason == events[-1].delta.finish_reason == "TOOL_CALL"


def test_an_answer_rests_on_documents() -> None:
    documents = [{"id": "d1", "data": {"title": "T", "text": "words"}}]
    with Upstream() as upstream, client_of(upstream) as client:
        whole, events = ask(client, documents=documents), stream(client, documents=documents)
        silent = ask(client, documents=documents, citation_options={"mode": "OFF"})
    (citation,) = whole.message.citations
    (told,) = [e for e in events if e.type == "citation-start"]
    assert told.delta.message.citations == citation
    assert citation.sources[0].document["title"] == "T"
    assert silent.message.citations is None


def test_texts_are_embedded_and_ranked() -> None:
    with Upstream() as upstream, client_of(upstream) as client:
        vectors = strictly(
            client.embed(
                model="m", texts=["a"], input_type="clustering", embedding_types=["float", "base64"]
            )
        )
        ranking = strictly(client.rerank(model="m", query="a b", documents=["c", "a b", "a"]))
    assert vectors.embeddings.float_ == [vector_of("a", 8)]
    assert len(vectors.embeddings.base64) == 1
    assert [result.index for result in ranking.results] == [1, 2, 0]
    assert ranking.meta.billed_units.search_units == 1


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [(b.UNAUTHORIZED, cohere.UnauthorizedError), (b.RATE_LIMITED, cohere.TooManyRequestsError)],
    ids=str,
)
def test_faults_are_the_sdks_own(behaviour: b.Behaviour, kind: type[Exception]) -> None:
    with Upstream(behaviour) as upstream, client_of(upstream) as client:
        with pytest.raises(kind):
            ask(client)
        with pytest.raises(kind):
            stream(client)


def test_an_error_inside_a_stream_is_its_end() -> None:
    with Upstream(b.ERROR_AFTER_CONTENT) as upstream, client_of(upstream) as client:
        events = stream(client)
    assert events[-1].delta.finish_reason == "ERROR"
    assert events[-1].delta.error == "The model crashed"
