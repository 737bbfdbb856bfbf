"""Conversations over two replicas stay where their beginning was read, until waiting costs more.

In virtual time, through the whole gateway; a replica reads what it has not read before at
`READ_TOKENS_PER_S`, as an engine with a prompt cache does.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from headgate.gateway.attempts import Whole
from headgate.gateway.relay import Relay
from support.gateways import Rig, gateway
from support.timed_engine import Service, TimedEngine
from support.virtual_time import LoopClock, run_in_virtual_time

READ_CHARS_PER_S = 4000
PLACE = {"backend": "openai_compatible", "base_url": "http://127.0.0.1:9/v1", "model": "m"}


class Replica:
    """Remembers the text it has read."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.engine = TimedEngine(1, self._service)

    def _service(self, asked: Mapping[str, Any]) -> Service:
        text = json.dumps(asked["messages"])[:-1]
        known = max((len(old) for old in self.read if text.startswith(old)), default=0)
        self.read.append(text)
        return Service(0.1 + (len(text) - known) / READ_CHARS_PER_S, 0.5)


def config(**route: Any) -> dict[str, Any]:
    capacity = {"max_concurrency": 1}
    targets = {name: {**PLACE, "local": True, "capacity": capacity} for name in ("one", "two")}
    terms = {"targets": list(targets), "wait": {"max_ms": 20_000}, **route}
    return {"targets": targets, "routes": {"chat": terms}, "ledger": {"enabled": False}}


class Talk:
    """One conversation, a turn at a time."""

    def __init__(self, rig: Rig, name: str, chars: int) -> None:
        self.rig = rig
        self.messages = [{"role": "user", "content": f"{name} " * (chars // (len(name) + 1))}]
        self.places: list[str] = []
        self.first_s: list[float] = []

    async def turn(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        relay = await self.rig.send(stream=True, messages=self.messages)
        assert isinstance(relay, Relay)
        self.first_s.append(loop.time() - began)
        while await relay.next():
            pass
        relay.close()
        self.places.append(relay.attempt.target.name)
        self.messages.append({"role": "assistant", "content": "word " * 40})
        self.messages.append({"role": "user", "content": "And then? " * 10})


async def talks(rig: Rig, names: str, turns: int, chars: int = 8000) -> list[Talk]:
    """Conversations that go on at the same time, each turn another one first."""
    made = [Talk(rig, name, chars) for name in names]
    for turn in range(turns):
        await asyncio.gather(*(each.turn() for each in (made if turn % 2 else made[::-1])))
    return made


def total_first_s(**route: Any) -> tuple[list[Talk], float]:
    async def story() -> tuple[list[Talk], float]:
        async with gateway(config(**route)) as rig:
            rig.gateway.clock = LoopClock()
            for name in ("one", "two"):
                rig.target(name).upstream.client = Replica().engine
            # Prompts of several lengths teach what reading a token takes.
            for chars in (500, 1500, 3000, 4500) * 4:
                await talks(rig, "z", 1, chars)
            made = await talks(rig, "ab", 8)
            return made, sum(sum(each.first_s[1:]) for each in made)

    return run_in_virtual_time(story)


def test_conversations_stay_where_their_beginning_was_read_and_start_sooner() -> None:
    kept, with_affinity = total_first_s(affinity=True)
    for talk in kept:
        assert len(set(talk.places[1:])) == 1, talk.places
    assert {talk.places[-1] for talk in kept} == {"one", "two"}
    _, without = total_first_s(prefer="latency")
    assert with_affinity < 0.7 * without


def test_a_conversation_leaves_when_its_replica_is_busy_for_longer_than_reading_takes() -> None:
    async def story() -> None:
        async with gateway(config(affinity=True)) as rig:
            rig.gateway.clock = LoopClock()
            replicas = {name: Replica() for name in ("one", "two")}
            for name, replica in replicas.items():
                rig.target(name).upstream.client = replica.engine
            for chars in (500, 1500, 3000, 4500) * 4:
                await talks(rig, "z", 1, chars)
            talk = Talk(rig, "long", 8000)
            await talk.turn()
            (home,) = talk.places
            other = "two" if home == "one" else "one"
            replicas[home].engine.service = lambda _: Service(1.0, 59.0)
            began = asyncio.get_running_loop().time()
            rig.target(home).slots.begin(began)
            for _ in range(20):
                rig.target(home).speeds.ended(began, 60.0)
            await talk.turn()
            assert talk.places == [home, other]
            rig.target(home).slots.end(began)

    run_in_virtual_time(story)


def test_without_affinity_nothing_is_remembered() -> None:
    async def story() -> None:
        async with gateway(config()) as rig:
            rig.gateway.clock = LoopClock()
            for name in ("one", "two"):
                rig.target(name).upstream.client = Replica().engine
            reply = await rig.send(messages=[{"role": "user", "content": "x" * 5000}])
            assert isinstance(reply, Whole)
            assert len(rig.target("one").prefixes) == 0

    run_in_virtual_time(story)
