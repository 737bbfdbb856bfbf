"""Random load on a gateway in front of a local engine and a hosted one, in virtual time."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from headgate.core.errors import HeadgateError
from headgate.gateway.relay import Relay
from support.gateways import Rig, gateway
from support.timed_engine import Service, TimedEngine
from support.virtual_time import LoopClock, run_in_virtual_time

SLOTS, MEAN_S, LOCAL_FIRST_S = 4, 2.0, 0.2
CLOUD_FIRST_S, CLOUD_S = 0.6, 2.0
CAPACITY_PER_S = SLOTS / MEAN_S
WARM_UP_S = 30.0
KNOWN: Mapping[str, Any] = {"max_concurrency": SLOTS}


@dataclass
class Outcome:
    """What clients and engines saw of one load, after the first `WARM_UP_S`."""

    load: float
    ttft_s: list[float] = field(default_factory=list)
    private_ttft_s: list[float] = field(default_factory=list)
    refused: int = 0
    spilled: int = 0
    utilisation: float = 0.0
    left_home: int = 0
    """Private requests that the hosted engine saw."""

    @property
    def p95_s(self) -> float:
        return percentile(self.ttft_s, 0.95)

    @property
    def served(self) -> int:
        return len(self.ttft_s)


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def config(capacity: Mapping[str, Any], **route: Any) -> dict[str, Any]:
    """A local target, then a hosted one."""
    place = {"backend": "openai_compatible", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
    return {
        "targets": {
            "local": {**place, "local": True, "capacity": capacity},
            "hosted": {**place, "local": False},
        },
        "routes": {
            "chat": {
                "targets": ["local", "hosted"],
                "privacy": {"detect": []},
                "wait": {"max_ms": 2000},
                **route,
            }
        },
        "ledger": {"enabled": False},
    }


def offered(
    load: float,
    *,
    seconds: float = 300.0,
    private: float = 0.1,
    seed: int = 1,
    capacity: Mapping[str, Any] = KNOWN,
    **route: Any,
) -> Outcome:
    """Poisson arrivals at `load` times what the local engine can serve."""
    random = Random(seed)

    def local(_: object) -> Service:
        # Half its mean again and again: a coefficient of variation of 0.5.
        return Service(LOCAL_FIRST_S, random.gammavariate(4, (MEAN_S - LOCAL_FIRST_S) / 4))

    async def story() -> Outcome:
        home = TimedEngine(SLOTS, local)
        away = TimedEngine(10_000, lambda _: Service(CLOUD_FIRST_S, CLOUD_S - CLOUD_FIRST_S))
        async with gateway(config(capacity, **route)) as rig:
            rig.gateway.clock = LoopClock()
            rig.target("local").upstream.client = home
            rig.target("hosted").upstream.client = away
            return await _drive(rig, home, away, Load(load, seconds, private, random))

    return run_in_virtual_time(story)


@dataclass
class Load:
    """How much comes, for how long, and how much of it may not leave."""

    times_capacity: float
    seconds: float
    private: float
    random: Random


async def _drive(rig: Rig, home: TimedEngine, away: TimedEngine, load: Load) -> Outcome:
    outcome = Outcome(load.times_capacity)
    loop, random = asyncio.get_running_loop(), load.random
    ends, warm_at = loop.time() + load.seconds, loop.time() + WARM_UP_S
    busy_s, at = 0.0, loop.time()
    clients = set()
    while at < ends:
        at += random.expovariate(load.times_capacity * CAPACITY_PER_S)
        await asyncio.sleep(at - loop.time())
        if not busy_s and at > warm_at:
            busy_s = home.count(0)
        is_private = random.random() < load.private
        client = asyncio.ensure_future(_ask(rig, outcome, is_private, at > warm_at))
        clients.add(client)
        client.add_done_callback(clients.discard)
    outcome.utilisation = (home.count(0) - busy_s) / SLOTS / (loop.time() - warm_at)
    await asyncio.gather(*clients)
    outcome.spilled = len(away.served)
    outcome.left_home = sum("private" in str(asked) for asked in away.served)
    return outcome


async def _ask(rig: Rig, outcome: Outcome, is_private: bool, counts: bool) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    labels = frozenset({"phi"}) if is_private else frozenset()
    said = [{"role": "user", "content": "private" if is_private else "open"}]
    try:
        relay = await rig.send(labels=labels, stream=True, messages=said)
    except HeadgateError:
        outcome.refused += 1
        return
    assert isinstance(relay, Relay)
    if counts:
        outcome.ttft_s.append(loop.time() - began)
        if is_private:
            outcome.private_ttft_s.append(loop.time() - began)
    while await relay.next():
        pass
    relay.close()
