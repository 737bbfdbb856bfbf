"""Waiting for a slot: who waits how long, who goes elsewhere, who is told to come again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from headgate.core.errors import HeadgateError, NoTarget
from headgate.engine.engine import Running
from headgate.gateway.attempts import Whole
from headgate.gateway.handle import Call
from headgate.gateway.health import FAILURES_TO_OPEN
from headgate.gateway.relay import Relay
from headgate.gateway.target import Target
from headgate.wire.dialects.openai_chat import DIALECT
from support.gateways import Rig, gateway
from support.timed_engine import Service, TimedEngine
from support.virtual_time import LoopClock, run_in_virtual_time

PLACE = {"backend": "openai_compatible", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
BODY = b'{"model": "chat", "messages": [{"role": "user", "content": "Hi"}]}'
SERVICE_S = 2.0


@dataclass
class Bench:
    """A local target with one slot, and a hosted one where the test wants it."""

    rig: Rig
    local: TimedEngine
    hosted: TimedEngine

    @property
    def target(self) -> Target:
        return self.rig.target("local")

    async def timed(self, **said: Any) -> tuple[str, float]:
        """Who answered, or the error's code; and when, in seconds from now."""
        began = asyncio.get_running_loop().time()
        try:
            call = Call(operation="chat", dialect=DIALECT, body=BODY, **said)
            reply = await self.rig.gateway.handle(call)
            assert isinstance(reply, Whole)
            who = reply.attempt.target.name
        except HeadgateError as error:
            who = error.code
        return who, round(asyncio.get_running_loop().time() - began, 3)

    async def measured(self) -> "Bench":
        """The same, once the local target has answered."""
        await self.timed()
        return self


@asynccontextmanager
async def bench(*, hosted: bool = False, queue: int = 10, **route: Any) -> AsyncIterator[Bench]:
    capacity = {"max_concurrency": 1, "queue": queue}
    targets = {"local": {**PLACE, "local": True, "capacity": capacity}}
    if hosted:
        targets["hosted"] = {**PLACE, "local": False}
    terms = {"wait": {"max_ms": 5000}, "privacy": {"detect": []}, **route}
    data = {
        "targets": targets,
        "routes": {"chat": {"targets": list(targets), **terms}},
        "ledger": {"enabled": False},
    }
    async with gateway(data) as rig:
        rig.gateway.clock = LoopClock()
        local = TimedEngine(9, lambda _: Service(0.5, SERVICE_S - 0.5))
        away = TimedEngine(9, lambda _: Service(0.1, 0.4))
        for name, engine in (("local", local), ("hosted", away)):
            if name in targets:
                rig.target(name).upstream.client = engine
        yield Bench(rig, local, away)


def told(story: Callable[[], Awaitable[None]]) -> None:
    run_in_virtual_time(story)


def test_requests_wait_for_the_slot_one_after_another() -> None:
    async def story() -> None:
        async with bench() as made:
            found = await asyncio.gather(*(made.timed() for _ in range(4)))
            assert [at for _, at in found] == [2.0, 4.0, 6.0, 8.0]
            assert made.local.most_in_service == 1

    told(story)


def test_a_route_that_does_not_wait_refuses_at_once_and_says_when_to_come_again() -> None:
    async def story() -> None:
        async with bench(wait=None) as made:
            await made.measured()
            first = asyncio.ensure_future(made.timed())
            await asyncio.sleep(0.5)
            error = await made.rig.refusal()
            assert isinstance(error, NoTarget)
            assert error.retry_after_s == pytest.approx(1.5)
            await first

    told(story)


def test_a_wait_that_is_predicted_to_be_too_long_spills_and_a_shorter_one_does_not() -> None:
    async def story() -> None:
        async with bench(hosted=True) as made:
            await made.measured()
            found = await asyncio.gather(*(made.timed() for _ in range(5)))
            # Waits of 0, 2 and 4 seconds are within 5; those of 6 and 8 are not.
            assert found == [
                ("local", 2.0),
                ("local", 4.0),
                ("local", 6.0),
                ("hosted", 0.5),
                ("hosted", 0.5),
            ]

    told(story)


def test_what_has_to_stay_waits_however_long_and_goes_first() -> None:
    async def story() -> None:
        async with bench(hosted=True) as made:
            await made.measured()
            held = [made.timed(labels=frozenset({"phi"})) for _ in range(5)]
            found = await asyncio.gather(*held, made.timed())
            assert found[:5] == [("local", 2.0 * turn) for turn in range(1, 6)]
            assert found[5] == ("hosted", 0.5)
            assert len(made.hosted.served) == 1

    told(story)


def test_a_wait_that_turns_out_longer_than_allowed_ends_elsewhere() -> None:
    async def story() -> None:
        async with bench(hosted=True) as made:
            await made.measured()
            made.local.service = lambda _: Service(1.0, 59.0)
            found = await asyncio.gather(made.timed(), made.timed())
            assert found == [("local", 60.0), ("hosted", 5.5)]

    told(story)


def test_its_place_in_line_is_kept_while_no_other_target_would_take_it() -> None:
    async def story() -> None:
        async with bench(hosted=True) as made:
            await made.measured()
            made.local.service = lambda _: Service(1.0, 6.0)
            first, second = (asyncio.ensure_future(made.timed()) for _ in range(2))
            await asyncio.sleep(1)
            made.rig.target("hosted").health.rest(asyncio.get_running_loop().time(), 60)
            assert [await first, await second] == [("local", 7.0), ("local", 14.0)]

    told(story)


def test_a_full_queue_refuses_and_says_when_its_turn_would_have_been() -> None:
    async def story() -> None:
        async with bench(queue=2) as made:
            await made.measured()
            waiting = [asyncio.ensure_future(made.timed()) for _ in range(3)]
            await asyncio.sleep(0)
            await asyncio.sleep(1.0)
            error = await made.rig.refusal()
            assert isinstance(error, NoTarget)
            assert "2 requests wait for one" in error.message
            # One more second, then two requests of two.
            assert error.retry_after_s == pytest.approx(5.0)
            await asyncio.gather(*waiting)

    told(story)


def test_a_deadline_that_cannot_be_met_is_refused_at_once_and_a_missed_one_then() -> None:
    async def story() -> None:
        async with bench() as made:
            await made.measured()
            first = asyncio.ensure_future(made.timed())
            await asyncio.sleep(0)
            assert await made.timed(deadline_ms=1000.0) == ("no_target", 0.0)
            made.local.service = lambda _: Service(1.0, 59.0)
            # Expected in time, but whoever is before it takes a minute.
            second = asyncio.ensure_future(made.timed())
            await first
            late = await made.timed(deadline_ms=3000.0)
            assert late == ("no_target", 3.0)
            assert await second == ("local", 62.0)

    told(story)


def test_a_client_that_leaves_gives_up_its_place() -> None:
    async def story() -> None:
        async with bench() as made:
            first, gone, last = (asyncio.ensure_future(made.timed()) for _ in range(3))
            await asyncio.sleep(1)
            gone.cancel()
            assert [await first, await last] == [("local", 2.0), ("local", 4.0)]
            assert gone.cancelled()
            assert made.target.slots.waiters == []

    told(story)


def test_a_client_that_leaves_in_the_moment_of_its_turn_does_not_keep_the_slot() -> None:
    async def story() -> None:
        async with bench() as made:
            first, gone = (asyncio.ensure_future(made.timed()) for _ in range(2))
            await asyncio.sleep(1)
            slots = made.target.slots
            # The slot is promised, and the client leaves before it could begin.
            began = slots.begun[0]
            slots.end(began)
            gone.cancel()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert (slots.promised, slots.is_full) == (0, False)
            slots.begin(began)
            await first

    told(story)


def test_those_that_wait_hear_at_once_when_the_target_is_given_up() -> None:
    async def story() -> None:
        async with bench(hosted=True) as made:
            await made.measured()
            found = [asyncio.ensure_future(made.timed()) for _ in range(3)]
            await asyncio.sleep(1)
            for _ in range(FAILURES_TO_OPEN):
                made.target.health.failed(asyncio.get_running_loop().time())
            found[0].cancel()
            assert [await each for each in found[1:]] == [("hosted", 1.5), ("hosted", 1.5)]

    told(story)


def test_the_client_of_a_stream_that_waits_hears_that_it_does() -> None:
    async def story() -> None:
        async with bench() as made:
            told: list[str] = []
            first = asyncio.ensure_future(made.timed(on_loading=told.append))
            await asyncio.sleep(0)
            body = BODY.replace(b"{", b'{"stream": true, ', 1)
            call = Call(operation="chat", dialect=DIALECT, body=body, on_loading=told.append)
            relay = await made.rig.gateway.handle(call)
            assert isinstance(relay, Relay)
            assert told == [relay.attempt.job.id]
            relay.close()
            await first

    run_in_virtual_time(story)


def test_a_loading_model_is_loaded_for_those_that_come_after_the_one_that_went_elsewhere() -> None:
    async def story() -> None:
        async with bench(hosted=True) as made:
            engine = ColdEngine()
            made.target.engine = engine
            made.target.cold_load.took(20_000)
            assert await made.timed() == ("hosted", 0.5)
            await asyncio.sleep(0)
            assert engine.starts == 1
            assert await made.timed() == ("local", 2.0)

    told(story)


class ColdEngine:
    """Ready as soon as it is asked for."""

    path = Path("/models/cold.gguf")
    state = "stopped"
    starts = 0

    async def ensure_ready(self) -> Running:
        self.state = "ready"
        self.starts += 1
        return Running(uds="/nowhere", api_key="", context_tokens=1, pid=1)

    def using(self) -> None:
        """Nothing to count."""

    def used(self) -> None:
        """Nothing to count."""

    def let_go(self) -> None:
        """It stays."""

    async def stop(self) -> None:
        """There is nothing to stop."""
