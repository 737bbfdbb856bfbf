"""What is explained is what happened: random requests, random faults, every kind of route.

The real gateway over real sockets. Every decision is written to a real ledger and explained
from it: made again, it must come out the same, and nothing may have been asked that it
refuses. `HEADGATE_EXPLAINED_REQUESTS=10000` asks as often as the issue does (minutes).
"""

import asyncio
import json
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from headgate.core.errors import HeadgateError
from headgate.gateway.explain import explain
from headgate.gateway.handle import Call, Caller
from headgate.gateway.relay import Relay
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.policy.registry import all_rules
from headgate.wire.dialects.openai_chat import DIALECT
from support.behaviours import (
    CLOSES,
    CONTENT_THEN_SILENCE,
    CUT,
    EMPTY,
    MALFORMED,
    OK,
    RATE_LIMITED,
    REFUSAL,
    RESETS,
    SERVER_ERROR,
)
from support.gateways import Recording, Rig, box, cloud, gateway, rest_of
from support.upstream import Upstream

REQUESTS = int(os.environ.get("HEADGATE_EXPLAINED_REQUESTS", "300"))
AT_ONCE = 8
FAULTS = (
    *(SERVER_ERROR, RATE_LIMITED, CUT, MALFORMED, CLOSES, RESETS, EMPTY, REFUSAL),
    *(CONTENT_THEN_SILENCE, *(OK,) * 12),
)
QUICK = {"timeouts": {"stall_s": 0.2, "first_token_s": 1, "total_s": 3}, "retries": 1}
PRICE = {"input_usd_per_mtok": 1, "output_usd_per_mtok": 4}
TEXTS = ("hello", "prove it " * 60, "mail ann@example.com", "a long question " * 300)
LABELS = (frozenset(), frozenset(), frozenset({"phi"}))
CALLERS = (Caller(), Caller(name="ann", team="search"), Caller(name="bob", tags=frozenset({"x"})))


@pytest.fixture(scope="module")
def upstreams() -> Iterator[list[Upstream]]:
    with Upstream() as one, Upstream() as two, Upstream() as three:
        yield [one, two, three]


def settings(upstreams: list[Upstream], folder: Path) -> dict[str, Any]:
    one, two, three = upstreams
    every = ["own", "other", "cloud"]
    rules = [
        {"name": "long", "when": "request.input_tokens > 500", "refuse": ["own"]},
        {"name": "team", "when": "caller.team == 'search'", "prefer": ["cloud"]},
        {"name": "tagged", "when": "'x' in request.tags", "only": ["other", "cloud"]},
    ]
    tiers = [{"share": 0.6, "targets": ["own"]}, {"targets": ["other", "cloud"]}]
    return {
        "targets": {
            "own": box(one, capacity={"max_concurrency": 3, "queue": 50}, **QUICK),
            "other": box(two, price=PRICE, region="eu", **QUICK),
            "cloud": cloud(three, price=PRICE, region="us", **QUICK),
        },
        "routes": {
            "chain": {"targets": every, "fallback": {"checks": ["empty", "refusal"]}},
            "tiers": {"tiers": tiers, "learn": {"explore": 0.2}},
            "private": {"targets": ["cloud", *every[:2]], "privacy": {"labels": ["phi"]}},
            "cheap": {"targets": every, "prefer": "cost", "max_usd": 0.01},
            "quick": {"targets": every, "prefer": "latency"},
            "regional": {"targets": every, "regions": ["eu"]},
            "ruled": {"targets": every, "rules": rules, "sticky": {}},
            "canary": {"targets": every, "split": {"own": 1, "other": 2, "cloud": 3}},
            "queued": {"targets": every, "wait": {"max_ms": 50}},
            "hedged": {"targets": every, "hedge": {"after_ms": 20, "max_share": 1}},
            "cascade": {
                "targets": every,
                "cascade": {"members": ["own", "other"], "agree": 2},
            },
            "copied": {"targets": every[:2], "mirror": [{"target": "cloud", "share": 0.5}]},
        },
        "budgets": {"all": {"usd": 2, "per": "day", "of": {"route": "*"}}},
        "ledger": {"path": str(folder / "of-budgets.sqlite3")},
    }


async def ask(rig: Rig, generator: Random, routes: list[str]) -> None:
    body: dict[str, Any] = {
        "model": generator.choice(routes),
        "messages": [{"role": "user", "content": generator.choice(TEXTS)}],
        "stream": generator.random() < 0.4,
    }
    if generator.random() < 0.2:
        body["tools"] = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    call = Call(
        operation="chat",
        dialect=DIALECT,
        body=json.dumps(body).encode(),
        caller=generator.choice(CALLERS),
        labels=generator.choice(LABELS),
        session=generator.choice((None, "s-1", "s-2")),
    )
    try:
        reply = await rig.gateway.handle(call)
    except HeadgateError:
        return
    if isinstance(reply, Relay):
        await rest_of(reply)


async def run(upstreams: list[Upstream], folder: Path) -> Recording:
    generator = Random(7)
    data = settings(upstreams, folder)
    async with gateway(data) as rig:
        routes, left = list(data["routes"]), iter(range(REQUESTS))

        async def worker() -> None:
            for _ in left:
                for upstream in upstreams:
                    upstream.use(generator.choice(FAULTS))
                await ask(rig, generator, routes)
                rig.clock.seconds += generator.choice((0.01, 1.0, 8.0))

        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        mirrors = rig.gateway.sender.mirrors
        assert mirrors is not None
        await mirrors.stop()
        return rig.recording


@pytest.fixture(scope="module")
def recorded(
    upstreams: list[Upstream], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LedgerStore, Recording]]:
    folder = tmp_path_factory.mktemp("explained")
    recording = asyncio.run(run(upstreams, folder))
    store = LedgerStore.open(folder / "ledger.sqlite3")
    writer = LedgerWriter(store)
    for entry in (*recording.decisions, *recording.attempts):
        writer.record(entry)
    assert writer.flush()
    yield store, recording
    writer.close()


def test_every_decision_comes_out_the_same_again(
    recorded: tuple[LedgerStore, Recording],
) -> None:
    store, recording = recorded
    rules = all_rules()
    assert len(recording.decisions) == REQUESTS
    for entry in recording.decisions:
        explained = explain(store, entry.id, rules)
        assert explained.matches, explained.note
        assert list(explained.recorded.ranked) == list(explained.decision.order)


def test_nothing_was_asked_that_the_decision_refuses_and_what_served_came_in_order(
    recorded: tuple[LedgerStore, Recording],
) -> None:
    store, recording = recorded
    rules = all_rules()
    served, roles, statuses = 0, set(), set()
    for entry in recording.decisions:
        explained = explain(store, entry.id, rules)
        order = list(explained.decision.order)
        allowed = {item.candidate.name for item in explained.decision.ranked}
        tries = [each for each in explained.recorded.attempts if each.role != "mirror"]
        roles |= {each.role for each in explained.recorded.attempts}
        statuses.add(entry.status)
        # A cascade's judge or a copy has rules of its own (`test_no_refused_hop`).
        assert {each.target for each in tries} <= allowed
        places = [order.index(each.target) for each in tries if each.role == "serve"]
        if entry.route != "cascade":
            # A cascade asks its members again only when all others have failed.
            assert all(one <= other for one, other in pairwise(places))
        if entry.served_by is not None and entry.status == "answered":
            served += 1
            assert entry.served_by in allowed
            assert any(each.target == entry.served_by for each in tries)
    assert served > REQUESTS / 4
    # Hedges, too, unless the machine was so busy that nobody began late by the clock.
    assert {"serve", "member"} <= roles
    assert len(statuses) >= 3
