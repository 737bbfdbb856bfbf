"""OpenAI's SDK over Cohere's own API: what both have is said, what Cohere lacks is refused."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import validate
from openai import OpenAI
from openai.types.chat import ChatCompletion

from support import behaviours as b
from support.behaviours import OK
from support.cohere_shapes import UNBILLED_TOKENS
from support.headgate_server import HeadgateServer
from support.request_shapes import OTHER_TOOL, PIXEL, SCHEMA, TOOL, user
from support.upstream import Upstream

SAID = "Hello from the upstream, in five pieces."
NAMED = {"type": "function", "function": {"name": "get_weather"}}
WANTED = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": SCHEMA}}


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
    target = {"backend": "cohere", "model": "command-test", "base_url": upstream.root_url}
    config = {
        "targets": {"command": {**target, "retries": 0}},
        "routes": {
            "chat": {"targets": ["command"]},
        },
        "default_route": "chat",
    }
    key = {"CO_API_KEY": "co-secret"}
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config, env=key) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: HeadgateServer) -> Iterator[OpenAI]:
    with server.client() as client:
        yield client


def ask(client: OpenAI, model: str = "chat", **more: Any) -> ChatCompletion:
    answer = client.chat.completions.create(model=model, **{"messages": user(), **more})
    assert isinstance(answer, ChatCompletion)
    return answer


def test_a_chat_is_answered_and_charged_by_what_cohere_bills(
    client: OpenAI, upstream: Upstream, server: HeadgateServer
) -> None:
    messages = [{"role": "developer", "content": "Be brief."}, *user()]
    answer = ask(client, messages=messages, max_completion_tokens=20, top_p=0.9, stop="END")
    assert answer.choices[0].message.content == SAID
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == 12 + UNBILLED_TOKENS
    sent = upstream.requests[-1]
    assert (sent.path, sent.headers["authorization"]) == ("/v2/chat", "Bearer co-secret")
    assert sent.json == {
        "model": "command-test",
        "messages": [{"role": "system", "content": "Be brief."}, *user()],
        "stream": False,
        "max_tokens": 20,
        "p": 0.9,
        "stop_sequences": ["END"],
    }
    row = server.ledger_rows(where={"target": "command"})[-1]
    assert (row["billed_input_tokens"], row["billed_output_tokens"]) == (12, 7)


def test_a_stream_says_the_same(client: OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="chat",
            messages=[{"role": "user", "content": "Hello"}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == SAID
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 7


@pytest.mark.parametrize(
    ("choice", "names", "sent_choice"),
    [
        ("auto", ["get_weather", "get_time"], None),
        ("required", ["get_weather", "get_time"], "REQUIRED"),
        ("none", ["get_weather", "get_time"], "NONE"),
        (NAMED, ["get_weather"], "REQUIRED"),
    ],
)
def test_a_choice_of_tools_is_said_in_coheres_words(
    client: OpenAI, upstream: Upstream, choice: Any, names: list[str], sent_choice: str | None
) -> None:
    answer = ask(client, tools=[TOOL, OTHER_TOOL], tool_choice=choice)
    sent = upstream.requests[-1].json
    assert [tool["function"]["name"] for tool in sent["tools"]] == names
    assert sent.get("tool_choice") == sent_choice
    assert answer.choices[0].finish_reason == ("stop" if choice == "none" else "tool_calls")


def test_a_call_and_its_result_go_back(client: OpenAI, upstream: Upstream) -> None:
    with client.chat.completions.stream(
        model="chat",
        messages=user(),  # type: ignore[arg-type]
        tools=[TOOL],  # type: ignore[list-item]
    ) as events:
        first = events.get_final_completion().choices[0].message
    assert first.tool_calls
    call = first.tool_calls[0]
    validate(json.loads(call.function.arguments), TOOL["function"]["parameters"])
    turn = {"role": "assistant", "content": None, "reasoning_content": "I look."}
    turn["tool_calls"] = [call.model_dump(include={"id", "type", "function"})]
    result = {"role": "tool", "tool_call_id": call.id, "content": '{"celsius": 11}'}
    second = ask(client, messages=[*user(), turn, result], tools=[TOOL])
    assert second.choices[0].message.content == SAID
    sent = upstream.requests[-1].json["messages"]
    assert sent[1]["tool_plan"] == "I look."
    assert sent[1]["tool_calls"][0]["id"] == call.id
    assert sent[2] == result


def test_json_keeps_to_its_schema(client: OpenAI, upstream: Upstream) -> None:
    answer = ask(client, response_format=WANTED)
    validate(json.loads(answer.choices[0].message.content or ""), SCHEMA)
    sent = upstream.requests[-1].json["response_format"]
    assert sent == {"type": "json_object", "json_schema": SCHEMA}


def test_pictures_go_along_by_address_or_inline(client: OpenAI, upstream: Upstream) -> None:
    for url in (PIXEL, "https://images.example/a.png"):
        part = {"type": "image_url", "image_url": {"url": url, "detail": "low"}}
        assert ask(client, messages=user([part])).choices[0].message.content == SAID
        assert upstream.requests[-1].json["messages"][0]["content"] == [part]


@pytest.mark.parametrize(
    ("effort", "thinking"),
    [
        ("none", {"type": "disabled"}),
        ("low", {"type": "enabled", "token_budget": 1024}),
        ("high", {"type": "enabled"}),
    ],
)
def test_effort_is_thinking(
    client: OpenAI, upstream: Upstream, effort: str, thinking: dict[str, Any]
) -> None:
    upstream.use(b.THINKS)
    answer = ask(client, reasoning_effort=effort)
    assert upstream.requests[-1].json["thinking"] == thinking
    message = answer.choices[0].message
    assert message.model_dump()["reasoning_content"] == "First I count."
    assert message.content == "It is four."


def test_documents_are_cited(client: OpenAI, upstream: Upstream) -> None:
    documents = [{"id": "d1", "data": {"title": "Penguins", "snippet": "They are tall."}}]
    answer = ask(client, extra_body={"documents": documents, "safety_mode": "STRICT"})
    sent = upstream.requests[-1].json
    assert (sent["documents"], sent["safety_mode"]) == (documents, "STRICT")
    (citation,) = answer.choices[0].message.model_dump()["citations"]
    assert (citation["text"], citation["start"], citation["end"]) == (SAID, 0, len(SAID))
    assert citation["sources"] == [
        {"id": "d1", "title": "Penguins", "url": None, "text": "They are tall."}
    ]


def test_a_file_of_text_becomes_a_document_that_nobody_cites(
    client: OpenAI, upstream: Upstream
) -> None:
    file = {"filename": "notes.txt", "file_data": "data:text/plain;base64,VGhleSBhcmUgdGFsbC4="}
    part = {"type": "text", "text": "Who is?"}
    answer = ask(client, messages=user([part, {"type": "file", "file": file}]))
    sent = upstream.requests[-1].json
    assert sent["documents"] == [{"data": {"title": "notes.txt", "text": "They are tall."}}]
    assert sent["citation_options"] == {"mode": "OFF"}
    assert "citations" not in answer.choices[0].message.model_dump()
