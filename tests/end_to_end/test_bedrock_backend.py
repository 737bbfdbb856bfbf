"""OpenAI's SDK over Bedrock: signed or with a key, from a binary stream, in Converse's words."""

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
from support.bedrock_shapes import ACCESS_KEY, BEARER, SECRET_KEY
from support.behaviours import OK
from support.headgate_server import HeadgateServer
from support.request_shapes import OTHER_TOOL, PIXEL, SCHEMA, TOOL, user
from support.upstream import Upstream

SAID = "Hello from the upstream, in five pieces."
NAMED = {"type": "function", "function": {"name": "get_weather"}}
WANTED = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": SCHEMA}}
MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
PROFILE = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3"


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
        "backend": "bedrock",
        "model": MODEL,
        "base_url": upstream.root_url,
        "aws_region": "eu-central-1",
        "retries": 0,
    }
    config = {
        "targets": {
            "sonnet": target,
            "profile": {**target, "model": PROFILE},
            "keyed": {**target, "api_key": "${BEDROCK_KEY}"},
            "wrong": {**target, "api_key": "${WRONG_KEY}"},
        },
        "routes": {
            "chat": {"targets": ["sonnet"]},
        },
        "default_route": "chat",
    }
    env = {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "BEDROCK_KEY": BEARER,
        "WRONG_KEY": "bedrock-api-key-of-nobody",
    }
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config, env=env) as server:
        yield server
        assert SECRET_KEY not in server.said


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


def test_a_chat_is_signed_and_answered(client: OpenAI, upstream: Upstream) -> None:
    messages = [{"role": "developer", "content": "Be brief."}, *user()]
    answer = ask(client, messages=messages, max_completion_tokens=20, top_p=0.5, stop="END")
    assert answer.choices[0].message.content == SAID
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == MODEL
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (12, 7)
    request = upstream.requests[-1]
    assert request.path == f"/model/{MODEL.replace(':', '%3A')}/converse"
    assert "/eu-central-1/bedrock/aws4_request" in request.headers["authorization"]
    assert sent(upstream) == {
        "messages": [{"role": "user", "content": [{"text": "Hello"}]}],
        "system": [{"text": "Be brief."}],
        "inferenceConfig": {"maxTokens": 20, "topP": 0.5, "stopSequences": ["END"]},
    }


def test_a_model_whose_name_is_a_path_is_signed_rightly_too(
    client: OpenAI, upstream: Upstream
) -> None:
    assert ask(client, model="profile").choices[0].message.content == SAID
    assert upstream.requests[-1].path.endswith("application-inference-profile%2Fa1b2c3/converse")


def test_a_key_is_enough(client: OpenAI, upstream: Upstream) -> None:
    assert ask(client, model="keyed").choices[0].message.content == SAID
    headers = upstream.requests[-1].headers
    assert headers["authorization"] == f"Bearer {BEARER}"
    assert "x-amz-date" not in headers


def test_a_wrong_key_is_our_fault_and_not_the_clients(client: OpenAI) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        ask(client, model="wrong")
    assert caught.value.status_code >= 500
    assert "bedrock-api-key-of-nobody" not in str(caught.value)


def test_a_stream_says_the_same_and_its_usage_reaches_the_ledger(
    client: OpenAI, upstream: Upstream, server: HeadgateServer
) -> None:
    chunks = list(
        client.chat.completions.create(
            model="profile",
            messages=[{"role": "user", "content": "Hello"}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == SAID
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 7
    assert upstream.requests[-1].path.endswith("/converse-stream")
    row = server.ledger_rows(at_least=2, where={"target": "profile"})[-1]
    assert (row["input_tokens"], row["output_tokens"]) == (12, 7)
    assert not row["usage_is_estimated"]


@pytest.mark.parametrize(
    ("choice", "sent_choice"),
    [
        (None, None),
        ("auto", {"auto": {}}),
        ("required", {"any": {}}),
        (NAMED, {"tool": {"name": "get_weather"}}),
    ],
)
def test_a_choice_of_tools_is_said_in_converses_words(
    client: OpenAI, upstream: Upstream, choice: Any, sent_choice: Any
) -> None:
    more = {} if choice is None else {"tool_choice": choice}
    answer = ask(client, tools=[TOOL, OTHER_TOOL], **more)
    config = sent(upstream)["toolConfig"]
    assert [tool["toolSpec"]["name"] for tool in config["tools"]] == ["get_weather", "get_time"]
    assert config.get("toolChoice") == sent_choice
    assert answer.choices[0].finish_reason == "tool_calls"


def test_no_choice_is_no_tools(client: OpenAI, upstream: Upstream) -> None:
    assert ask(client, tools=[TOOL], tool_choice="none").choices[0].finish_reason == "stop"
    assert "toolConfig" not in sent(upstream)


def test_calls_and_signed_thoughts_go_back_as_they_came(client: OpenAI, upstream: Upstream) -> None:
    calls = called(Call("get_weather", '{"city":"Oslo"}'), Call("get_time", "{}"))
    upstream.use(b.says(calls), OK)
    with client.chat.completions.stream(
        model="chat",
        messages=user(),  # type: ignore[arg-type]
        tools=[TOOL, OTHER_TOOL],  # type: ignore[list-item]
    ) as events:
        first = events.get_final_completion().choices[0].message
    assert first.tool_calls
    turn = first.model_dump(exclude_none=True)
    thought = {"type": "reasoning.text", "text": "Hm.", "signature": "c2lnbmVk"}
    turn["reasoning_details"] = [thought]
    results = [
        {"role": "tool", "tool_call_id": call.id, "content": f"result {n}"}
        for n, call in enumerate(first.tool_calls)
    ]
    second = ask(client, messages=[*user(), turn, *results, *user("So?")], tools=[TOOL, OTHER_TOOL])
    assert second.choices[0].message.content == SAID
    _, spoken, returned = sent(upstream)["messages"]
    thoughts, one, two = spoken["content"]
    assert thoughts == {
        "reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2lnbmVk"}}
    }
    assert one["toolUse"]["input"] == {"city": "Oslo"}
    assert returned["content"] == [
        {
            "toolResult": {
                "toolUseId": use["toolUse"]["toolUseId"],
                "content": [{"text": f"result {n}"}],
            }
        }
        for n, use in enumerate((one, two))
    ] + [{"text": "So?"}]


def test_thoughts_are_told_with_their_proof(client: OpenAI, upstream: Upstream) -> None:
    upstream.use(b.THINKS)
    message = ask(client, reasoning_effort="high").choices[0].message.model_dump()
    assert sent(upstream)["outputConfig"] == {"effort": "high"}
    assert message["reasoning_content"] == "First I count."
    (detail,) = message["reasoning_details"]
    assert detail["signature"].startswith("dGhvdWdodC")
    assert message["content"] == "It is four."


def test_json_keeps_to_its_schema(client: OpenAI, upstream: Upstream) -> None:
    answer = ask(client, response_format=WANTED)
    validate(json.loads(answer.choices[0].message.content or ""), SCHEMA)
    shape = sent(upstream)["outputConfig"]["textFormat"]["structure"]["jsonSchema"]
    assert json.loads(shape["schema"]) == SCHEMA
    assert shape["name"] == "verdict"


def test_pictures_and_files_go_inline(client: OpenAI, upstream: Upstream) -> None:
    file = {"file_data": "data:application/pdf;base64,JVBERg==", "filename": "a_b.pdf"}
    parts = [
        {"type": "text", "text": "See"},
        {"type": "image_url", "image_url": {"url": PIXEL}},
        {"type": "file", "file": file},
    ]
    assert ask(client, messages=user(parts)).choices[0].message.content == SAID
    _, image, document = sent(upstream)["messages"][0]["content"]
    assert image["image"]["format"] == "png"
    assert (document["document"]["name"], document["document"]["format"]) == ("a b", "pdf")
