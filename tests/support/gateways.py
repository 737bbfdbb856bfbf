"""A real gateway inside the test: real sockets to stand-ins, but a clock the test owns.

    async with gateway(config) as rig:
        whole = await rig.ask("chat")

What is recorded is kept in lists, and a back-off advances the clock instead of waiting.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from headgate.config.load import settings_from
from headgate.core.errors import HeadgateError
from headgate.gateway.attempts import Whole
from headgate.gateway.handle import Call, Gateway
from headgate.gateway.relay import Relay
from headgate.gateway.target import Target
from headgate.ledger.audit import AuditEntry
from headgate.ledger.entry import AttemptEntry, DecisionEntry
from headgate.runtime.build import build
from headgate.wire.dialects.openai_chat import DIALECT
from support.upstream import Upstream

NOW = 1_795_435_200.0


@dataclass(slots=True)
class ManualClock:
    """Stands still until it is told."""

    seconds: float = 1000.0

    def now(self) -> float:
        return NOW + self.seconds

    def monotonic(self) -> float:
        return self.seconds


@dataclass(slots=True)
class Recording:
    """A recorder that keeps every entry."""

    attempts: list[AttemptEntry] = field(default_factory=list)
    decisions: list[DecisionEntry] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)

    def record(self, entry: Any) -> None:
        kept: Mapping[type, list[Any]] = {
            AttemptEntry: self.attempts,
            DecisionEntry: self.decisions,
            AuditEntry: self.audit,
        }
        kept[type(entry)].append(entry)

    def tries(self) -> list[tuple[str, str]]:
        """Target and outcome of every attempt."""
        return [(entry.target, entry.outcome) for entry in self.attempts]


@dataclass(slots=True)
class Rig:
    """A gateway, and what it did."""

    gateway: Gateway
    clock: ManualClock
    recording: Recording
    delays: list[float] = field(default_factory=list)
    """Every back-off."""

    async def sleep(self, seconds: float) -> None:
        self.delays.append(seconds)
        self.clock.seconds += seconds

    def target(self, name: str) -> Target:
        return self.gateway.routes.targets[name]

    async def send(
        self, route: str = "chat", *, labels: frozenset[str] = frozenset(), **body: Any
    ) -> Whole | Relay:
        """One chat request; `body` is its further members."""
        asked = {"model": route, "messages": [{"role": "user", "content": "Hi"}], **body}
        return await self.gateway.handle(
            Call(operation="chat", dialect=DIALECT, body=json.dumps(asked).encode(), labels=labels)
        )

    async def ask(self, route: str = "chat", **more: Any) -> Whole:
        """A request for a whole answer."""
        whole = await self.send(route, **more)
        assert isinstance(whole, Whole)
        return whole

    async def stream(self, route: str = "chat", **more: Any) -> Relay:
        """A request for a stream; whoever takes it closes it."""
        relay = await self.send(route, stream=True, **more)
        assert isinstance(relay, Relay)
        return relay

    async def refusal(self, route: str = "chat", **more: Any) -> HeadgateError:
        """A request that gets no answer, and why."""
        try:
            reply = await self.send(route, **more)
        except HeadgateError as error:
            return error
        raise AssertionError(f"it was answered by `{reply.attempt.target.name}`")


async def rest_of(relay: Relay) -> bytes:
    """Everything the client still gets; the stream is closed after it."""
    parts = []
    try:
        while data := await relay.next():
            parts.append(data)
    finally:
        relay.close()
    return b"".join(parts)


def events(stream: bytes) -> list[Any]:
    """The payloads of a stream, the terminator as a string."""
    payloads = [line[6:] for line in stream.decode().split("\n") if line.startswith("data: ")]
    return [data if data == "[DONE]" else json.loads(data) for data in payloads]


def box(upstream: Upstream, **more: Any) -> dict[str, Any]:
    """A local target at a stand-in."""
    place = {"backend": "openai_compatible", "base_url": upstream.base_url, "local": True}
    return {**place, "model": "m", **more}


def cloud(upstream: Upstream, **more: Any) -> dict[str, Any]:
    """The same, as somebody else's machine."""
    return box(upstream, local=False, **more)


def config(
    targets: Mapping[str, Mapping[str, Any]], *, server: Mapping[str, Any] = {}, **route: Any
) -> dict[str, Any]:
    """One route, `chat`, over all targets in order."""
    return {
        "targets": targets,
        "routes": {"chat": {"targets": list(targets), **route}},
        "ledger": {"enabled": False},
        "server": server,
    }


@asynccontextmanager
async def gateway(data: Mapping[str, Any]) -> AsyncIterator[Rig]:
    """A gateway for this configuration; when the test is done nothing may be in flight."""
    runtime = await build(settings_from(data, {}))
    rig = Rig(runtime.gateway, ManualClock(), Recording())
    rig.gateway.clock, rig.gateway.recorder = rig.clock, rig.recording
    rig.gateway.sender.sleep, rig.gateway.sender.random = rig.sleep, Random(0)
    try:
        yield rig
        for target in rig.gateway.routes.targets.values():
            assert target.health.in_flight == 0, f"`{target.name}` is held for ever"
    finally:
        await runtime.close()
