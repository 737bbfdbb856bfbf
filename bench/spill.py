"""What spill does under load, over HTTP: `python -m bench.spill [--seconds 60]`.

A real `headgate serve` stands before a local engine with `SLOTS` slots and a hosted one
without a limit. Both are stand-ins that take random times; requests come at random (Poisson),
from a fifth to three times what the local engine can serve. One in ten is private. Prints the
table of `docs/guides/capacity.md`.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

SLOTS, MEAN_S, FIRST_S = 4, 0.5, 0.05
HOSTED_S, HOSTED_FIRST_S = 0.5, 0.15
CAPACITY_PER_S = SLOTS / MEAN_S
WAIT_MS, SLO_MS = 500, 750
LOADS = (0.2, 0.5, 0.8, 1.0, 1.5, 2.0, 3.0)
PRIVATE = 0.1
WARM_UP_S = 5.0
_LISTENING = re.compile(r"(?:listening on|base URL:) (http://127\.0\.0\.1:\d+)")
_HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
_USAGE = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}


@dataclass
class Engine:
    """A model server with so many slots, each taken for a random time."""

    slots: int
    first_s: float
    mean_s: float
    random: Random
    busy_s: float = 0.0
    """Of all slots together."""
    private: int = 0
    _in_service: int = 0
    _changed_at: float = 0.0

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(self.slots)

    def count(self, more: int) -> float:
        """So many more are served from now on; returns `busy_s` until now."""
        now = time.monotonic()
        self.busy_s += self._in_service * (now - self._changed_at)
        self._in_service, self._changed_at = self._in_service + more, now
        return self.busy_s

    async def chat(self, request: Request) -> StreamingResponse:
        """One answer, its first token late and the rest of it later."""
        self.private += b"private" in await request.body()
        return StreamingResponse(self._answer(), media_type="text/event-stream")

    async def _answer(self) -> AsyncIterator[bytes]:
        async with self._free:
            self.count(+1)
            try:
                await asyncio.sleep(self.first_s)
                yield _event({"role": "assistant", "content": "word"})
                await asyncio.sleep(self.random.gammavariate(4, (self.mean_s - self.first_s) / 4))
                yield _event({"content": " word"})
                yield _event({}, finish_reason="stop") + b"data: [DONE]\n\n"
            finally:
                self.count(-1)


@dataclass
class Figures:
    """What was seen of one load."""

    load: float
    ttft_ms: list[float] = field(default_factory=list)
    private_ttft_ms: list[float] = field(default_factory=list)
    hosted: int = 0
    failed: int = 0
    utilisation: float = 0.0

    def row(self) -> str:
        """A line of the table."""
        share = self.hosted / max(1, len(self.ttft_ms))
        return (
            f"| {self.load:g} | {len(self.ttft_ms)} | {_at(self.ttft_ms, 0.5):.0f} | "
            f"{_at(self.ttft_ms, 0.95):.0f} | {_at(self.private_ttft_ms, 0.95):.0f} | "
            f"{self.utilisation:.0%} | {share:.0%} | {self.failed} |"
        )


def _event(delta: dict[str, str], **more: str) -> bytes:
    usage = {"usage": _USAGE} if more else {}
    choice = {"index": 0, "delta": delta, "finish_reason": None, **more}
    return b"data: " + json.dumps({**_HEAD, "choices": [choice], **usage}).encode() + b"\n\n"


def _at(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


@contextlib.asynccontextmanager
async def _served(engine: Engine) -> AsyncIterator[str]:
    app = Starlette(routes=[Route("/v1/chat/completions", engine.chat, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", backlog=1024))
    serving = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/v1"
    server.should_exit = True
    await serving


@contextlib.contextmanager
def _gateway(local: str, hosted: str) -> Iterator[str]:
    place = {"backend": "openai_compatible", "model": "m"}
    capacity = {"max_concurrency": SLOTS}
    config = {
        "targets": {
            "local": {**place, "base_url": local, "local": True, "capacity": capacity},
            "hosted": {**place, "base_url": hosted, "local": False},
        },
        "routes": {
            "chat": {
                "targets": ["local", "hosted"],
                "privacy": {"detect": []},
                "wait": {"max_ms": WAIT_MS},
                "slo": {"ttft_ms": SLO_MS},
            }
        },
        "ledger": {"enabled": False},
    }
    with tempfile.TemporaryDirectory(prefix="headgate-spill-") as folder:
        path = Path(folder) / "headgate.yaml"
        path.write_text(json.dumps(config))
        headgate = Path(sys.executable).with_name("headgate")
        command = [str(headgate), "serve", "--port", "0", "--config", str(path)]
        environment = {**os.environ, "HOME": folder, "XDG_DATA_HOME": folder}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        ) as process:
            try:
                assert process.stdout is not None
                found = map(_LISTENING.search, process.stdout)
                where = next((each[1] for each in found if each), None)
                if where is None:
                    sys.exit("`headgate serve` did not start")
                yield where
            finally:
                process.terminate()


async def _ask(client: httpx.AsyncClient, url: str, private: bool, seen: Figures | None) -> None:
    text = "private" if private else "open"
    body = {"model": "chat", "stream": True, "messages": [{"role": "user", "content": text}]}
    headers = {"x-headgate-label": "phi"} if private else {}
    began = time.monotonic()
    async with client.stream("POST", url, json=body, headers=headers) as reply:
        async for line in reply.aiter_lines():
            if line.startswith("data: {") and '"content"' in line and seen is not None:
                took_ms = (time.monotonic() - began) * 1000
                seen.ttft_ms.append(took_ms)
                if private:
                    seen.private_ttft_ms.append(took_ms)
                seen.hosted += reply.headers["x-headgate-target"] == "hosted"
                seen = None
        if reply.status_code != 200 and seen is not None:
            seen.failed += 1


async def _measure(load: float, seconds: float) -> tuple[Figures, int]:
    random = Random(1)
    local = Engine(SLOTS, FIRST_S, MEAN_S, random)
    hosted = Engine(10_000, HOSTED_FIRST_S, HOSTED_S, random)
    figures, limits = Figures(load), httpx.Limits(max_connections=1000)
    async with (
        _served(local) as here,
        _served(hosted) as there,
        httpx.AsyncClient(timeout=60, limits=limits) as client,
    ):
        with _gateway(here, there) as root:
            at = began = time.monotonic()
            busy_s, clients = None, []
            while at < began + WARM_UP_S + seconds:
                at += random.expovariate(load * CAPACITY_PER_S)
                await asyncio.sleep(max(0.0, at - time.monotonic()))
                is_warm = at > began + WARM_UP_S
                if is_warm and busy_s is None:
                    busy_s, warm_at = local.count(0), time.monotonic()
                asked = _ask(
                    client,
                    f"{root}/v1/chat/completions",
                    random.random() < PRIVATE,
                    figures if is_warm else None,
                )
                clients.append(asyncio.ensure_future(asked))
            assert busy_s is not None
            spent_s = time.monotonic() - warm_at
            figures.utilisation = (local.count(0) - busy_s) / SLOTS / spent_s
            await asyncio.gather(*clients)
    return figures, hosted.private


def main() -> int:
    """Measure every load; 1 when a private request left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=40.0, help="of each load")
    seconds = parser.parse_args().seconds
    print("| load | requests | p50 ms | p95 ms | private p95 ms | busy | spilled | failed |")
    print("|---|---|---|---|---|---|---|---|")
    left = 0
    for load in LOADS:
        figures, private_left = asyncio.run(_measure(load, seconds))
        left += private_left
        print(figures.row(), flush=True)
    print(f"\nprivate requests that left: {left}")
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main())
