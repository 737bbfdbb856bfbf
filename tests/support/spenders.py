"""Clients that spend until a budget stops them, and what the stand-in billed for them."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx2 as httpx

from support.answers import Answer
from support.upstream import Upstream

USD_PER_INPUT_MTOK = Decimal(10)
USD_PER_OUTPUT_MTOK = Decimal(1000)
MOST_TOKENS = 9
PROMPT_TOKENS = 12
AGAIN_S = 0.02
ANSWER = Answer(pieces=("one", "two", "three", "four", "five", "six", "seven", "eight"))
PRICE = {
    "input_usd_per_mtok": float(USD_PER_INPUT_MTOK),
    "output_usd_per_mtok": float(USD_PER_OUTPUT_MTOK),
}
COST = (PROMPT_TOKENS * USD_PER_INPUT_MTOK + 8 * USD_PER_OUTPUT_MTOK) / 10**6
"""Of one request that is answered whole."""
MOST_RESERVED = (100 * USD_PER_INPUT_MTOK + MOST_TOKENS * USD_PER_OUTPUT_MTOK) / 10**6
"""No request of these clients is kept more for."""


def paid_target(upstream: Upstream, **more: Any) -> dict[str, Any]:
    """A target that is paid for."""
    target = {"backend": "openai_compatible", "model": "m", "base_url": upstream.base_url}
    return {**target, "price": PRICE, "retries": 0, **more}


def chat(*, stream: bool, model: str = "auto") -> dict[str, Any]:
    """A request whose answer is bounded."""
    messages = [{"role": "user", "content": "Hi"}]
    return {"model": model, "messages": messages, "max_tokens": MOST_TOKENS, "stream": stream}


@dataclass
class Spenders:
    """So many clients at once, half of them streaming."""

    urls: tuple[str, ...]
    clients: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    """By status."""
    refusals: list[httpx.Response] = field(default_factory=list)
    """Those that say that nothing is left."""

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Spend until everybody was refused for good, their server is gone, or `until` holds."""
        asyncio.run(self._run(until))

    async def _run(self, until: Callable[[], bool]) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(
            limits=limits, timeout=60, headers=dict(self.headers)
        ) as client:
            each = zip(range(self.clients), itertools.cycle(self.urls), strict=False)
            await asyncio.gather(*(self._spend(client, url, n, until) for n, url in each))

    async def _spend(
        self, client: httpx.AsyncClient, url: str, number: int, until: Callable[[], bool]
    ) -> None:
        while not until():
            try:
                reply = await client.post(
                    f"{url}/chat/completions", json=chat(stream=number % 2 == 0)
                )
            except httpx.TransportError:
                return
            self.answers[reply.status_code] += 1
            if reply.status_code == 429 and "retry-after" not in reply.headers:
                self.refusals.append(reply)
                return
            if reply.status_code != 200:
                await asyncio.sleep(AGAIN_S)


def billed_usd(upstream: Upstream) -> Decimal:
    """What a provider would ask for: every request that reached it, as if answered whole."""
    return COST * len(upstream.requests)
