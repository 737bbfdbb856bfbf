"""The stand-in upstream against the official SDK, with no Headgate between them.

What the suite says about Headgate is worth what the stand-in is worth: here it has to
satisfy the client that everybody uses, and its faults have to be the faults they claim.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import h11
import httpx2
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionToolParam

from support import behaviours as b
from support.answers import Answer, Call, called
from support.behaviours import Behaviour
from support.gate import Gate
from support.upstream import Upstream

TOOL: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"enum": ["c", "f"]}},
            "required": ["city", "unit"],
        },
    },
}
SCHEMA = {
    "type": "object",
    "properties": {"age": {"type": "integer", "minimum": 18}, "tags": {"$ref": "#/$defs/tags"}},
    "required": ["age", "tags"],
    "$defs": {"tags": {"type": "array", "items": {"type": "string"}, "minItems": 2}},
}
SOON_S = 0.3


@contextmanager
def client_of(upstream: Upstream, *, timeout: float = 5.0) -> Iterator[OpenAI]:
    with OpenAI(
        base_url=upstream.base_url, api_key="sk-test", max_retries=0, timeout=timeout
    ) as client:
        yield client


def ask(client: OpenAI, **more: Any) -> ChatCompletion:
    answer = client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "hi"}], **more
    )
    assert isinstance(answer, ChatCompletion)
    return answer


def stream(client: OpenAI, **more: Any) -> list[ChatCompletionChunk]:
    return list(
        client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "hi"}], stream=True, **more
        )
    )


def strictly(value: Any) -> None:
    """The SDK builds its types without checking them; check them."""
    type(value).model_validate(value.model_dump(mode="python", warnings="error"))


def test_a_chat_satisfies_the_sdks_types() -> None:
    with Upstream() as upstream, client_of(upstream) as client:
        answer = ask(client, logprobs=True, top_logprobs=1, n=2)
    strictly(answer)
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert answer.choices[0].message.content == "Hello from the upstream, in five pieces."
    assert answer.usage is not None
    assert answer.usage.total_tokens == 12 + 2 * 7


def test_a_stream_names_the_role_once_and_keeps_id_and_time() -> None:
    with Upstream() as upstream, client_of(upstream) as client:
        chunks = stream(client)
    for chunk in chunks:
        strictly(chunk)
    assert len({(chunk.id, chunk.created) for chunk in chunks}) == 1
    assert [c.choices[0].delta.role for c in chunks].count("assistant") == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].choices[0].delta.model_dump(exclude_none=True) == {}
    assert all("usage" not in chunk.model_fields_set for chunk in chunks)


def test_a_stream_reports_usage_once_and_only_when_asked() -> None:
    with Upstream() as upstream, client_of(upstream) as client:
        chunks = stream(client, stream_options={"include_usage": True})
    assert [chunk.usage is None for chunk in chunks] == [True] * (len(chunks) - 1) + [False]
    assert all("usage" in chunk.model_fields_set for chunk in chunks)
    assert chunks[-1].choices == []


def test_tools_are_called_with_arguments_true_to_their_schema() -> None:
    with Upstream() as upstream, client_of(upstream) as client:
        answer = ask(client, tools=[TOOL])
        with client.chat.completions.stream(
            model="m", messages=[{"role": "user", "content": "hi"}], tools=[TOOL]
        ) as events:
            streamed = events.get_final_completion()
    for reply in (answer, streamed):
        assert reply.choices[0].finish_reason == "tool_calls"
        assert reply.choices[0].message.tool_calls is not None
        call = reply.choices[0].message.tool_calls[0]
        assert call.type == "function"
        assert call.function.name == "get_weather"
        assert call.function.arguments == '{"city": "word", "unit": "c"}'


def test_parallel_calls_are_streamed_under_their_own_index() -> None:
    answer = called(Call("one", '{"a": 1}'), Call("two", '{"b": 2}'))
    with Upstream(b.says(answer)) as upstream, client_of(upstream) as client:
        deltas = [
            delta
            for chunk in stream(client)
            for choice in chunk.choices
            for delta in choice.delta.tool_calls or []
        ]
    assert [(d.index, d.function.name) for d in deltas if d.id and d.function] == [
        (0, "one"),
        (1, "two"),
    ]
    spoken = ["", ""]
    for delta in deltas:
        assert delta.function is not None
        spoken[delta.index] += delta.function.arguments or ""
    assert spoken == ['{"a": 1}', '{"b": 2}']


def test_json_follows_the_schema_asked_for() -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
    with Upstream() as upstream, client_of(upstream) as client:
        answer = ask(client, response_format=wanted)
    assert answer.choices[0].message.content == '{"age": 18, "tags": ["word", "word"]}'


def test_embeddings_are_the_same_numbers_in_both_encodings() -> None:
    with Upstream() as upstream, client_of(upstream) as client:
        default = client.embeddings.create(model="m", input=["one", "two"])
        floats = client.embeddings.create(
            model="m", input=["one", "two"], encoding_format="float", dimensions=8
        )
        sent = [request.json["encoding_format"] for request in upstream.requests]
    assert sent == ["base64", "float"]
    assert [item.embedding for item in default.data] == [item.embedding for item in floats.data]
    assert default.data[0].embedding != default.data[1].embedding


def test_completions_and_models_satisfy_the_sdk() -> None:
    with Upstream(models=("a", "b")) as upstream, client_of(upstream) as client:
        whole = client.completions.create(model="m", prompt="hi")
        pieces = list(client.completions.create(model="m", prompt="hi", stream=True))
        names = [model.id for model in client.models.list()]
    strictly(whole)
    # On the wire `finish_reason` is null until the end, although the SDK's type forbids it.
    assert [piece.choices[0].finish_reason for piece in pieces[:-1]] == [None] * 7
    strictly(pieces[-1])
    assert "".join(piece.choices[0].text for piece in pieces) == whole.choices[0].text
    assert names == ["a", "b"]


def test_azure_starts_its_stream_with_a_chunk_of_no_choices() -> None:
    with (
        Upstream() as upstream,
        openai.AzureOpenAI(
            azure_endpoint=upstream.root_url, api_key="secret", api_version="2024-10-21"
        ) as client,
    ):
        chunks = stream(client, stream_options={"include_usage": True})
        [seen] = upstream.requests
    assert (chunks[0].choices, chunks[1].choices[0].delta.role) == ([], "assistant")
    assert seen.path == "/openai/deployments/m/chat/completions"
    assert seen.query == "api-version=2024-10-21"
    assert seen.headers["api-key"] == "secret"


def test_ollama_streams_lines_unless_told_not_to() -> None:
    ask_ollama = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    with Upstream() as upstream, httpx2.Client(base_url=upstream.root_url) as client:
        lines = client.post("/api/chat", json=ask_ollama).text.splitlines()
        whole = client.post("/api/chat", json={**ask_ollama, "stream": False}).json()
        version = client.get("/api/version").json()
    assert len(lines) == 8
    assert '"done_reason":"stop"' in lines[-1]
    assert whole["message"]["content"] == "Hello from the upstream, in five pieces."
    assert version == {"version": "0.33.0"}


@pytest.mark.parametrize(
    ("behaviour", "error", "code"),
    [
        (b.RATE_LIMITED, openai.RateLimitError, "rate_limit_exceeded"),
        (b.SERVER_ERROR, openai.InternalServerError, None),
        (b.BAD_REQUEST, openai.BadRequestError, "decimal_above_max_value"),
        (b.UNAUTHORIZED, openai.AuthenticationError, "invalid_api_key"),
        (b.NO_SUCH_MODEL, openai.NotFoundError, "model_not_found"),
    ],
    ids=str,
)
def test_the_sdk_understands_each_error(
    behaviour: Behaviour, error: type[openai.APIStatusError], code: str | None
) -> None:
    with Upstream(behaviour) as upstream, client_of(upstream) as client:
        with pytest.raises(error) as whole:
            ask(client)
        with pytest.raises(error):
            stream(client)
    assert whole.value.code == code
    assert isinstance(whole.value.body, dict)
    assert whole.value.body.keys() == {"message", "type", "param", "code"}


def test_the_sdks_retries_obey_retry_after_and_reach_the_good_answer() -> None:
    fault = b.rate_limited(retry_after_ms="1")
    with (
        Upstream(fault, b.OK) as upstream,
        OpenAI(base_url=upstream.base_url, api_key="any", max_retries=1) as client,
    ):
        assert ask(client).choices[0].finish_reason == "stop"
        assert [r.behaviour for r in upstream.requests] == ["429 with retry-after", "ok"]


def test_a_refusing_upstream_holds_its_port_and_may_open_later() -> None:
    with Upstream(b.REFUSED) as upstream, client_of(upstream) as client:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", upstream.port))
        with pytest.raises(openai.APIConnectionError):
            ask(client)
        upstream.use(b.OK)
        upstream.listen()
        assert ask(client).choices[0].finish_reason == "stop"


CUTS = (b.CUT, b.CUT_BY_RESET, b.CUT_BEFORE_CONTENT)


@pytest.mark.parametrize("behaviour", [*CUTS, b.CLOSES, b.RESETS], ids=str)
@pytest.mark.parametrize("call", [ask, stream], ids=["whole", "stream"])
def test_a_cut_is_a_broken_connection_not_an_end(
    behaviour: Behaviour, call: Callable[[OpenAI], object]
) -> None:
    # Before the headers the SDK wraps the failure; inside a stream it does not.
    broken = (openai.APIConnectionError, httpx2.TransportError)
    with Upstream(behaviour) as upstream, client_of(upstream) as client, pytest.raises(broken):
        call(client)


def test_a_stream_without_its_terminator_looks_complete_to_the_sdk() -> None:
    with Upstream(b.CUT_BEFORE_DONE) as upstream, client_of(upstream) as client:
        assert stream(client)[-1].choices[0].finish_reason == "stop"
        with httpx2.Client(base_url=upstream.base_url) as raw:
            text = raw.post("/chat/completions", json={"model": "m", "stream": True}).text
    assert "[DONE]" not in text


@pytest.mark.parametrize("behaviour", [b.MALFORMED, b.MALFORMED_AFTER_CONTENT, b.CUT_BEFORE_DONE])
def test_malformed_answers_are_whole_responses_that_are_no_json(behaviour: Behaviour) -> None:
    with Upstream(behaviour) as upstream, httpx2.Client(base_url=upstream.base_url) as raw:
        reply = raw.post("/chat/completions", json={"model": "m"})
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            reply.json()


@pytest.mark.parametrize("behaviour", [b.ERROR_INSIDE, b.ERROR_AFTER_CONTENT], ids=str)
def test_an_error_inside_a_stream_reaches_the_sdk_as_an_error(behaviour: Behaviour) -> None:
    crash = pytest.raises(openai.APIError, match="The model crashed")
    with Upstream(behaviour) as upstream, client_of(upstream) as client, crash:
        stream(client)


SILENCES = (
    b.SILENT,
    b.HEADERS_THEN_SILENCE,
    b.ROLE_THEN_SILENCE,
    b.CONTENT_THEN_SILENCE,
    b.SLOW_HEADERS,
    b.SLOW_BODY,
    b.PINGS_ONLY,
    b.FLOOD,
)


@pytest.mark.parametrize("behaviour", SILENCES, ids=str)
@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])
def test_a_peer_that_never_finishes_notices_when_its_client_leaves(
    behaviour: Behaviour, is_stream: bool
) -> None:
    body = b'{"model":"m","stream":true}' if is_stream else b'{"model":"m"}'
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"
    with Upstream(behaviour) as upstream:
        with socket.create_connection(("127.0.0.1", upstream.port)) as client:
            client.sendall(head % len(body) + body)
            if behaviour is not b.SILENT:
                assert client.recv(1)
            upstream.wait_requests(1)
            assert upstream.connections_open == 1
            left_at = monotonic()
        aborted = upstream.wait_aborted()
        upstream.wait_closed()
    assert aborted.aborted_at is not None
    assert 0 <= aborted.aborted_at - left_at < SOON_S


def test_a_flood_stops_where_its_client_stops_reading() -> None:
    with Upstream(b.FLOOD) as upstream, httpx2.Client(base_url=upstream.base_url) as raw:
        call = raw.stream("POST", "/chat/completions", json={"model": "m", "stream": True})
        with call as reply:
            next(reply.iter_raw())
            [seen] = upstream.requests
            assert seen.bytes_sent < 64 * 1024 * 1024
        upstream.wait_aborted()


def test_a_gate_lets_one_frame_through_at_a_time() -> None:
    gate = Gate()
    with Upstream(b.gated(gate)) as upstream, client_of(upstream) as client:
        chunks = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "hi"}], stream=True
        )
        gate.wait_for_arrivals(1)
        gate.release()
        assert next(chunks).choices[0].delta.role == "assistant"
        gate.wait_for_arrivals(2)
        gate.release(2)
        assert [next(chunks).choices[0].delta.content for _ in range(2)] == ["Hello", " from"]
        gate.open()
        assert len(list(chunks)) == 6
        assert upstream.aborted == []


def test_a_connection_is_reused_until_the_server_closes_it() -> None:
    with Upstream() as upstream, client_of(upstream) as client:
        ask(client)
        stream(client)
        assert [request.connection for request in upstream.requests] == [1, 1]
        upstream.close_idle()
        upstream.wait_closed()
        ask(client)
        assert upstream.requests[-1].connection == 2


def test_requests_are_recorded_as_they_were_sent() -> None:
    with Upstream() as upstream, client_of(upstream) as client:
        ask(client, extra_body={"custom": [1, 2]}, extra_headers={"X-Mine": "yes"})
        [seen] = upstream.requests
    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions")
    assert seen.json["custom"] == [1, 2]
    assert seen.headers["x-mine"] == "yes"
    assert seen.headers["authorization"] == "Bearer sk-test"


def test_what_is_no_http_fails_the_test_that_sent_it() -> None:
    upstream = Upstream().__enter__()
    with socket.create_connection(("127.0.0.1", upstream.port)) as client:
        client.sendall(b"nonsense\r\n\r\n")
        assert client.recv(1) == b""
    with pytest.raises(h11.RemoteProtocolError, match="illegal request line"):
        upstream.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (b.EMPTY, ("", "stop")),
        (b.TRUNCATED, ("This answer was cut off by the", "length")),
        (b.REFUSAL_FIELD, (None, "stop")),
        (b.WRONG_JSON, ('{"unexpected": true}', "stop")),
    ],
    ids=str,
)
def test_a_poor_answer_is_well_formed(
    behaviour: Behaviour, expected: tuple[str | None, str]
) -> None:
    with Upstream(behaviour) as upstream, client_of(upstream) as client:
        answer = ask(client)
        for chunk in stream(client):
            strictly(chunk)
    strictly(answer)
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == expected


def test_a_thinking_answer_counts_its_reasoning_tokens() -> None:
    answer = Answer(reasoning=("Hm",), pieces=("Four.",))
    with Upstream(b.says(answer)) as upstream, client_of(upstream) as client:
        usage = ask(client).usage
    assert usage is not None
    assert usage.completion_tokens_details is not None
    assert usage.completion_tokens_details.reasoning_tokens == 1
