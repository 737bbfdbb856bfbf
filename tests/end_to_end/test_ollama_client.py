"""Ollama's own SDK against the real server: relayed to an Ollama, translated, run here."""

import asyncio
import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import ollama
import pytest
from jsonschema import validate

from support import behaviours as b
from support.answers import Answer, Call, called
from support.behaviours import OK
from support.headgate_server import HeadgateServer
from support.ollama_gateway import HELLO, SAID, over_each
from support.request_shapes import PIXEL, SCHEMA, TOOL
from support.upstream import Upstream

PICTURE = b64decode(PIXEL.partition(",")[2])
SCHEMA_OF_TOOL = TOOL["function"]["parameters"]
every_stand_in = pytest.mark.parametrize("model", ["over_ollama", "over_openai"])
every_backend = pytest.mark.parametrize("model", ["over_ollama", "over_openai", "over_engine"])


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture(autouse=True)
def well_behaved(upstream: Upstream) -> None:
    upstream.use(OK)


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), over_each(upstream)) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture(scope="module")
def client(server: HeadgateServer) -> Iterator[ollama.Client]:
    with ollama.Client(host=server.root_url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def straight(upstream: Upstream) -> Iterator[ollama.Client]:
    """The SDK on the stand-in itself: what it understands there is what an Ollama says."""
    with ollama.Client(host=upstream.root_url, timeout=20) as client:
        yield client


def told(last: Any, *, is_whole: bool) -> None:
    """The end of an answer: why, how much, how long."""
    assert last.done is True
    assert last.prompt_eval_count > 0
    assert last.eval_count > 0
    assert last.total_duration >= last.eval_duration > 0
    assert is_whole or last.prompt_eval_duration > 0


@pytest.mark.parametrize("stream", [False, True])
def test_the_stand_in_says_what_the_sdk_expects_of_an_ollama(
    straight: ollama.Client, upstream: Upstream, stream: bool
) -> None:
    upstream.use(b.says(Answer(pieces=("a", "b"), reasoning=("hm",))))
    chat = straight.chat("m", HELLO, stream=stream)
    prompted = straight.generate("m", "Hello", stream=stream)
    chats: list[Any] = list(chat) if stream else [chat]
    prompts: list[Any] = list(prompted) if stream else [prompted]
    assert "".join(each.message.content for each in chats) == "ab"
    assert "".join(each.response for each in prompts) == "ab"
    assert "".join(each.message.thinking or "" for each in chats) == "hm"
    assert "".join(each.thinking or "" for each in prompts) == "hm"
    told(chats[-1], is_whole=False)
    told(prompts[-1], is_whole=False)
    assert straight.chat("m", []).done_reason == "load"
    assert len(straight.embed("m", ["a", "b"]).embeddings) == 2
    assert straight.embeddings("m", "a").embedding


@every_backend
def test_a_chat_is_answered_whole(client: ollama.Client, model: str) -> None:
    answer = client.chat(model, HELLO, options={"num_predict": 6, "temperature": 0, "seed": 1})
    assert answer.message.role == "assistant"
    assert answer.message.content
    assert answer.created_at
    told(answer, is_whole=True)
    if model != "over_engine":
        assert answer.message.content == SAID
        assert (answer.prompt_eval_count, answer.eval_count) == (12, 7)
        assert answer.done_reason == "stop"
    else:
        assert (answer.done_reason, answer.eval_count) == ("length", 6)


@every_backend
def test_a_chat_is_answered_in_lines(client: ollama.Client, model: str) -> None:
    lines = list(client.chat(model, HELLO, stream=True, options={"num_predict": 6}))
    assert [line.done for line in lines] == [False] * (len(lines) - 1) + [True]
    assert len(lines) > 3
    told(lines[-1], is_whole=False)
    text = "".join(line.message.content or "" for line in lines)
    assert text == SAID if model != "over_engine" else text


@every_backend
def test_a_prompt_is_answered(client: ollama.Client, model: str) -> None:
    options = {"num_predict": 6}
    whole = client.generate(model, "Hello", system="Be brief.", options=options)
    told(whole, is_whole=True)
    lines = list(client.generate(model, "Hello", stream=True, options=options))
    told(lines[-1], is_whole=False)
    assert whole.context is None
    text = "".join(line.response or "" for line in lines)
    if model != "over_engine":
        assert whole.response == text == SAID


def test_a_request_to_an_ollama_keeps_its_bytes_but_for_the_model(
    client: ollama.Client, upstream: Upstream
) -> None:
    client.chat("over_ollama", HELLO, options={"num_ctx": 4096, "x_new": 1.5}, keep_alive="5m")
    assert upstream.requests[-1].path == "/api/chat"
    assert upstream.requests[-1].json == {
        "model": "llama-test",
        "messages": HELLO,
        "stream": False,
        "tools": [],
        "options": {"num_ctx": 4096, "x_new": 1.5},
        "keep_alive": "5m",
    }
    client.generate("over_ollama", "def f(", suffix="return", raw=True, context=[1, 2])
    assert upstream.requests[-1].path == "/api/generate"
    assert upstream.requests[-1].json == {
        "model": "llama-test",
        "prompt": "def f(",
        "suffix": "return",
        "raw": True,
        "context": [1, 2],
        "stream": False,
    }


def test_what_a_request_asks_reaches_a_backend_of_another_api(
    client: ollama.Client, upstream: Upstream
) -> None:
    client.chat(
        "over_openai",
        [{"role": "system", "content": "Be brief."}, *HELLO],
        options={
            **{"num_predict": 9, "temperature": 0.5, "top_p": 0.9, "top_k": 4, "seed": 7},
            **{"stop": ["END"], "frequency_penalty": 0.5, "presence_penalty": 0.25},
            **{"min_p": 0.05, "num_ctx": 4096, "num_gpu": 1},
        },
        think="low",
        keep_alive=30,
    )
    assert upstream.requests[-1].json == {
        "model": "real",
        "messages": [{"role": "system", "content": "Be brief."}, *HELLO],
        "max_completion_tokens": 9,
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 4,
        "stop": ["END"],
        "seed": 7,
        "frequency_penalty": 0.5,
        "presence_penalty": 0.25,
        "min_p": 0.05,
        "reasoning_effort": "low",
    }


def test_thinking_comes_apart_from_the_answer(client: ollama.Client, upstream: Upstream) -> None:
    upstream.use(b.THINKS)
    for model in ("over_ollama", "over_openai"):
        lines = list(client.chat(model, HELLO, think=True, stream=True))
        whole = client.chat(model, HELLO, think=True)
        prompted = client.generate(model, "Hello", think=True)
        assert whole.message.thinking
        assert "".join(each.message.thinking or "" for each in lines) == whole.message.thinking
        assert prompted.thinking == whole.message.thinking
        assert prompted.response == whole.message.content == "It is four."


@every_stand_in
@pytest.mark.parametrize("stream", [False, True])
def test_tools_are_called_and_their_results_understood(
    client: ollama.Client, upstream: Upstream, model: str, stream: bool
) -> None:
    first: Any = client.chat(model, HELLO, tools=[TOOL], stream=stream)
    lines = list(first) if stream else [first]
    (call,) = [call for line in lines for call in line.message.tool_calls or ()]
    assert call.function.name == "get_weather"
    validate(dict(call.function.arguments), SCHEMA_OF_TOOL)
    assert lines[-1].done_reason == "stop"
    turn = ollama.Message(role="assistant", content="", tool_calls=[call])
    result = {"role": "tool", "tool_name": "get_weather", "content": "11 degrees"}
    second = client.chat(model, [*HELLO, turn, result], tools=[TOOL])
    assert second.message.content == SAID
    if model == "over_openai":
        sent = upstream.requests[-1].json["messages"]
        assert (
            json.loads(sent[1]["tool_calls"][0]["function"]["arguments"]) == call.function.arguments
        )
        assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"]


@every_stand_in
def test_calls_in_parallel_are_whole_and_each_finds_its_result(
    client: ollama.Client, upstream: Upstream, model: str
) -> None:
    upstream.use(
        b.says(called(Call("get_weather", '{"city": "Paris"}'), Call("get_time", "{}"))), OK
    )
    lines = list(client.chat(model, HELLO, tools=[TOOL], stream=True))
    calls = [call for line in lines for call in line.message.tool_calls or ()]
    assert [(call.function.name, call.function.arguments) for call in calls] == [
        ("get_weather", {"city": "Paris"}),
        ("get_time", {}),
    ]
    turn = ollama.Message(role="assistant", content="", tool_calls=calls)
    # In the other order, as tools finish.
    results = [
        {"role": "tool", "tool_name": name, "content": name} for name in ("get_time", "get_weather")
    ]
    assert client.chat(model, [*HELLO, turn, *results], tools=[TOOL]).message.content == SAID
    if model == "over_openai":
        _, made, *answered = upstream.requests[-1].json["messages"]
        ids = {call["id"]: call["function"]["name"] for call in made["tool_calls"]}
        assert len(ids) == 2
        assert [ids[m["tool_call_id"]] for m in answered] == ["get_time", "get_weather"]


@every_stand_in
def test_an_answer_keeps_to_a_schema(client: ollama.Client, model: str) -> None:
    for answer in (
        client.chat(model, HELLO, format=SCHEMA).message.content or "",
        client.generate(model, "Hello", format=SCHEMA).response,
    ):
        validate(json.loads(answer), SCHEMA)
    assert json.loads(client.chat(model, HELLO, format="json").message.content or "")


@every_stand_in
def test_pictures_go_along(client: ollama.Client, upstream: Upstream, model: str) -> None:
    images = [ollama.Image(value=PICTURE)]
    shown = ollama.Message(role="user", content="What is it?", images=images)
    for answer in (
        client.chat(model, [shown]).message.content,
        client.generate(model, "What is it?", images=[PICTURE]).response,
    ):
        assert answer == SAID
        sent = upstream.requests[-1].json
        if model == "over_openai":
            assert sent["messages"][0]["content"][1]["image_url"]["url"] == PIXEL
        else:
            (picture,) = sent.get("images") or sent["messages"][0]["images"]
            assert b64decode(picture) == PICTURE


@every_stand_in
def test_texts_are_embedded(client: ollama.Client, upstream: Upstream, model: str) -> None:
    two = client.embed(model, ["a", "b"], dimensions=4)
    assert [len(vector) for vector in two.embeddings] == [4, 4]
    assert two.prompt_eval_count == 12
    one = client.embed(model, "a", truncate=True, keep_alive=60, options={"num_ctx": 512})
    assert one.embeddings == [client.embeddings(model, "a").embedding]
    expected = "/v1/embeddings" if model == "over_openai" else "/api/embeddings"
    assert upstream.requests[-1].path == expected


@every_backend
def test_a_request_for_nothing_loads_or_unloads(client: ollama.Client, model: str) -> None:
    assert client.chat(model, []).done_reason == "load"
    assert client.generate(model, "").done_reason == "load"
    (line,) = client.generate(model, keep_alive=0, stream=True)
    assert (line.done, line.done_reason, line.response) == (True, "unload", "")
    assert client.chat(model, keep_alive=0).done_reason == "unload"


def test_a_hosted_model_is_not_troubled_to_be_loaded(
    client: ollama.Client, upstream: Upstream
) -> None:
    before = len(upstream.requests)
    client.chat("over_openai", [])
    assert len(upstream.requests) == before


@every_stand_in
def test_the_asynchronous_sdk_is_served_alike(server: HeadgateServer, model: str) -> None:
    async def ask() -> str:
        async with ollama.AsyncClient(host=server.root_url, timeout=20) as client:
            stream = await client.chat(model, HELLO, stream=True)
            text = "".join([line.message.content or "" async for line in stream])
            assert (await client.generate(model, "Hello")).response == text
            assert len((await client.embed(model, "a")).embeddings) == 1
            assert len((await client.list()).models) > 3
            return text

    assert asyncio.run(ask()) == SAID


def test_a_stream_is_what_comes_unless_it_is_refused(
    client: ollama.Client, server: HeadgateServer
) -> None:
    for path, body in (("/api/chat", {"messages": HELLO}), ("/api/generate", {"prompt": "Hi"})):
        for model in ("over_ollama", "over_openai"):
            response = client._client.post(path, json={"model": model, **body})
            assert response.headers["content-type"] == "application/x-ndjson"
            lines = response.content.splitlines()
            assert len(lines) > 3
            assert json.loads(lines[-1])["done"] is True
    counted = {"target": "box", "outcome": "answered", "input_tokens": 12, "output_tokens": 7}
    assert server.ledger_rows(where=counted)
