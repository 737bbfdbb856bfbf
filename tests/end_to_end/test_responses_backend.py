"""Clients of Chat Completions at a backend that is asked by the Responses API."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel

from support.answers import Call, called, said
from support.behaviours import CUT, OK, THINKS, TRUNCATED, says
from support.headgate_server import HeadgateServer
from support.responses_ways import ENVIRONMENT
from support.upstream import Upstream

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


class Greeting(BaseModel):
    greeting: str


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    target = {
        "backend": "openai_responses",
        "base_url": upstream.base_url,
        "api_key": "${UPSTREAM_KEY}",
        "model": "real",
        "retries": 0,
    }
    names = ("chat", "cut")
    config = {
        "targets": dict.fromkeys(names, target),
        "routes": {f"{name}-route": {"targets": [name]} for name in names},
    }
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config, env=ENVIRONMENT) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture
def client(server: HeadgateServer, upstream: Upstream) -> Iterator[OpenAI]:
    upstream.use(OK)
    with server.client() as client:
        yield client


def ask(client: OpenAI, **more: Any) -> ChatCompletion:
    given = {"messages": [{"role": "user", "content": "Hi"}], **more}
    answer = client.chat.completions.create(model="chat-route", **given)
    ChatCompletion.model_validate_json(answer.to_json(), strict=True)
    return answer


def streamed(client: OpenAI, **more: Any) -> list[ChatCompletionChunk]:
    given = {"messages": [{"role": "user", "content": "Hi"}], **more}
    return list(client.chat.completions.create(model="chat-route", stream=True, **given))


def test_a_chat_and_its_usage(client, upstream):
    upstream.use(says(said("One two three", cached_tokens=4)))
    answer = ask(client, max_completion_tokens=30, temperature=0.5)
    assert answer.choices[0].message.content == "One two three"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (12, 3)
    assert answer.usage.prompt_tokens_details is not None
    assert answer.usage.prompt_tokens_details.cached_tokens == 4
    assert upstream.requests[-1].path == "/v1/responses"
    assert upstream.requests[-1].json == {
        "model": "real",
        "input": [{"type": "message", "role": "user", "content": "Hi"}],
        "max_output_tokens": 30,
        "temperature": 0.5,
        "store": False,
    }


def test_a_stream_with_thoughts(client, upstream):
    upstream.use(THINKS)
    chunks = streamed(client, stream_options={"include_usage": True})
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    thoughts = [getattr(delta, "reasoning_content", None) or "" for delta in deltas]
    assert "".join(thoughts) == "First I count."
    assert "".join(delta.content or "" for delta in deltas) == "It is four."
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.prompt_tokens == 12


def test_calls_and_the_turn_after_them(client, upstream):
    two = called(Call("get_weather", '{"city":"Paris"}'), Call("get_weather", '{"city":"Rome"}'))
    upstream.use(says(two))
    answer = ask(client, tools=[TOOL])
    calls = answer.choices[0].message.tool_calls or []
    assert answer.choices[0].finish_reason == "tool_calls"
    assert [json.loads(call.function.arguments)["city"] for call in calls] == ["Paris", "Rome"]
    upstream.use(OK)
    results = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in calls]
    question = {"role": "user", "content": "Both?"}
    ask(client, tools=[TOOL], messages=[question, answer.choices[0].message, *results])
    items = upstream.requests[-1].json["input"]
    kinds = ["message", *["function_call"] * 2, *["function_call_output"] * 2]
    assert [item["type"] for item in items] == kinds
    assert items[1]["call_id"] == items[3]["call_id"] == calls[0].id


def test_structured_output(client, upstream):
    answer = client.chat.completions.parse(
        model="chat-route",
        messages=[{"role": "user", "content": "Greet"}],
        response_format=Greeting,
    )
    assert isinstance(answer.choices[0].message.parsed, Greeting)
    wanted = upstream.requests[-1].json["text"]["format"]
    assert (wanted["type"], wanted["name"], wanted["strict"]) == ("json_schema", "Greeting", True)


def test_an_answer_that_ran_out_of_tokens(client, upstream):
    upstream.use(TRUNCATED)
    assert ask(client).choices[0].finish_reason == "length"
    assert streamed(client)[-1].choices[0].finish_reason == "length"


def test_what_it_has_no_word_for_is_refused_by_name(client):
    for more in ({"stop": ["x"]}, {"seed": 1}, {"logit_bias": {"1": 2}}, {"n": 2}):
        with pytest.raises(openai.BadRequestError) as caught:
            ask(client, **more)
        assert caught.value.param in more


def test_a_stream_that_breaks_off_is_an_error(client, upstream):
    upstream.use(CUT)
    stream = client.chat.completions.create(
        model="cut-route", messages=[{"role": "user", "content": "Hi"}], stream=True
    )
    with pytest.raises(openai.APIError, match="closed the connection"):
        list(stream)
