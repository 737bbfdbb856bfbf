"""Anthropic's own SDK against the real server: relayed to its API, and translated to OpenAI's."""

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic
from pydantic import BaseModel

from support import behaviours as b
from support.answers import Answer, Call, called, said
from support.anthropic_sdk import (
    CLIENTS_KEY,
    HI,
    OUR_KEY,
    ROUTES,
    ask,
    client_of,
    serving,
    streamed,
    text_of,
)
from support.anthropic_shapes import SIGNATURE
from support.behaviours import answers, says
from support.headgate_server import HeadgateServer
from support.reply import Exchange
from support.upstream import Upstream

TOOL: Any = {
    "name": "get_weather",
    "description": "Weather of a city",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
TWO_CALLS = answers(
    "two calls", lambda _: called(Call("get_weather", '{"city":"Paris"}'), Call("get_time", "{}"))
)
THINKS = says(
    Answer(reasoning=("First", " I count."), pieces=("It is", " four."), cached_tokens=5), "thinks"
)
BOTH = pytest.mark.parametrize("route", ROUTES)


class City(BaseModel):
    """What a structured answer holds."""

    name: str
    people: int


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    with serving(upstream, tmp_path_factory.mktemp("headgate")) as server:
        yield server


@pytest.fixture
def client(server: HeadgateServer, upstream: Upstream) -> Iterator[Anthropic]:
    upstream.use(b.OK)
    with client_of(server) as client:
        yield client


def last(upstream: Upstream) -> Exchange:
    return upstream.requests[-1]


@BOTH
def test_a_chat_is_answered(client: Anthropic, upstream: Upstream, route: str) -> None:
    answer = ask(client, route, system="Be brief.", stop_sequences=["END"])
    assert text_of(answer) == "Hello from the upstream, in five pieces."
    assert answer.stop_reason == "end_turn"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (12, 7)
    assert answer._request_id is not None


@BOTH
def test_a_stream_adds_up_to_the_same(client: Anthropic, route: str) -> None:
    whole, stream = ask(client, route), streamed(client, route)
    assert text_of(stream) == text_of(whole)
    assert stream.stop_reason == whole.stop_reason
    assert stream.usage.input_tokens == whole.usage.input_tokens
    assert stream.usage.output_tokens == whole.usage.output_tokens


@BOTH
def test_the_events_of_a_stream_come_in_the_one_order(client: Anthropic, route: str) -> None:
    with client.messages.create(model=route, messages=HI, max_tokens=9, stream=True) as events:
        kinds = [event.type for event in events]
    assert kinds[:2] == ["message_start", "content_block_start"]
    assert set(kinds[2:-3]) == {"content_block_delta"}
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]


def test_a_relayed_body_keeps_every_member(client: Anthropic, upstream: Upstream) -> None:
    asked: dict[str, Any] = {
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Hi", "unknown": [1, 2.50]}]}
        ],
        "max_tokens": 64,
        "tools": [TOOL, {"type": "web_search_20260318", "name": "web_search", "max_uses": 3}],
        "tool_choice": {"type": "none"},
        "metadata": {"user_id": "u-1"},
        "service_tier": "standard_only",
        "thinking": {"type": "adaptive", "display": "omitted"},
    }
    client.messages.create(
        model="relayed",
        **asked,
        extra_body={"top_k": 5, "brand_new": {"a": None}},
        extra_headers={"anthropic-beta": "files-api-2025-04-14,other"},
    )
    sent = last(upstream)
    assert sent.json == {**asked, "top_k": 5, "brand_new": {"a": None}, "model": "claude-m"}
    assert sent.path == "/v1/messages"
    assert sent.headers["x-api-key"] == OUR_KEY
    assert sent.headers["anthropic-version"] == "2026-10-21"
    assert sent.headers["anthropic-beta"] == "files-api-2025-04-14,other"
    assert CLIENTS_KEY not in str(sent.headers)


def test_a_translated_body_says_the_same_in_openais_words(
    client: Anthropic, upstream: Upstream
) -> None:
    asked: dict[str, Any] = {
        "system": "Be brief.",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is it?"},
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/png", "data": PIXEL},
                    },
                    {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}},
                ],
            }
        ],
        "max_tokens": 64,
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u-1"},
        "output_config": {"effort": "low"},
    }
    client.messages.create(model="translated", **asked)
    (system, user) = last(upstream).json["messages"]
    assert system == {"role": "system", "content": "Be brief."}
    assert [part["type"] for part in user["content"]] == ["text", "image_url", "image_url"]
    assert user["content"][1]["image_url"]["url"] == f"data:image/png;base64,{PIXEL}"
    assert user["content"][2]["image_url"]["url"] == "https://a.example/b.png"
    sent = last(upstream).json
    assert (sent["stop"], sent["user"], sent["reasoning_effort"]) == (["END"], "u-1", "low")
    assert "anthropic-version" not in last(upstream).headers


@BOTH
@pytest.mark.parametrize("ask_for", [ask, streamed], ids=["whole", "stream"])
def test_a_tool_is_called_and_answered(client: Anthropic, route: str, ask_for: Any) -> None:
    first = ask_for(client, route, tools=[TOOL])
    assert first.stop_reason == "tool_use"
    (call,) = first.content
    assert (call.type, call.name, call.input) == ("tool_use", "get_weather", {"city": "word"})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "11 degrees"}
    turns = [*HI, first.to_param(), {"role": "user", "content": [result]}]
    second = ask_for(client, route, tools=[TOOL], messages=turns)
    assert text_of(second) == "Hello from the upstream, in five pieces."


@BOTH
@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}])
def test_a_tool_can_be_forced(client: Anthropic, route: str, choice: Any) -> None:
    answer = ask(client, route, tools=[TOOL], tool_choice=choice)
    assert [block.type for block in answer.content] == ["tool_use"]
    assert answer.stop_reason == "tool_use"
    silent = ask(client, route, tools=[TOOL], tool_choice={"type": "none"})
    assert silent.stop_reason == "end_turn"


@BOTH
@pytest.mark.parametrize("ask_for", [ask, streamed], ids=["whole", "stream"])
def test_two_tools_are_called_at_once(
    client: Anthropic, upstream: Upstream, route: str, ask_for: Any
) -> None:
    upstream.use(TWO_CALLS, b.OK)
    time_tool = {"name": "get_time", "input_schema": {"type": "object", "properties": {}}}
    first = ask_for(client, route, tools=[TOOL, time_tool])
    assert [(c.name, c.input) for c in first.content] == [
        ("get_weather", {"city": "Paris"}),
        ("get_time", {}),
    ]
    assert len({call.id for call in first.content}) == 2
    results = [
        {"type": "tool_result", "tool_use_id": call.id, "content": call.name, "is_error": False}
        for call in first.content
    ]
    more = {"type": "text", "text": "And now?"}
    turns = [*HI, first.to_param(), {"role": "user", "content": [*results, more]}]
    ask_for(client, route, tools=[TOOL, time_tool], messages=turns)
    sent = last(upstream).json["messages"]
    roles = ["user", "assistant", "user"]
    if route == "translated":
        roles = ["user", "assistant", "tool", "tool", "user"]
        assert [m["tool_call_id"] for m in sent[2:4]] == [call.id for call in first.content]
    assert [message["role"] for message in sent] == roles


@BOTH
def test_a_structured_answer_keeps_to_its_schema(
    client: Anthropic, upstream: Upstream, route: str
) -> None:
    upstream.use(b.OK)
    parsed = client.messages.parse(
        model=route, messages=HI, max_tokens=100, output_format=City
    ).parsed_output
    assert isinstance(parsed, City)
    with client.messages.stream(
        model=route, messages=HI, max_tokens=100, output_format=City
    ) as stream:
        assert isinstance(stream.get_final_message().parsed_output, City)
    schema = parsed_schema(last(upstream).json)
    assert schema["required"] == ["name", "people"]


def parsed_schema(sent: dict[str, Any]) -> dict[str, Any]:
    if "output_config" in sent:
        return sent["output_config"]["format"]["schema"]  # type: ignore[no-any-return]
    return sent["response_format"]["json_schema"]["schema"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("ask_for", [ask, streamed], ids=["whole", "stream"])
def test_a_signed_thought_goes_back_byte_for_byte(
    client: Anthropic, upstream: Upstream, ask_for: Any
) -> None:
    upstream.use(THINKS, b.OK)
    first = ask_for(client, "relayed", thinking={"type": "adaptive"})
    thought, text = first.content
    assert (thought.thinking, thought.signature) == ("First I count.", SIGNATURE)
    assert text.text == "It is four."
    assert (first.usage.input_tokens, first.usage.cache_read_input_tokens) == (7, 5)
    turns = [*HI, first.to_param(), {"role": "user", "content": "And?"}]
    ask_for(client, "relayed", messages=turns)
    (sent, _) = last(upstream).json["messages"][1]["content"]
    assert sent == {"type": "thinking", "thinking": "First I count.", "signature": SIGNATURE}


@pytest.mark.parametrize("ask_for", [ask, streamed], ids=["whole", "stream"])
def test_another_models_thoughts_are_thoughts_here_too(
    client: Anthropic, upstream: Upstream, ask_for: Any
) -> None:
    upstream.use(THINKS)
    answer = ask_for(client, "translated")
    assert [block.type for block in answer.content] == ["thinking", "text"]
    assert answer.content[0].thinking == "First I count."
    assert (answer.usage.input_tokens, answer.usage.cache_read_input_tokens) == (7, 5)


@pytest.mark.parametrize("ask_for", [ask, streamed], ids=["whole", "stream"])
def test_another_models_thoughts_are_not_passed_off_as_anthropics(
    client: Anthropic, upstream: Upstream, ask_for: Any
) -> None:
    upstream.use(THINKS, b.OK)
    first = ask_for(client, "translated")
    turns = [*HI, first.to_param(), {"role": "user", "content": "And?"}]
    ask_for(client, "translated", messages=turns)
    assert last(upstream).json["messages"][1]["reasoning_content"] == "First I count."
    ask_for(client, "relayed", messages=turns)
    (said,) = last(upstream).json["messages"][1]["content"]
    assert (said["type"], said["text"]) == ("text", "It is four.")


@BOTH
def test_an_answer_that_was_cut_off_says_so(
    client: Anthropic, upstream: Upstream, route: str
) -> None:
    upstream.use(b.TRUNCATED)
    assert ask(client, route).stop_reason == "max_tokens"
    assert streamed(client, route).stop_reason == "max_tokens"


def test_a_refusal_by_field_is_one_here(client: Anthropic, upstream: Upstream) -> None:
    upstream.use(b.REFUSAL_FIELD)
    for answer in (ask(client, "translated"), streamed(client, "translated")):
        assert answer.stop_reason == "refusal"
        assert text_of(answer) == "I can't help with that."


def test_a_backend_of_its_own_api_counts_tokens(client: Anthropic, upstream: Upstream) -> None:
    counted = client.messages.count_tokens(model="relayed", messages=HI, system="Be brief.")
    assert counted.input_tokens == 12
    assert last(upstream).path == "/v1/messages/count_tokens"
    assert last(upstream).json == {"model": "claude-m", "messages": HI, "system": "Be brief."}


@pytest.mark.parametrize(
    ("route", "headers"),
    [("translated", {}), ("relayed", {"x-headgate-label": "phi"})],
    ids=["nobody can", "nobody may"],
)
def test_tokens_are_estimated_where_no_backend_counts(
    client: Anthropic, upstream: Upstream, route: str, headers: dict[str, str]
) -> None:
    before = len(upstream.requests)
    reply = client.messages.with_raw_response.count_tokens(
        model=route, messages=HI, extra_headers=headers
    )
    assert reply.headers["x-headgate-estimate"] == "true"
    assert reply.parse().input_tokens > 5
    assert len(upstream.requests) == before


def test_models_are_listed_in_anthropics_shape(client: Anthropic) -> None:
    found = [model.id for model in client.models.list(limit=2)]
    assert {"relayed", "translated", "dropping"} <= set(found)
    assert len(found) == len(set(found))
    model = client.models.retrieve("relayed")
    assert (model.type, model.id, model.lifecycle) == ("model", "relayed", "active")
    assert model.created_at.year >= 2026
    with pytest.raises(anthropic.NotFoundError) as missing:
        client.models.retrieve("claude-99")
    assert missing.value.type == "not_found_error"


@BOTH
def test_the_beta_surface_of_the_sdk_is_served_too(
    client: Anthropic, upstream: Upstream, route: str
) -> None:
    answer = client.beta.messages.create(
        model=route,
        messages=HI,
        max_tokens=9,
        betas=["context-management-2025-06-27"],
        context_management={"edits": [{"type": "clear_tool_uses_20250919"}]},
    )
    assert answer.content[0].type == "text"
    beta = last(upstream).headers.get("anthropic-beta")
    assert beta == ("context-management-2025-06-27" if route == "relayed" else None)


@BOTH
def test_a_document_is_read(client: Anthropic, upstream: Upstream, route: str) -> None:
    pdf = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQKJSVFT0YK"}
    plain = {"type": "text", "media_type": "text/plain", "data": "Be kind."}
    documents = [
        {"type": "document", "source": pdf, "title": "a.pdf"},
        {"type": "document", "source": plain, "title": "Rules"},
        {"type": "text", "text": "What does it say?"},
    ]
    ask(client, route, messages=[{"role": "user", "content": documents}])
    content = last(upstream).json["messages"][0]["content"]
    if route == "relayed":
        assert content == documents
    else:
        file = content[0]["file"]
        assert file["file_data"] == f"data:application/pdf;base64,{pdf['data']}"
        assert content[1] == {"type": "text", "text": "Rules\n\nBe kind."}


def test_a_long_answer_arrives_whole(client: Anthropic, upstream: Upstream) -> None:
    upstream.use(says(said("Grüße, 日本 🎉 " * 500), "long"))
    for route in ("relayed", "translated"):
        assert text_of(streamed(client, route)) == "Grüße, 日本 🎉 " * 500
