"""A batch lane inside the test: a real gateway and real providers, but a clock the test owns."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio

from headgate.backends.batch_form import BatchForm
from headgate.core.plugins import load_all
from headgate.gateway.batches.lane import Lane, Work
from headgate.gateway.batches.remote import RemoteLane
from headgate.ledger.batch_store import BatchStore, StoredLine
from headgate.runtime.batching import FORMS, line_endpoints
from headgate.wire.dialects.openai_chat import DIALECT
from support.gateways import Rig, gateway

URL = "/v1/chat/completions"
MOST_SLEEPS = 1_000
"""A test fails after so many, and does not hang."""


@dataclass(slots=True)
class Lanes:
    """What answers lines, and how long it slept."""

    rig: Rig
    store: BatchStore
    lane: Lane
    remote: RemoteLane
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        assert len(self.slept) < MOST_SLEEPS, "it waits for ever"
        self.rig.clock.seconds += seconds
        # Others get their turn, as they do while somebody really sleeps.
        await anyio.sleep(0.001)

    def add(self, *texts: str, model: str = "chat") -> None:
        """Lines of batch `b`."""
        self.store.add_lines("b", [line(n, text, model) for n, text in enumerate(texts, 1)])

    def results(self) -> dict[int, dict[str, Any]]:
        """By the number of the line."""
        return {each.number: json.loads(each.body) for each in self.store.results("b")}


def line(number: int, text: str, model: str = "chat") -> StoredLine:
    body = {"model": model, "messages": [{"role": "user", "content": text}]}
    return StoredLine(number, f"id {number}", URL, json.dumps(body).encode())


def work(**more: Any) -> Work:
    return Work(batch_id="b", **more)


def text_of(result: dict[str, Any]) -> str:
    content: str = result["response"]["body"]["choices"][0]["message"]["content"]
    return content


@asynccontextmanager
async def lanes(config: dict[str, Any], folder: Path) -> AsyncIterator[Lanes]:
    """Lanes over a gateway of this configuration."""
    async with gateway(config) as rig:
        store = BatchStore(folder / "batches.sqlite3")
        endpoints = line_endpoints({"openai_chat": DIALECT})
        lane = Lane(gateway=rig.gateway, store=store, endpoints=endpoints)
        forms: dict[str, BatchForm] = load_all(FORMS, "FORM")
        remote = RemoteLane(lane=lane, forms=forms)
        found = Lanes(rig, store, lane, remote)
        lane.sleep = remote.sleep = found.sleep
        try:
            yield found
        finally:
            store.close()
