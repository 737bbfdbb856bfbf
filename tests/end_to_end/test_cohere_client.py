"""Cohere's own SDK against the real server, over a Cohere backend and over an OpenAI one."""

import json
from collections.abc import Iterator
from typing import Any

import cohere
import httpx
import pytest
from cohere.errors import ClientClosedRequestError, InvalidTokenError
from jsonschema import validate

from support import behaviours as b
from support.answers import Call, called
from support.behaviours import OK
from support.cohere_shapes import UNBILLED_TOKENS
from support.headgate_server import HeadgateServer
from support.request_shapes import PIXEL, SCHEMA, TOOL
from support.shapes import ErrorSaid
from support.upstream import Upstream

OVER = ["over_cohere", "over_openai"]
SAID = "Hello from the upstream, in five pieces."
HELLO: list[Any] = [{"role": "user", "content": "Hello"}]
KEY = {"COHERE_API_KEY": "co-secret"}
SPENT = ErrorSaid(message="The token is spent", type="invalid_request_error")
ONCE: Any = {"max_retries": 0}
every_backend = pytest.mark.parametrize("model", OVER)


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
    config = {
        "targets": {
            "command": {
                "backend": "cohere",
                "model": "command-test",
                "base_url": upstream.root_url,
                "retries": 0,
            },
            "box": {
                "backend": "openai_compatible",
                "model": "real",
                "base_url": upstream.base_url,
                "retries": 0,
            },
        },
        "routes": {
            "over_cohere": {"targets": ["command"]},
            "over_openai": {"targets": ["box"]},
        },
        "default_route": "over_cohere",
    }
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config, env=KEY) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: HeadgateServer) -> Iterator[cohere.ClientV2]:
    # The SDK closes no connection of its own.
    with httpx.Client(timeout=20) as connections:
        yield cohere.ClientV2("any", base_url=server.root_url, httpx_client=connections)


def strictly(value: Any) -> None:
    """The SDK builds its types without checking them; check them."""
    type(value).model_validate(value.model_dump(mode="python", warnings="error"))


def ask(client: cohere.ClientV2, model: str, **more: Any) -> cohere.V2ChatResponse:
    options = {"messages": HELLO, "request_options": ONCE, **more}
    answer = client.chat(model=model, **options)
    strictly(answer)
    return answer


def stream(client: cohere.ClientV2, model: str, **more: Any) -> list[Any]:
    options = {"messages": HELLO, "request_options": ONCE, **more}
    events = list(client.chat_stream(model=model, **options))
    for event in events:
        strictly(event)
    return events


def text_of(answer: cohere.V2ChatResponse) -> str:
    return "".join(part.text for part in answer.message.content or [] if part.type == "text")


def kinds(events: list[Any]) -> list[str]:
    """Types of events, each once where it repeats."""
    found: list[str] = []
    for event in events:
        if not found or found[-1] != event.type:
            found.append(event.type)
    return found


@every_backend
def test_a_chat_is_answered(client: cohere.ClientV2, model: str) -> None:
    answer = ask(client, model, max_tokens=20, temperature=0.5, p=0.9, k=40, seed=7)
    assert text_of(answer) == SAID
    assert answer.finish_reason == "COMPLETE"
    assert answer.id
    assert answer.usage is not None
    assert answer.usage.tokens is not None
    assert answer.usage.tokens.output_tokens == 7
    assert answer.usage.billed_units is not None
    assert answer.usage.billed_units.input_tokens == 12
    extra = UNBILLED_TOKENS if model == "over_cohere" else 0
    assert answer.usage.tokens.input_tokens == 12 + extra


def test_a_request_to_cohere_keeps_its_bytes_but_for_the_model(
    client: cohere.ClientV2, upstream: Upstream, server: HeadgateServer
) -> None:
    documents = [{"id": "d1", "data": {"title": "Tall penguins", "snippet": "They are tall."}}]
    answer = ask(
        client,
        "over_cohere",
        documents=documents,
        citation_options={"mode": "FAST"},
        safety_mode="STRICT",
        logprobs=True,
        priority=3,
        thinking={"type": "enabled", "token_budget": 100},
        request_options={
            "additional_body_parameters": {"x_new": {"deep": [1.50]}},
            "additional_headers": {"X-Client-Name": "tests"},
        },
    )
    sent = upstream.requests[-1]
    assert sent.json == {
        "model": "command-test",
        "messages": HELLO,
        "documents": documents,
        "citation_options": {"mode": "FAST"},
        "safety_mode": "STRICT",
        "logprobs": True,
        "priority": 3,
        "thinking": {"type": "enabled", "token_budget": 100},
        "stream": False,
        "x_new": {"deep": [1.5]},
    }
    assert sent.path == "/v2/chat"
    assert sent.headers["authorization"] == "Bearer co-secret"
    assert sent.headers["x-client-name"] == "tests"
    assert answer.message.citations is not None
    row = server.ledger_rows(where={"target": "command"})[-1]
    assert (row["input_tokens"], row["output_tokens"]) == (12 + UNBILLED_TOKENS, 7)


@every_backend
def test_a_stream_has_its_events_in_order(client: cohere.ClientV2, model: str) -> None:
    events = stream(client, model)
    assert kinds(events) == [
        *("message-start", "content-start", "content-delta", "content-end", "message-end")
    ]
    assert "".join(e.delta.message.content.text for e in events if e.type == "content-delta") == (
        SAID
    )
    assert events[0].id
    end = events[-1].delta
    assert end.finish_reason == "COMPLETE"
    assert end.usage.billed_units.output_tokens == 7


@every_backend
def test_thinking_comes_in_a_block_of_its_own(
    client: cohere.ClientV2, upstream: Upstream, model: str
) -> None:
    upstream.use(b.THINKS)
    events = stream(client, model)
    starts = [e.delta.message.content.type for e in events if e.type == "content-start"]
    assert starts == ["thinking", "text"]
    assert [e.index for e in events if e.type == "content-end"] == [0, 1]
    answer = ask(client, model)
    assert [(part.type) for part in answer.message.content or []] == ["thinking", "text"]
    assert text_of(answer) == "It is four."


@every_backend
def test_tools_are_called_and_answered(client: cohere.ClientV2, model: str) -> None:
    first = ask(client, model, tools=[TOOL], tool_choice="REQUIRED", strict_tools=True)
    assert first.finish_reason == "TOOL_CALL"
    assert first.message.tool_calls is not None
    (call,) = first.message.tool_calls
    assert call.function is not None
    assert call.function.name == "get_weather"
    validate(json.loads(call.function.arguments or ""), TOOL["function"]["parameters"])
    turn = {"role": "assistant", "tool_plan": "I look.", "tool_calls": [call.model_dump()]}
    document = {"type": "document", "document": {"data": {"celsius": 11}}}
    result = {"role": "tool", "tool_call_id": call.id, "content": [document]}
    if model == "over_openai":
        result["content"] = '{"celsius": 11}'
    second = ask(client, model, messages=[*HELLO, turn, result], tools=[TOOL])
    assert text_of(second) == SAID


@every_backend
def test_several_streamed_calls_are_told_one_after_the_other(
    client: cohere.ClientV2, upstream: Upstream, model: str
) -> None:
    two = called(Call("get_weather", '{"city":"Paris"}'), Call("get_time", "{}"))
    upstream.use(b.says(two))
    events = stream(client, model, tools=[TOOL])
    assert kinds(events) == [
        "message-start",
        *("tool-call-start", "tool-call-delta", "tool-call-end") * 2,
        "message-end",
    ]
    arguments = {0: "", 1: ""}
    for event in events:
        if event.type == "tool-call-delta":
            arguments[event.index] += event.delta.message.tool_calls.function.arguments
    assert arguments == {0: '{"city":"Paris"}', 1: "{}"}
    starts = [e.delta.message.tool_calls for e in events if e.type == "tool-call-start"]
    assert [call.function.name for call in starts] == ["get_weather", "get_time"]
    assert len({call.id for call in starts}) == 2
    assert events[-1].delta.finish_reason == "TOOL_CALL"


@every_backend
def test_json_keeps_to_its_schema(client: cohere.ClientV2, model: str) -> None:
    wanted: Any = {"type": "json_object", "json_schema": SCHEMA}
    validate(json.loads(text_of(ask(client, model, response_format=wanted))), SCHEMA)


@every_backend
def test_pictures_go_along(client: cohere.ClientV2, upstream: Upstream, model: str) -> None:
    picture = {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}}
    content = [{"type": "text", "text": "What is it?"}, picture]
    assert text_of(ask(client, model, messages=[{"role": "user", "content": content}])) == SAID
    assert upstream.requests[-1].json["messages"][0]["content"][1] == picture


def test_documents_stand_before_the_question_where_there_is_no_place_for_them(
    client: cohere.ClientV2, upstream: Upstream
) -> None:
    documents: list[Any] = [
        "Bare words.",
        {"id": "d1", "data": {"title": "Penguins", "snippet": "They are tall."}},
        {"id": "d2", "data": {"colour": "black", "weight": 30}},
    ]
    ask(client, "over_openai", documents=documents, citation_options={"mode": "OFF"})
    assert upstream.requests[-1].json["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Bare words."},
                {"type": "text", "text": "Penguins\n\nThey are tall."},
                {"type": "text", "text": "d2\n\ncolour: black\nweight: 30"},
                {"type": "text", "text": "Hello"},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"logprobs": True}, "logprobs"),
        ({"safety_mode": "STRICT"}, "safety_mode"),
        ({"tool_choice": "SOMETIMES", "tools": [TOOL]}, "tool_choice"),
    ],
)
def test_what_an_openai_backend_cannot_be_told_is_refused_by_name(
    client: cohere.ClientV2, fields: dict[str, Any], param: str
) -> None:
    with pytest.raises(cohere.BadRequestError) as caught:
        ask(client, "over_openai", **fields)
    assert caught.value.body["message"].startswith(f"{param}: ")


@every_backend
@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (b.BAD_REQUEST, cohere.BadRequestError),
        (b.RATE_LIMITED, cohere.TooManyRequestsError),
        (b.NO_SUCH_MODEL, cohere.NotFoundError),
        (b.OVERLOADED, cohere.ServiceUnavailableError),
        (b.fails("498", 498, SPENT), InvalidTokenError),
        (b.fails("499", 499, SPENT), ClientClosedRequestError),
    ],
    ids=str,
)
def test_an_error_is_the_sdks_own_in_a_chat_and_in_a_stream(
    client: cohere.ClientV2, upstream: Upstream, model: str, behaviour: Any, kind: type[Exception]
) -> None:
    upstream.use(behaviour)
    for call in (ask, stream):
        with pytest.raises(kind) as caught:
            call(client, model)
        body = caught.value.body  # type: ignore[attr-defined]
        assert isinstance(body["message"], str)
        assert body["message"]
        # One of Cohere has told its own id; ours names the decision.
        assert body["id"]


@every_backend
@pytest.mark.parametrize(
    "behaviour", [b.CUT, b.CUT_BEFORE_DONE, b.ERROR_AFTER_CONTENT, b.MALFORMED_AFTER_CONTENT]
)
def test_a_stream_that_breaks_ends_with_an_error_and_never_complete(
    client: cohere.ClientV2, upstream: Upstream, model: str, behaviour: Any
) -> None:
    upstream.use(behaviour)
    events = stream(client, model)
    assert any(event.type == "content-delta" for event in events)
    ends = [event for event in events if event.type == "message-end"]
    assert [end.delta.finish_reason for end in ends] == ["ERROR"]
    assert ends[0].delta.error
    # So that the target does not rest when the next test asks it.
    upstream.use(OK)
    assert text_of(ask(client, model)) == SAID


@every_backend
def test_a_missing_field_is_named(client: cohere.ClientV2, model: str) -> None:
    with pytest.raises(cohere.BadRequestError, match="messages"):
        ask(client, model, messages=[])


def test_an_unknown_model_is_not_found(client: cohere.ClientV2) -> None:
    with pytest.raises(cohere.NotFoundError, match="nobody"):
        ask(client, "nobody")


def test_what_changes_no_answer_is_left_out_and_said(
    client: cohere.ClientV2, upstream: Upstream
) -> None:
    raw = client.with_raw_response.chat(model="over_openai", messages=HELLO, priority=3)
    assert raw.headers["x-headgate-dropped"] == "priority"
    assert "priority" not in upstream.requests[-1].json
