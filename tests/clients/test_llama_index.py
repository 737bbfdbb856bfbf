"""`llama-index`: its OpenAI-like and Anthropic models, and its embeddings."""

import os
from typing import Any, Literal

import pytest
from llama_index.core.llms import LLM, ChatMessage
from llama_index.core.program import FunctionCallingProgram
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.anthropic import Anthropic
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

from clients.names import CLAUDES


class Verdict(BaseModel):
    """A verdict."""

    answer: Literal["yes", "no"]


def get_weather(city: Literal["Paris", "Oslo"]) -> str:
    """Weather in a city."""
    return {"Paris": "11 degrees", "Oslo": "7 degrees"}[city]


def openai_like(route: str) -> LLM:
    return OpenAILike(
        model=route,
        api_base=f"{os.environ['HEADGATE']}/v1",
        api_key="any",
        is_chat_model=True,
        is_function_calling_model=True,
        context_window=8192,
        max_retries=0,
    )


def anthropic(route: str) -> LLM:
    return Anthropic(
        model=CLAUDES[route], base_url=os.environ["HEADGATE"], api_key="any", max_retries=0
    )


def ollama(route: str) -> LLM:
    return Ollama(model=route, base_url=os.environ["HEADGATE"], context_window=8192)


models = pytest.mark.parametrize("model", [openai_like, anthropic, ollama])
routes = pytest.mark.parametrize("route", ["to-openai", "to-anthropic", "to-cohere"])
ASKED = [ChatMessage(role="user", content="Say: one two three")]


@models
@routes
def test_an_answer_whole_and_streamed(model: Any, route: str) -> None:
    llm = model(route)
    assert llm.chat(ASKED).message.content == "one two three"
    pieces = [chunk.delta or "" for chunk in llm.stream_chat(ASKED)]
    assert "".join(pieces) == "one two three"
    assert len([piece for piece in pieces if piece]) > 1


@models
@routes
def test_tools_are_called(model: Any, route: str) -> None:
    llm = model(route)
    tool = FunctionTool.from_defaults(get_weather)
    answer = llm.chat_with_tools(
        [tool], user_msg="What is the weather in Paris and in Oslo?", allow_parallel_tool_calls=True
    )
    calls = llm.get_tool_calls_from_response(answer)
    assert [call.tool_kwargs for call in calls] == [{"city": "Paris"}, {"city": "Oslo"}]
    # It takes a tool's name for the id where the API has none.
    assert len({call.tool_id for call in calls}) == (1 if model is ollama else 2)


# It asks for one call at a time, which Cohere cannot be told.
@pytest.mark.parametrize(
    ("model", "route"),
    [
        *[(openai_like, route) for route in ("to-openai", "to-anthropic", "freely-to-cohere")],
        *[(anthropic, route) for route in ("to-openai", "to-anthropic")],
    ],
)
def test_an_answer_in_a_type(model: Any, route: str) -> None:
    program = FunctionCallingProgram.from_defaults(
        output_cls=Verdict, prompt_template_str="Your verdict? {word}", llm=model(route)
    )
    assert program(word="no") == Verdict(answer="no")


@pytest.mark.parametrize("route", ["to-openai", "to-cohere"])
def test_texts_are_embedded(route: str) -> None:
    model = OpenAILikeEmbedding(
        model_name=route, api_base=f"{os.environ['HEADGATE']}/v1", api_key="any"
    )
    one, other = model.get_text_embedding_batch(["one", "two"])
    assert len(one) == len(other) > 1
    assert one != other
