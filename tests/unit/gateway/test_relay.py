"""What of a backend's stream a client sees, and what it is told when the stream goes wrong."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from headgate.core.errors import QualityError, UpstreamError
from support import behaviours as b
from support.answers import Asked, obedient
from support.behaviours import Behaviour
from support.gate import Gate
from support.gateways import Rig, box, config, events, gateway, rest_of
from support.request_shapes import SHAPES
from support.upstream import Upstream


def run(data: dict[str, object], story: Callable[[Rig], Awaitable[None]]) -> None:
    async def told() -> None:
        async with gateway(data) as rig:
            await story(rig)

    asyncio.run(told())


def native(upstream: Upstream, **more: Any) -> dict[str, Any]:
    return {"backend": "ollama_native", "base_url": upstream.root_url, "model": "m"} | more


def text_of(stream: bytes) -> str:
    choices = [e["choices"] for e in events(stream) if e != "[DONE]" and "choices" in e]
    return "".join(c["delta"].get("content") or "" for each in choices for c in each)


@pytest.mark.parametrize("wants_usage", [True, False])
@pytest.mark.parametrize("make", [box, native])
def test_usage_is_always_recorded_and_passed_on_only_when_asked_for(
    make: Callable[[Upstream], dict[str, Any]], wants_usage: bool
) -> None:
    async def story(rig: Rig) -> None:
        more = {"stream_options": {"include_usage": True}} if wants_usage else {}
        said = events(await rest_of(await rig.stream(**more)))
        assert said[-1] == "[DONE]"
        assert any(each.get("usage") for each in said[:-1]) == wants_usage
        assert all(each["choices"] or each["usage"] for each in said[:-1])
        usage = rig.recording.attempts[0].usage
        assert usage is not None
        assert (usage.input_tokens, usage.is_estimated) == (12, False)

    with Upstream() as a:
        run(config({"a": make(a)}), story)


def test_bytes_within_a_dialect_are_the_backends_own() -> None:
    async def story(rig: Rig) -> None:
        more = {"stream_options": {"include_usage": True}}
        data = await rest_of(await rig.stream(**more))
        asked = Asked(kind="chat", number=1, body=a.requests[0].json)
        from support.openai_shapes import ChatShape

        frames = ChatShape().frames(asked, obedient(asked))
        assert data == b"".join(frame.data for frame in frames)

    with Upstream() as a:
        run(config({"a": box(a)}), story)


@pytest.mark.parametrize("make", [box, native])
@pytest.mark.parametrize("stream", [True, False])
def test_the_name_asked_for_stands_in_every_answer_where_that_is_wanted(
    make: Callable[[Upstream], dict[str, Any]], stream: bool
) -> None:
    async def story(rig: Rig) -> None:
        if stream:
            said = events(await rest_of(await rig.stream()))[:-1]
        else:
            said = [json.loads((await rig.ask()).body)]
        assert {each["model"] for each in said} == {"chat"}
        assert rig.recording.attempts[0].response_model == "m"

    with Upstream() as a:
        run(config({"a": make(a)}, server={"answer_model": "asked"}), story)


def test_a_native_ollama_answers_whole_in_the_clients_dialect() -> None:
    async def story(rig: Rig) -> None:
        answer = json.loads((await rig.ask()).body)
        assert answer["object"] == "chat.completion"
        assert answer["model"] == "m"
        assert answer["choices"][0]["message"]["content"].startswith("Hello from")
        assert answer["usage"]["prompt_tokens"] == 12

    with Upstream() as a:
        run(config({"a": native(a)}), story)
        assert a.requests[0].path == "/api/chat"


@pytest.mark.parametrize("make", [box, native])
@pytest.mark.parametrize(
    "behaviour",
    [b.ERROR_AFTER_CONTENT, b.CUT, b.MALFORMED_AFTER_CONTENT, b.CONTENT_THEN_SILENCE],
    ids=str,
)
def test_a_stream_that_breaks_ends_with_exactly_one_error_and_no_terminator(
    make: Callable[..., dict[str, Any]], behaviour: Behaviour
) -> None:
    async def story(rig: Rig) -> None:
        said = events(await rest_of(await rig.stream()))
        assert "[DONE]" not in said
        assert ["error" in each for each in said].count(True) == 1
        assert "error" in said[-1]
        assert said[-1]["error"]["message"]
        (attempt,), (decision,) = rig.recording.attempts, rig.recording.decisions
        assert attempt.outcome in {"rejected", "truncated", "garbled", "timeout"}
        assert attempt.usage is not None
        assert attempt.usage.is_estimated
        assert (decision.status, decision.served_by) == ("truncated", "a")

    with Upstream(behaviour) as a, Upstream() as z:
        data = config({"a": make(a, timeouts={"stall_s": 0.1}), "z": box(z)})
        run(data, story)
        assert z.requests == []


@pytest.mark.parametrize("make", [box, native])
@pytest.mark.parametrize("behaviour", [b.ERROR_INSIDE, b.CUT_BEFORE_CONTENT], ids=str)
def test_a_stream_that_breaks_before_content_is_another_targets(
    make: Callable[..., dict[str, Any]], behaviour: Behaviour
) -> None:
    async def story(rig: Rig) -> None:
        relay = await rig.stream()
        assert relay.attempt.target.name == "z"
        assert text_of(await rest_of(relay)) == "Hello from the upstream, in five pieces."
        assert len(rig.recording.decisions) == 1

    with Upstream(behaviour) as a, Upstream() as z:
        run(config({"a": make(a, retries=0), "z": box(z)}), story)


@dataclass
class Poor:
    """A behaviour, the request that brings it out, and the check that sees it."""

    behaviour: Behaviour
    check: str
    asked: str = "plain"


POOR = [
    Poor(b.EMPTY, "empty"),
    Poor(b.TRUNCATED, "truncated"),
    Poor(b.REFUSAL, "refusal"),
    Poor(b.REFUSAL_FIELD, "refusal"),
    Poor(b.NOT_JSON, "invalid_json", "json_schema"),
    Poor(b.WRONG_JSON, "invalid_json", "json_schema"),
    Poor(b.REPEATS, "repetition"),
    Poor(b.STRAYS, "wrong_language", "long question"),
    Poor(b.BROKEN_ARGUMENTS, "invalid_tool_call", "tools"),
    Poor(b.WRONG_ARGUMENTS, "invalid_tool_call", "tools"),
    Poor(b.UNKNOWN_TOOL, "invalid_tool_call", "tools"),
]


@pytest.mark.parametrize("hold", [None, True], ids=["whole", "held stream"])
@pytest.mark.parametrize("poor", POOR, ids=lambda poor: str(poor.behaviour))
def test_a_poor_answer_is_replaced_before_the_client_sees_any_of_it(
    poor: Poor, hold: bool | None
) -> None:
    async def story(rig: Rig) -> None:
        reply = await rig.send(stream=bool(hold), **SHAPES[poor.asked])
        assert reply.attempt.target.name == "z"
        if hold:
            assert events(await rest_of(reply))[-1] == "[DONE]"  # type: ignore[arg-type]
        assert rig.recording.tries() == [("a", "quality"), ("z", "answered")]
        alone = await rig.refusal("alone", stream=bool(hold), **SHAPES[poor.asked])
        assert isinstance(alone, QualityError)
        assert (alone.problem, alone.http_status, alone.target) == (poor.check, 502, "a")

    fallback = {"checks": [poor.check], "hold_stream": bool(hold)}
    with Upstream(poor.behaviour) as a, Upstream(b.OK) as z:
        data = config({"a": box(a), "z": box(z)}, fallback=fallback)
        data["routes"]["alone"] = {"targets": ["a"], "fallback": fallback}
        run(data, story)
        assert len(a.requests) == 2, "what is not good enough is not asked for again"


def slowly(behaviour: Behaviour, gate: Gate) -> Behaviour:
    """The same stream, held at the gate after every piece of output."""

    async def respond(reply: Any) -> None:
        sent = reply.piece

        async def piece(data: bytes) -> None:
            await sent(data)
            if b'"finish_reason":null' in data and b'"role"' not in data:
                await reply.wait_for(gate)

        reply.piece = piece
        await behaviour.respond(reply)

    return Behaviour(behaviour.name, respond)


@pytest.mark.parametrize("poor", POOR[1:], ids=lambda poor: str(poor.behaviour))
def test_an_unheld_stream_is_passed_on_as_it_runs_whatever_it_turns_out_to_be(poor: Poor) -> None:
    gate = Gate()

    async def story(rig: Rig) -> None:
        relay = await rig.stream(**SHAPES[poor.asked])
        gate.open()
        assert events(await rest_of(relay))[-1] == "[DONE]"
        assert rig.recording.tries() == [("a", "answered")]

    with Upstream(slowly(poor.behaviour, gate)) as a, Upstream() as z:
        data = config({"a": box(a), "z": box(z)}, fallback={"checks": [poor.check]})
        run(data, story)
        assert z.requests == []


def test_an_empty_stream_is_noticed_even_where_nothing_is_held() -> None:
    async def story(rig: Rig) -> None:
        relay = await rig.stream()
        assert relay.attempt.target.name == "z"
        await rest_of(relay)

    with Upstream(b.EMPTY) as a, Upstream() as z:
        run(config({"a": box(a), "z": box(z)}, fallback={"checks": ["empty"]}), story)


def test_leaving_a_stream_is_recorded_once_with_what_it_had_cost() -> None:
    gate = Gate()

    async def story(rig: Rig) -> None:
        relay = await rig.stream()
        assert await relay.next()
        relay.close()
        relay.close()
        assert rig.recording.tries() == [("a", "cancelled")]
        assert [entry.status for entry in rig.recording.decisions] == ["cancelled"]
        usage = rig.recording.attempts[0].usage
        assert usage is not None
        assert usage.is_estimated
        assert usage.output_tokens > 0

    with Upstream(b.gated(gate)) as a:
        gate.release(3)
        run(config({"a": box(a)}), story)
        a.wait_aborted()


def test_after_a_complete_stream_the_connection_serves_the_next_request() -> None:
    async def story(rig: Rig) -> None:
        for _ in range(3):
            await rest_of(await rig.stream())

    with Upstream() as a:
        run(config({"a": box(a)}), story)
        assert a.connections_made == 1


def test_a_response_that_never_ends_after_its_terminator_is_an_answer_all_the_same() -> None:
    async def story(rig: Rig) -> None:
        relay = await rig.stream()
        assert events(await rest_of(relay))[-1] == "[DONE]"
        assert rig.recording.tries() == [("a", "answered")]

    with Upstream(b.DONE_THEN_SILENCE) as a:
        run(config({"a": box(a)}), story)


def test_an_error_said_by_the_backend_is_not_said_twice_to_a_client_of_its_dialect() -> None:
    async def story(rig: Rig) -> None:
        relay = await rig.stream()
        said = events(await rest_of(relay))
        assert said[-1]["error"]["message"] == "The model crashed"
        assert isinstance(relay.error, UpstreamError)

    with Upstream(b.ERROR_AFTER_CONTENT) as a:
        run(config({"a": box(a)}), story)
