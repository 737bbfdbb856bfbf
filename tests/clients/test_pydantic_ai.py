"""`pydantic-ai`: agents that call tools and answer in a type."""

import os
from typing import Literal

import pytest
from anthropic import AsyncAnthropic
from pydantic import BaseModel
from pydantic_ai import Agent, BinaryContent
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.output import NativeOutput
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from clients.names import CLAUDES
from clients.picture import PICTURE, SEEN


class Verdict(BaseModel):
    answer: Literal["yes", "no"]
    sure: bool


def chat(route: str) -> Model:
    provider = OpenAIProvider(base_url=f"{os.environ['HEADGATE']}/v1", api_key="any")
    return OpenAIChatModel(route, provider=provider)


def responses(route: str) -> Model:
    provider = OpenAIProvider(base_url=f"{os.environ['HEADGATE']}/v1", api_key="any")
    return OpenAIResponsesModel(route, provider=provider)


def messages(route: str) -> Model:
    client = AsyncAnthropic(base_url=os.environ["HEADGATE"], api_key="any", max_retries=0)
    return AnthropicModel(CLAUDES[route], provider=AnthropicProvider(anthropic_client=client))


pytestmark = [
    pytest.mark.parametrize("model", [chat, responses, messages]),
    pytest.mark.parametrize("route", ["to-openai", "to-anthropic", "to-cohere"]),
]


async def test_an_agent_calls_its_tool_and_tells_what_it_returned(model, route) -> None:
    agent = Agent(model(route))

    @agent.tool_plain
    def weather(city: Literal["Paris", "Oslo"]) -> str:
        return {"Paris": "11 degrees", "Oslo": "7 degrees"}[city]

    done = await agent.run("What is the weather in Paris and in Oslo?")
    assert done.output == "weather(Paris) gave 11 degrees. weather(Oslo) gave 7 degrees."
    assert done.usage.requests == 2
    assert done.usage.input_tokens > 0


async def test_an_answer_is_streamed(model, route) -> None:
    async with Agent(model(route)).run_stream("Say: one two three four") as stream:
        pieces = [text async for text in stream.stream_text(delta=True, debounce_by=None)]
    assert "".join(pieces) == "one two three four"
    assert len(pieces) > 1


async def test_an_answer_keeps_to_its_type_by_a_tool(model, route) -> None:
    done = await Agent(model(route), output_type=Verdict).run("Is it so? no")
    assert done.output == Verdict(answer="no", sure=True)


async def test_an_answer_keeps_to_its_type_by_a_schema(model, route) -> None:
    done = await Agent(model(route), output_type=NativeOutput(Verdict)).run("Is it so? no")
    assert done.output == Verdict(answer="no", sure=True)


async def test_a_picture_is_seen(model, route) -> None:
    picture = BinaryContent(PICTURE, media_type="image/png")
    done = await Agent(model(route)).run(["What is this?", picture])
    assert done.output == SEEN
