"""OpenAI's SDK over Gemini's own API: what both have is said, what Gemini lacks is refused."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from jsonschema import validate
from openai import OpenAI
from openai.types.chat import ChatCompletion

from support import behaviours as b
from support.answers import Call, called
from support.behaviours import OK
from support.gemini_shapes import RETRY_AFTER_S
from support.headgate_server import HeadgateServer
from support.request_shapes import OTHER_TOOL, PIXEL, SCHEMA, STRICT_TOOL, TOOL, user
from support.upstream import Upstream

SAID = "Hello from the upstream, in five pieces."
NAMED = {"type": "function", "function": {"name": "get_weather"}}
WANTED = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": SCHEMA}}
MODEL = "gemini-3.8-flash"
KEY = "AIza-gemini-secret"


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
    target = {
        "backend": "gemini",
        "model": MODEL,
        "base_url": f"{upstream.root_url}/v1beta",
        "retries": 0,
        "options": {"mediaResolution": "MEDIA_RESOLUTION_LOW"},
    }
    config = {
        "targets": {
            "flash": target,
            "older": {**target, "model": "models/gemini-2.5-flash"},
            "limited": target,
            "embeds": {**target, "model": "gemini-embedding-001"},
        },
        "routes": {
            "chat": {"targets": ["flash"]},
        },
        "default_route": "chat",
    }
    folder = tmp_path_factory.mktemp("headgate")
    with HeadgateServer(folder, config, env={"GEMINI_API_KEY": KEY}) as server:
        yield server
        assert KEY not in server.said


@pytest.fixture(scope="module")
def client(server: HeadgateServer) -> Iterator[OpenAI]:
    with server.client() as client:
        yield client


def ask(client: OpenAI, model: str = "chat", **more: Any) -> ChatCompletion:
    answer = client.chat.completions.create(model=model, **{"messages": user(), **more})
    assert isinstance(answer, ChatCompletion)
    return answer


def sent(upstream: Upstream) -> dict[str, Any]:
    return upstream.requests[-1].json


def test_a_chat_is_answered(client: OpenAI, upstream: Upstream) -> None:
    messages = [{"role": "developer", "content": "Be brief."}, *user()]
    answer = ask(client, messages=messages, max_completion_tokens=20, top_p=0.5, stop="END", seed=1)
    assert answer.choices[0].message.content == SAID
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == MODEL
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (12, 7)
    request = upstream.requests[-1]
    assert request.path == f"/v1beta/models/{MODEL}:generateContent"
    assert request.headers["x-goog-api-key"] == KEY
    assert "authorization" not in request.headers
    assert sent(upstream) == {
        "contents": [{"role": "user", "parts": [{"text": "Hello"}]}],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "generationConfig": {
            "mediaResolution": "MEDIA_RESOLUTION_LOW",
            "maxOutputTokens": 20,
            "topP": 0.5,
            "stopSequences": ["END"],
            "seed": 1,
        },
    }


def test_a_stream_says_the_same_and_its_usage_reaches_the_ledger(
    client: OpenAI, upstream: Upstream, server: HeadgateServer
) -> None:
    chunks = list(
        client.chat.completions.create(
            model="older",
            messages=[{"role": "user", "content": "Hello"}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == SAID
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 7
    assert upstream.requests[-1].path == "/v1beta/models/gemini-2.5-flash:streamGenerateContent"
    row = server.ledger_rows(where={"target": "older"})[-1]
    assert (row["input_tokens"], row["output_tokens"]) == (12, 7)
    assert not row["usage_is_estimated"]


@pytest.mark.parametrize(
    ("choice", "tool", "config"),
    [
        ("auto", TOOL, None),
        ("auto", STRICT_TOOL, {"mode": "VALIDATED"}),
        ("required", TOOL, {"mode": "ANY"}),
        ("none", TOOL, {"mode": "NONE"}),
        (NAMED, TOOL, {"mode": "ANY", "allowedFunctionNames": ["get_weather"]}),
    ],
)
def test_a_choice_of_tools_is_said_in_geminis_words(
    client: OpenAI, upstream: Upstream, choice: Any, tool: Any, config: Any
) -> None:
    answer = ask(client, tools=[tool, OTHER_TOOL], tool_choice=choice)
    wanted = sent(upstream).get("toolConfig")
    assert wanted == (config and {"functionCallingConfig": config})
    assert answer.choices[0].finish_reason == ("stop" if choice == "none" else "tool_calls")


def test_calls_go_back_with_the_proof_they_came_with(client: OpenAI, upstream: Upstream) -> None:
    upstream.use(b.says(called(Call("get_weather", '{"city":"Oslo"}'), Call("get_time", "{}"))), OK)
    with client.chat.completions.stream(
        model="chat",
        messages=user(),  # type: ignore[arg-type]
        tools=[TOOL, OTHER_TOOL],  # type: ignore[list-item]
    ) as events:
        first = events.get_final_completion().choices[0].message
    assert first.tool_calls
    assert [call.function.name for call in first.tool_calls] == ["get_weather", "get_time"]
    turn = first.model_dump(exclude_none=True)
    results = [
        {"role": "tool", "tool_call_id": call.id, "content": f"result {n}"}
        for n, call in enumerate(first.tool_calls)
    ]
    second = ask(client, messages=[*user(), turn, *results], tools=[TOOL, OTHER_TOOL])
    assert second.choices[0].message.content == SAID
    _, called_turn, returned = sent(upstream)["contents"]
    one, two = called_turn["parts"]
    assert one["functionCall"]["args"] == {"city": "Oslo"}
    # `thought N`, in base64: byte for byte what the stand-in gave for that request.
    assert one["thoughtSignature"].startswith("dGhvdWdodC")
    assert "thoughtSignature" not in two
    assert [part["functionResponse"] for part in returned["parts"]] == [
        {
            "id": one["functionCall"]["id"],
            "name": "get_weather",
            "response": {"output": "result 0"},
        },
        {"id": two["functionCall"]["id"], "name": "get_time", "response": {"output": "result 1"}},
    ]


def test_a_client_that_forgets_the_proof_is_served_all_the_same(client: OpenAI) -> None:
    call = {"name": "get_weather", "arguments": "{}"}
    turn = {
        "role": "assistant",
        "tool_calls": [{"id": "call_1", "type": "function", "function": call}],
    }
    result = {"role": "tool", "tool_call_id": "call_1", "content": "11 °C"}
    answer = ask(client, messages=[*user(), turn, result], tools=[TOOL])
    assert answer.choices[0].message.content == SAID


def test_json_keeps_to_its_schema(client: OpenAI, upstream: Upstream) -> None:
    answer = ask(client, response_format=WANTED)
    validate(json.loads(answer.choices[0].message.content or ""), SCHEMA)
    generation = sent(upstream)["generationConfig"]
    assert generation["responseJsonSchema"] == SCHEMA
    assert generation["responseMimeType"] == "application/json"
    answer = ask(client, response_format={"type": "json_object"})
    assert json.loads(answer.choices[0].message.content or "")


def test_pictures_sound_and_files_go_inline(client: OpenAI, upstream: Upstream) -> None:
    parts = [
        {"type": "text", "text": "See"},
        {"type": "image_url", "image_url": {"url": PIXEL}},
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERg=="}},
    ]
    assert ask(client, messages=user(parts)).choices[0].message.content == SAID
    media = [p["inlineData"]["mimeType"] for p in sent(upstream)["contents"][0]["parts"][1:]]
    assert media == ["image/png", "audio/wav", "application/pdf"]


@pytest.mark.parametrize(
    ("model", "effort", "thinking"),
    [
        ("older", "none", {"thinkingBudget": 0}),
        ("older", "medium", {"thinkingBudget": 8192, "includeThoughts": True}),
        ("chat", "high", {"thinkingLevel": "HIGH", "includeThoughts": True}),
    ],
)
def test_effort_is_thinking(
    client: OpenAI, upstream: Upstream, model: str, effort: str, thinking: dict[str, Any]
) -> None:
    upstream.use(b.THINKS)
    answer = ask(client, model=model, reasoning_effort=effort)
    assert sent(upstream)["generationConfig"]["thinkingConfig"] == thinking
    message = answer.choices[0].message
    assert message.model_dump()["reasoning_content"] == "First I count."
    assert message.content == "It is four."
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 4


def test_several_answers_are_given_whole(client: OpenAI) -> None:
    answer = ask(client, n=2)
    assert [choice.message.content for choice in answer.choices] == [SAID, SAID]


def test_texts_are_embedded(client: OpenAI, upstream: Upstream) -> None:
    found = client.embeddings.create(model="embeds", input=["one", "two"], dimensions=4)
    assert [len(each.embedding) for each in found.data] == [4, 4]
    assert found.data[0].embedding != found.data[1].embedding
    assert upstream.requests[-1].path == "/v1beta/models/gemini-embedding-001:batchEmbedContents"


def test_how_long_to_wait_is_told_though_gemini_says_it_in_the_body(
    client: OpenAI, upstream: Upstream
) -> None:
    # A target of its own: it rests as long as it was told to.
    upstream.use(b.RATE_LIMITED)
    with pytest.raises(openai.RateLimitError) as caught:
        ask(client, model="limited")
    assert 0 < float(caught.value.response.headers["retry-after"]) <= RETRY_AFTER_S
