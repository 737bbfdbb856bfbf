"""Turns that go on from others, at the gateway; over HTTP in tests/end_to_end."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from headgate.core.errors import HeadgateError, InvalidRequest, ModelNotFound
from headgate.gateway.attempts import Whole
from headgate.gateway.conversations import Conversations
from headgate.gateway.handle import Call, Caller
from headgate.gateway.response_store import PreviousResponseNotFound, ResponseStore
from headgate.wire.dialects.openai_responses import DIALECT
from support.answers import said
from support.behaviours import CUT, OK, says
from support.gateways import Rig, box, config, gateway
from support.upstream import Upstream

Test = Callable[[Rig, Conversations, Upstream], Awaitable[None]]


def call(*, caller: str | None = None, **body: Any) -> Call:
    asked = {"model": "chat", "input": "Hi", **body}
    return Call(
        operation="chat",
        dialect=DIALECT,
        body=json.dumps(asked).encode(),
        caller=Caller(name=caller),
    )


async def ask(conversations: Conversations, **more: Any) -> dict[str, Any]:
    whole = await conversations.handle(call(**more))
    assert isinstance(whole, Whole)
    found: dict[str, Any] = json.loads(whole.body)
    return found


async def stream(conversations: Conversations, **more: Any) -> list[Any]:
    relay = await conversations.handle(call(stream=True, **more))
    assert not isinstance(relay, Whole)
    told = b""
    try:
        while data := await relay.next():
            told += data
    finally:
        relay.close()
    return [json.loads(line[6:]) for line in told.decode().split("\n") if line[:6] == "data: "]


def run(test: Test, *, keeps: bool = True, targets: int = 1) -> None:
    async def main() -> None:
        with Upstream(OK) as upstream:
            places = {f"t{number}": box(upstream) for number in range(targets)}
            async with gateway(config(places)) as rig:
                store = ResponseStore(clock=rig.clock) if keeps else None
                await test(rig, Conversations(rig.gateway, store), upstream)

    asyncio.run(main())


def test_a_stream_says_what_it_goes_on_from_and_is_kept():
    async def test(rig: Rig, conversations: Conversations, upstream: Upstream) -> None:
        first = await ask(conversations)
        events = await stream(conversations, input="And?", previous_response_id=first["id"])
        responses = [event["response"] for event in events if "response" in event]
        assert [r["previous_response_id"] for r in responses] == [first["id"]] * 3
        assert [r["store"] for r in responses] == [True] * 3
        assert conversations.store is not None
        kept = conversations.store.find(None, responses[-1]["id"])
        assert kept is not None
        assert json.loads(kept.body) == responses[-1]
        assert (len(kept.items), len(kept.output), kept.relayed_by) == (3, 1, None)

    run(test)


def test_earlier_turns_are_held_once_however_long_a_conversation_gets():
    async def test(rig: Rig, conversations: Conversations, upstream: Upstream) -> None:
        last = await ask(conversations)
        for _ in range(3):
            last = await ask(conversations, previous_response_id=last["id"])
        assert conversations.store is not None
        first, *_, newest = [each for _, each in conversations.store._kept.values()]
        assert newest.items[0] is first.items[0]
        assert newest.own_bytes == first.own_bytes + len(newest.body) - len(first.body)

    run(test)


def test_a_stream_that_broke_off_is_not_kept():
    async def test(rig: Rig, conversations: Conversations, upstream: Upstream) -> None:
        upstream.use(CUT)
        events = await stream(conversations)
        assert events[-1]["type"] == "error"
        assert conversations.store is not None
        assert conversations.store.find(None, events[0]["response"]["id"]) is None

    run(test)


def test_store_false_is_obeyed_also_when_it_goes_on():
    async def test(rig: Rig, conversations: Conversations, upstream: Upstream) -> None:
        first = await ask(conversations)
        second = await ask(conversations, previous_response_id=first["id"], store=False)
        assert (second["previous_response_id"], second["store"]) == (first["id"], False)
        assert conversations.store is not None
        assert conversations.store.find(None, second["id"]) is None

    run(test)


def test_an_expired_turn_is_not_found():
    async def test(rig: Rig, conversations: Conversations, upstream: Upstream) -> None:
        first = await ask(conversations)
        rig.clock.seconds += 3600
        with pytest.raises(PreviousResponseNotFound):
            await ask(conversations, previous_response_id=first["id"])

    run(test)


def test_somebody_else_s_turn_is_not_found():
    async def test(rig: Rig, conversations: Conversations, upstream: Upstream) -> None:
        first = await ask(conversations, caller="ada")
        await ask(conversations, caller="ada", previous_response_id=first["id"])
        for caller in ("bob", None):
            with pytest.raises(PreviousResponseNotFound):
                await ask(conversations, caller=caller, previous_response_id=first["id"])

    run(test)


@pytest.mark.parametrize("targets", [1, 2])
def test_without_a_store_nothing_is_sent_anywhere(targets):
    async def test(rig: Rig, conversations: Conversations, upstream: Upstream) -> None:
        for name in ("previous_response_id", "conversation"):
            with pytest.raises(InvalidRequest) as caught:
                await ask(conversations, **{name: "x"})
            assert caught.value.param == name
        assert upstream.requests == []

    run(test, keeps=False, targets=targets)


def test_without_a_store_an_answer_is_passed_on_as_it_is():
    async def test(rig: Rig, conversations: Conversations, upstream: Upstream) -> None:
        upstream.use(says(said("Hello")))
        assert (await ask(conversations, store=True))["store"] is False
        assert (await stream(conversations))[-1]["response"]["store"] is False

    run(test, keeps=False)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"nonsense", InvalidRequest),
        (b'{"input":"Hi"}', InvalidRequest),
        (b'{"model":"nobody","input":"Hi","previous_response_id":"r"}', ModelNotFound),
        (b'{"model":"chat","input":"Hi","previous_response_id":7}', InvalidRequest),
    ],
)
def test_what_is_wrong_otherwise_is_said_by_the_gateway(body: bytes, error: type[HeadgateError]):
    async def test(rig: Rig, conversations: Conversations, upstream: Upstream) -> None:
        with pytest.raises(error):
            await conversations.handle(Call(operation="chat", dialect=DIALECT, body=body))

    run(test)
