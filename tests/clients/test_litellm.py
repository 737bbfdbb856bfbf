"""`litellm` as a client: its providers, each with Headgate as its base."""

import json
import os
from dataclasses import dataclass
from typing import Any

import litellm
import pytest

from clients.picture import DATA_URL, SEEN

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "enum": ["Paris", "Oslo"]}},
            "required": ["city"],
        },
    },
}
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string", "enum": ["yes", "no"]}},
    "required": ["answer"],
    "additionalProperties": False,
}
WANTED = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": SCHEMA}}


@dataclass(frozen=True)
class Way:
    provider: str
    path: str = ""
    route: str = "to-openai"

    def ask(self, text: Any, **more: Any) -> Any:
        return litellm.completion(
            model=f"{self.provider}/{self.route}",
            api_base=os.environ["HEADGATE"] + self.path,
            api_key="any",
            messages=[{"role": "user", "content": text}],
            num_retries=0,
            **more,
        )


def ways(**routes: tuple[str, ...]) -> pytest.MarkDecorator:
    """Each provider of litellm with each of its routes."""
    paths = {"openai": "/v1", "cohere_chat": "/v2/chat"}
    return pytest.mark.parametrize(
        "way",
        [
            pytest.param(Way(provider, paths.get(provider, ""), route), id=f"{provider}-{route}")
            for provider, named in routes.items()
            for route in named
        ],
    )


HOSTED = ("to-openai", "to-anthropic", "to-cohere")
WAYS = {"openai": HOSTED, "anthropic": HOSTED, "ollama_chat": ("to-openai", "to-ollama")}
every = ways(**WAYS, cohere_chat=HOSTED)
# litellm reads Cohere's events as bare JSON, which they are not, and has no schemas for it.
all_but_cohere = ways(**WAYS)


@every
def test_an_answer_and_its_counts(way: Way) -> None:
    answer = way.ask("Say: one two three")
    assert answer.choices[0].message.content == "one two three"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.completion_tokens == 3
    assert answer.usage.prompt_tokens in {12, 17}


@all_but_cohere
def test_a_stream(way: Way) -> None:
    chunks = list(way.ask("Say: one two three", stream=True))
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
    assert "".join(pieces) == "one two three"
    assert len([piece for piece in pieces if piece]) > 1


@every
def test_two_calls_of_a_tool(way: Way) -> None:
    answer = way.ask("What is the weather in Paris and in Oslo?", tools=[TOOL])
    calls = answer.choices[0].message.tool_calls
    found = [json.loads(call.function.arguments) for call in calls]
    assert found == [{"city": "Paris"}, {"city": "Oslo"}]
    assert len({call.id for call in calls}) == 2
    assert answer.choices[0].finish_reason == "tool_calls"


@all_but_cohere
def test_an_answer_by_a_schema(way: Way) -> None:
    answer = way.ask("Is it so? no", response_format=WANTED)
    assert json.loads(answer.choices[0].message.content) == {"answer": "no"}


@every
def test_a_picture(way: Way) -> None:
    content = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": DATA_URL}},
    ]
    assert way.ask(content).choices[0].message.content == SEEN


@every
def test_an_unknown_model_is_its_own_error(way: Way) -> None:
    lost = Way(way.provider, way.path, "nobody")
    with pytest.raises(litellm.NotFoundError, match="nobody"):
        lost.ask("Hello")


def test_texts_are_embedded_and_ranked() -> None:
    base = os.environ["HEADGATE"]
    for route in ("to-openai", "to-cohere"):
        found = litellm.embedding(
            model=f"openai/{route}", input=["one", "two"], api_base=f"{base}/v1", api_key="any"
        )
        vectors = [item["embedding"] for item in found.data]
        assert len(vectors[0]) == len(vectors[1]) > 1
    ranked = litellm.rerank(
        model="cohere/to-cohere",
        query="one",
        documents=["two", "one"],
        api_base=base,
        api_key="any",
    )
    assert sorted(result["index"] for result in ranked.results) == [0, 1]
