"""Every other way to ask than a conversation: what is masked does not leave by any of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from anthropic import Anthropic
from openai import OpenAI

from support.echo import echo, leaks
from support.masked_bench import Bench
from support.reply import Exchange

EMAIL = "ada.lovelace@corp.io"
CARD = "4111 1111 1111 1111"
VALUES = (EMAIL, CARD)
TEXT = f"Write to {EMAIL} about the card {CARD}."
OTHER = f"Nobody pays with {CARD} today."


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("masked")) as bench:
        yield bench
        assert "Traceback" not in bench.server.said


@dataclass(frozen=True)
class Surface:
    """A way to ask, and which backend it is asked of."""

    id: str
    path: str
    backend: str
    body: dict[str, Any]
    is_told: bool = True
    """The answer is made of words, or of what follows from them; else of numbers."""


QUERY = f"who is {EMAIL} please"
DOCUMENTS = ["the report is due", f"mail {EMAIL} who is away", f"please pay {CARD} soon"]
EMBED = {"texts": [TEXT, OTHER], "input_type": "search_document", "embedding_types": ["float"]}
SURFACES = (
    Surface("completion", "/v1/completions", "openai_chat", {"prompt": TEXT, "suffix": OTHER}),
    Surface(
        "streamed completion", "/v1/completions", "openai_chat", {"prompt": TEXT, "stream": True}
    ),
    Surface("embedding", "/v1/embeddings", "openai_chat", {"input": TEXT}, is_told=False),
    Surface("embeddings", "/v1/embeddings", "openai_chat", {"input": [TEXT]}, is_told=False),
    Surface("embeddings at Cohere", "/v1/embeddings", "cohere", {"input": [TEXT]}, is_told=False),
    Surface("embeddings at Ollama", "/v1/embeddings", "ollama", {"input": [TEXT]}, is_told=False),
    Surface("Cohere's embeddings", "/v2/embed", "cohere", EMBED, is_told=False),
    Surface("Cohere's at OpenAI", "/v2/embed", "openai_chat", EMBED, is_told=False),
    Surface("Ollama's embeddings", "/api/embed", "ollama", {"input": [TEXT]}, is_told=False),
    Surface("an embedding", "/api/embeddings", "ollama", {"prompt": TEXT}, is_told=False),
    Surface("rerank", "/v1/rerank", "openai_chat", {"query": QUERY, "documents": DOCUMENTS}),
    Surface("rerank at Cohere", "/v1/rerank", "cohere", {"query": QUERY, "documents": DOCUMENTS}),
    Surface("Cohere's rerank", "/v2/rerank", "cohere", {"query": QUERY, "documents": DOCUMENTS}),
    Surface("moderation", "/v1/moderations", "openai", {"input": [TEXT, OTHER]}),
    Surface(
        "count of tokens",
        "/v1/messages/count_tokens",
        "anthropic",
        {"system": OTHER, "messages": [{"role": "user", "content": TEXT}]},
    ),
    Surface("prompt", "/api/generate", "ollama", {"prompt": TEXT, "system": OTHER}),
    Surface("prompt at OpenAI", "/api/generate", "openai_chat", {"prompt": TEXT, "stream": False}),
)
CHANGING = frozenset({"id", "created", "created_at", "meta", "usage", "eval_count", "model"})


@pytest.mark.parametrize("surface", SURFACES, ids=lambda each: each.id)
def test_nothing_leaks_by(bench: Bench, surface: Surface) -> None:
    outside, home = (told(bench, surface, place) for place in ("outside", "home"))
    sent, original = bench.outside.requests[-1], bench.home.requests[-1]
    assert leaks([sent], VALUES) == []
    assert leaks([original], VALUES)
    assert sent.path == original.path
    if surface.is_told:
        assert outside == home
    else:
        assert shape_of(outside) == shape_of(home)


def test_an_embedding_s_own_texts_come_back(bench: Bench) -> None:
    answer = json.loads(bench.ask("/v2/embed", {"model": "cohere-outside", **EMBED}))
    assert answer["texts"] == EMBED["texts"]


def told(bench: Bench, surface: Surface, place: str) -> list[Any]:
    """What an answer says, each event of a stream by itself."""
    bench.outside.use(echo(Random(0)))
    bench.home.use(echo(Random(0)))
    answer = bench.ask(surface.path, {"model": f"{surface.backend}-{place}", **surface.body})
    lines = [line.removeprefix("data: ") for line in answer.decode().splitlines() if line]
    said = [json.loads(line) for line in lines if line.startswith("{")]
    texts = "".join(each for one in said for each in words_of(one))
    rest = [lasting(each) for each in said if not words_of(each)]
    return [texts, *rest]


def words_of(event: dict[str, Any]) -> list[str]:
    """The pieces of text in an event."""
    said = [each["text"] for each in event.get("choices", ()) if "text" in each]
    return said + ([event["response"]] if "response" in event else [])


def lasting(event: dict[str, Any]) -> dict[str, Any]:
    """An event without what is another in every answer."""
    return {name: each for name, each in event.items() if name not in CHANGING}


def shape_of(value: Any) -> Any:
    """An answer without its numbers."""
    if isinstance(value, dict):
        return {name: shape_of(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape_of(each) for each in value]
    return None if isinstance(value, int | float) else value


def test_a_header_that_goes_along_is_read_too(bench: Bench) -> None:
    body = {"model": "cohere-outside", "messages": [{"role": "user", "content": "Hello"}]}
    bench.outside.use(echo(Random(0)))
    bench.ask("/v2/chat", body, headers={"x-client-name": f"mail of {EMAIL}"})
    assert leaks(bench.outside.requests[-1:], VALUES) == []
    bench.ask("/v2/chat", body, headers={"x-client-name": "my-tool"})
    assert bench.outside.requests[-1].headers["x-client-name"] == "my-tool"


def test_no_query_of_the_client_s_goes_along(bench: Bench) -> None:
    body = {"model": "openai_chat-outside", "messages": [{"role": "user", "content": "Hello"}]}
    bench.ask(f"/v1/chat/completions?api-version={EMAIL}", body)
    assert leaks(bench.outside.requests[-1:], VALUES) == []


def tool_result_of(exchange: Exchange) -> str:
    found: str = exchange.json["messages"][-1]["content"]
    return found


def test_openai_s_own_client_calls_a_tool_with_what_it_said(bench: Bench) -> None:
    """Over several turns: a value keeps its placeholder, and tools are given the value."""
    tool = {"type": "function", "function": {"name": "send", "parameters": {"type": "object"}}}
    messages: list[Any] = [{"role": "user", "content": TEXT}]
    with OpenAI(base_url=bench.server.base_url, api_key="any", max_retries=0) as client:
        for turn in range(4):
            bench.outside.use(echo(Random(turn)))
            answer = client.chat.completions.create(
                model="openai_chat-outside", messages=messages, tools=[tool]
            )
            message = answer.choices[0].message
            told = message.content or json.dumps(
                [json.loads(each.function.arguments) for each in message.tool_calls or ()]
            )
            assert EMAIL in told
            assert CARD in told
            messages += [message.to_dict(), {"role": "user", "content": f"Again, {EMAIL}: {turn}"}]
            if message.tool_calls:
                messages[-1:] = [
                    {"role": "tool", "tool_call_id": each.id, "content": TEXT}
                    for each in message.tool_calls
                ]
    turns = bench.outside.requests[-4:]
    assert leaks(turns, VALUES) == []
    firsts = {exchange.json["messages"][0]["content"] for exchange in turns}
    assert len(firsts) == 1, "the same in every turn, so that the provider's cache holds"


def test_openai_s_own_client_streams_a_response_that_goes_on(bench: Bench) -> None:
    bench.outside.use(echo(Random(3)))
    with OpenAI(base_url=bench.server.base_url, api_key="any", max_retries=0) as client:
        with client.responses.stream(model="openai_responses-outside", input=TEXT) as stream:
            said = "".join(e.delta for e in stream if e.type == "response.output_text.delta")
            final = stream.get_final_response()
        assert EMAIL in said
        assert final.output_text == said
        again = client.responses.create(
            model="openai_responses-outside", input="And?", previous_response_id=final.id
        )
    assert "And?" in again.output_text
    assert leaks(bench.outside.requests[-2:], VALUES) == []


def test_anthropic_s_own_client_streams_a_message(bench: Bench) -> None:
    bench.outside.use(echo(Random(1)))
    with (
        Anthropic(base_url=bench.server.root_url, api_key="any", max_retries=0) as client,
        client.messages.stream(
            model="anthropic-outside",
            max_tokens=99,
            system=OTHER,
            messages=[{"role": "user", "content": TEXT}],
        ) as stream,
    ):
        said = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert EMAIL in said
    assert CARD in said
    assert [block.text for block in final.content if block.type == "text"] == [said]
    assert leaks(bench.outside.requests[-1:], VALUES) == []
