"""Failing upstreams, clients that leave, retries and fallbacks: no money is kept for ever.

The answer's price is by output alone, so that every reservation is the same and the sum of all that
was counted can be told to the cent.
"""

import asyncio
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2 as httpx

from support import behaviours as b
from support.headgate_server import HeadgateServer, read_rows
from support.reply import Reply
from support.spenders import ANSWER, MOST_TOKENS, USD_PER_OUTPUT_MTOK, chat, paid_target
from support.upstream import Upstream

CLIENTS, EACH = 100, 4
KEPT = MOST_TOKENS * USD_PER_OUTPUT_MTOK / 10**6
COSTS_NOTHING = {"unavailable", "rejected"}
MIX = (
    b.says(ANSWER),
    b.SERVER_ERROR,
    b.CUT,
    b.says(ANSWER),
    b.CUT_BEFORE_CONTENT,
    b.MALFORMED,
    b.RATE_LIMITED,
    b.CLOSES,
    b.ERROR_AFTER_CONTENT,
    b.CONTENT_THEN_SILENCE,
)


async def _in_turn(reply: Reply) -> None:
    await MIX[reply.asked.number % len(MIX)].respond(reply)


def config(faulty: Upstream, sound: Upstream) -> dict[str, Any]:
    price = {"input_usd_per_mtok": 0, "output_usd_per_mtok": float(USD_PER_OUTPUT_MTOK)}
    quick = {"timeouts": {"first_token_s": 1, "stall_s": 1, "total_s": 3}, "price": price}
    return {
        "targets": {
            "faulty": paid_target(faulty, **quick, retries=1),
            "sound": paid_target(sound, **quick),
        },
        "routes": {"r": {"targets": ["faulty", "sound"]}},
        "budgets": {"everything": {"usd": 1000, "per": "month"}},
    }


async def _client(client: httpx.AsyncClient, url: str, number: int) -> None:
    for turn in range(EACH):
        body = chat(stream=number % 2 == 0)
        try:
            if (number + turn) % 5:
                await client.post(url, json=body)
            else:
                await _leave_early(client, url, body)
        except httpx.TransportError:
            # A stream that breaks off ends so; that is what the upstream did.
            continue


async def _leave_early(client: httpx.AsyncClient, url: str, body: dict[str, Any]) -> None:
    async with client.stream("POST", url, json=body) as reply:
        async for _ in reply.aiter_bytes():
            break


async def _all(url: str) -> None:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=30) as client:
        await asyncio.gather(*(_client(client, url, number) for number in range(CLIENTS)))


def _counted(folder: Path) -> tuple[Decimal, Decimal]:
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        granted, spent = connection.execute(
            "SELECT sum(granted_pico), sum(spent_pico) FROM budget_leases"
        ).fetchone()
    return Decimal(granted) / 10**12, Decimal(spent) / 10**12


def test_every_reservation_is_settled_whatever_happens(tmp_path: Path) -> None:
    with Upstream(b.Behaviour("in turn", _in_turn)) as faulty, Upstream(b.says(ANSWER)) as sound:
        with HeadgateServer(tmp_path, config(faulty, sound)) as server:
            asyncio.run(_all(f"{server.base_url}/chat/completions"))
            assert "Traceback" not in server.said
        rows = read_rows(tmp_path / "ledger.sqlite", "attempts")
    known = sum(Decimal(row["cost_pico_usd"]) for row in rows if row["cost_pico_usd"] is not None)
    unknown = [
        row["outcome"]
        for row in rows
        if row["cost_pico_usd"] is None and row["outcome"] not in COSTS_NOTHING
    ]
    expected = known / 10**12 + len(unknown) * KEPT
    assert len({row["outcome"] for row in rows}) >= 5, "too few kinds of fault were met"
    assert unknown
    assert _counted(tmp_path) == (expected, expected)
