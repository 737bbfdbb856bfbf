"""What of a request stands in the ledger: all of its tries, one decision, none of its text."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from headgate.core.errors import HeadgateError
from headgate.core.stream import Timing
from headgate.gateway.attempts import Whole
from headgate.gateway.handle import Call
from headgate.gateway.relay import Relay
from headgate.policy.decide import decide
from headgate.policy.decision import Candidate, RequestFacts
from headgate.policy.registry import all_rules
from headgate.wire.dialects import ollama
from support import behaviours as b
from support.answers import said
from support.behaviours import Behaviour
from support.gate import Gate
from support.gateways import NOW, Rig, box, cloud, config, gateway, rest_of
from support.reply import Reply
from support.upstream import Upstream

SECRET = "the-patients-name-is-Ada"


def test_every_try_has_a_row_and_every_request_one_decision() -> None:
    async def story() -> None:
        async with gateway(data) as rig:
            whole = await rig.ask()
            first, second, third = rig.recording.attempts
            assert [first.outcome, second.outcome, third.outcome] == [
                "rejected",
                "rejected",
                "answered",
            ]
            assert [first.number, second.number, third.number] == [1, 2, 3]
            assert [first.http_status, third.http_status] == [500, 200]
            assert (first.usage, first.error) == (None, "status 500")
            assert third.usage is not None
            assert (third.is_local, third.provider) == (False, "openai_compatible")
            (decision,) = rig.recording.decisions
            assert {entry.decision_id for entry in rig.recording.attempts} == {decision.id}
            assert decision.id == whole.attempt.job.id
            assert (decision.status, decision.served_by, decision.attempts) == ("answered", "z", 3)
            assert decision.at == NOW + 1000

    with Upstream(b.SERVER_ERROR) as a, Upstream() as z:
        data = config({"a": box(a), "z": cloud(z)})
        asyncio.run(story())


def test_a_recorded_decision_can_be_made_again() -> None:
    async def story() -> None:
        async with gateway(config({"a": box(a), "z": cloud(z)}, privacy={})) as rig:
            await rig.ask(labels=frozenset({"phi"}))
            (entry,) = rig.recording.decisions
        facts = msgspec.json.decode(entry.facts, type=RequestFacts)
        candidates = msgspec.json.decode(entry.candidates, type=tuple[Candidate, ...])
        again = decide(facts, candidates, all_rules())
        assert tuple(again.order) == entry.ranked == ("a",)
        assert entry.vetoed_by == ("privacy",)

    with Upstream() as a, Upstream() as z:
        asyncio.run(story())


def quoting(status: int) -> Behaviour:
    """An error that repeats the prompt, as many APIs' do."""

    async def respond(reply: Reply) -> None:
        said = {"error": {"message": f"Cannot process: {SECRET}", "type": "x", "code": SECRET}}
        await reply.whole(status, json.dumps(said).encode())

    return Behaviour(f"{status} quoting the prompt", respond)


def breaking_off() -> Behaviour:
    """A stream that breaks with an error that repeats the prompt."""

    async def respond(reply: Reply) -> None:
        reply.start()
        said = {"error": {"message": f"Cannot go on: {SECRET}", "code": 400}}
        good = {"choices": [{"index": 0, "delta": {"content": "Hel"}}]}
        for each in (good, said):
            await reply.piece(b"data: " + json.dumps(each).encode() + b"\n\n")
        reply.end()

    return Behaviour("error in the stream quoting the prompt", respond)


CASES = [
    pytest.param(quoting(400), {}, id="400"),
    pytest.param(quoting(500), {}, id="500"),
    pytest.param(quoting(401), {}, id="401"),
    pytest.param(quoting(200), {}, id="error inside a 200"),
    pytest.param(breaking_off(), {"stream": True}, id="error inside a stream"),
    pytest.param(b.says(b.said(SECRET), SECRET), {"stream": True}, id="echo"),
    pytest.param(b.OK, {SECRET: 1}, id="field the target has no word for"),
    pytest.param(b.OK, {"messages": [{"role": SECRET, "content": "x"}]}, id="role"),
    pytest.param(b.OK, {"messages": [{"role": "user", "content": [{"type": SECRET}]}]}, id="part"),
    pytest.param(b.OK, {"tool_choice": SECRET, "tools": [{"type": SECRET}]}, id="tool"),
]


@pytest.mark.parametrize("backend", ["openai_compatible", "ollama_native"])
@pytest.mark.parametrize(("behaviour", "body"), CASES)
def test_no_text_of_the_prompt_reaches_the_ledger(
    behaviour: Behaviour, body: dict[str, Any], backend: str
) -> None:
    async def story() -> None:
        async with gateway(config({"a": target}, fallback={"checks": ["truncated"]})) as rig:
            given = {"messages": [{"role": "user", "content": SECRET}], **body}
            with suppress(HeadgateError):
                reply = await rig.send(**given)
                if isinstance(reply, Relay):
                    await rest_of(reply)
            rows = [*rig.recording.attempts, *rig.recording.decisions]
            assert rows
            assert SECRET not in str(rows)

    with Upstream(behaviour) as a:
        url = a.root_url if backend == "ollama_native" else a.base_url
        target = {"backend": backend, "base_url": url, "model": "m", "retries": 0}
        asyncio.run(story())


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("hold", [True, False])
@pytest.mark.parametrize("frames", [0, 2])
def test_a_cancelled_request_is_recorded_exactly_once_and_holds_nothing(
    stream: bool, hold: bool, frames: int
) -> None:
    gate = Gate()

    async def story() -> None:
        fallback = {"checks": ["truncated"], "hold_stream": hold}
        async with gateway(config({"a": box(a), "z": box(z)}, fallback=fallback)) as rig:
            task = asyncio.create_task(held(rig))
            await asyncio.to_thread(gate.wait_for_arrivals, 1 + frames * stream)
            assert rig.target("a").health.in_flight == 1
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert rig.recording.tries() == [("a", "cancelled")]
            assert [entry.status for entry in rig.recording.decisions] == ["cancelled"]
            assert rig.recording.decisions[0].http_status == 499
            assert rig.target("a").health.in_flight == 0
            assert rig.target("a").health.failures_in_a_row == 0

    async def held(rig: Rig) -> None:
        reply = await rig.send(stream=stream)
        await rest_of(reply)  # type: ignore[arg-type]

    with Upstream(b.gated(gate)) as a, Upstream() as z:
        if stream:
            gate.release(frames)
        asyncio.run(story())
        a.wait_aborted()
        assert z.requests == []


def test_a_request_cancelled_while_it_waits_to_try_again_is_recorded_too() -> None:
    async def story() -> None:
        async with gateway(config({"a": box(a)})) as rig:
            asleep = asyncio.Event()

            async def sleep(seconds: float) -> None:
                asleep.set()
                await asyncio.get_running_loop().create_future()

            rig.gateway.sender.sleep = sleep
            task = asyncio.create_task(rig.ask())
            await asleep.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert rig.recording.tries() == [("a", "rejected")]
            assert [entry.status for entry in rig.recording.decisions] == ["cancelled"]

    with Upstream(b.SERVER_ERROR) as a:
        asyncio.run(story())


def test_an_answer_of_one_token_says_nothing_about_speed() -> None:
    async def story() -> None:
        async with gateway(config({"a": box(a)})) as rig:
            relay = await rig.stream()
            rig.clock.seconds += 2.0
            await rest_of(relay)
            assert rig.target("a").health.output_tokens_per_s is None

    with Upstream(b.says(said("one", completion_tokens=1))) as a:
        asyncio.run(story())


def test_speed_is_measured_from_streams_that_were_answered() -> None:
    async def story() -> None:
        async with gateway(config({"a": box(a)})) as rig:
            relay = await rig.stream()
            rig.clock.seconds += 2.0
            await rest_of(relay)
            health = rig.target("a").health
            tokens = rig.recording.attempts[0].usage
            assert tokens is not None
            assert health.ttft_ms == 0.0
            assert health.output_tokens_per_s == (tokens.output_tokens - 1) / 2.0

    with Upstream() as a:
        asyncio.run(story())


def ollama_call(**fields: Any) -> Call:
    messages = [{"role": "user", "content": "Hi"}]
    body = json.dumps({"model": "chat", "messages": messages, **fields}).encode()
    return Call(operation="chat", dialect=ollama.DIALECT, body=body)


def test_a_client_that_is_told_how_long_it_took_is_told_what_was_measured() -> None:
    async def story() -> None:
        async with gateway(config({"a": box(a)})) as rig:
            relay = await rig.gateway.handle(ollama_call())
            assert isinstance(relay, Relay)
            rig.clock.seconds += 2.0
            last = json.loads((await rest_of(relay)).splitlines()[-1])
            assert last["total_duration"] == last["eval_duration"] == 2 * 10**9
            assert last["prompt_eval_duration"] == 0
            whole = await rig.gateway.handle(ollama_call(stream=False))
            assert isinstance(whole, Whole)
            said = json.loads(whole.body)
            assert (said["total_duration"], said["eval_duration"]) == (0, 0)
            assert "prompt_eval_duration" not in said

    with Upstream() as a:
        asyncio.run(story())


def test_the_time_of_tries_that_failed_is_in_the_total_only() -> None:
    async def story() -> None:
        async with gateway(config({"a": box(a)})) as rig:
            relay = await rig.gateway.handle(ollama_call())
            assert isinstance(relay, Relay)
            timing = relay.attempt.timing()
            await rest_of(relay)
            (delay_s,) = rig.delays
            assert timing == Timing(total_ns=int(delay_s * 1e9), first_output_ns=0, output_ns=0)

    with Upstream(b.SERVER_ERROR, b.OK) as a:
        asyncio.run(story())
