"""`headgate replay` of what the real gateway did: nothing changes unless the policy does."""

import json
import os
import random
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from support import behaviours as b
from support.answers import Answer
from support.behaviours import says
from support.headgate_server import COMMAND, HeadgateServer, isolated_environment
from support.upstream import Upstream

REQUESTS = int(os.environ.get("HEADGATE_REPLAYED_REQUESTS", "120"))
"""10,000 take some minutes."""
AT_ONCE = 6
ANSWER = Answer(pieces=("One.", " Two."), prompt_tokens=900, completion_tokens=100)
CHEAP = {"input_usd_per_mtok": "0.15", "output_usd_per_mtok": "0.6"}
DEAR = {"input_usd_per_mtok": 3, "output_usd_per_mtok": 15}
TEXTS = (
    "Hi",
    "What is 2 + 2?",
    "Write to alice@example.com that we meet at noon",
    "Prove that there are infinitely many primes, step by step, and explain why.\n" * 12,
)


ROUTES = ("chat", "fast", "thrifty", "tiered", "queued", "nowhere", "auto")


def policy(box: Upstream, cloud: Upstream) -> dict[str, Any]:
    target = {"backend": "openai_compatible", "model": "m", "retries": 1}
    box_target = target | {"base_url": box.base_url, "local": True}
    return {
        "targets": {
            "box": box_target | {"capacity": {"max_concurrency": 2}},
            "spare": box_target | {"model": "m2"},
            "cheap": target | {"base_url": cloud.base_url, "price": CHEAP},
            "dear": target | {"base_url": cloud.base_url, "price": DEAR, "model": "big"},
        },
        "routes": {
            "chat": {"targets": ["box", "cheap", "dear"], "privacy": {"detect": ["email"]}},
            "fast": {"targets": ["dear", "cheap", "spare"], "prefer": "latency"},
            "thrifty": {"targets": ["dear", "spare", "cheap"], "prefer": "cost"},
            "tiered": {
                "tiers": [
                    {"up_to": 0.3, "targets": ["box", "cheap"]},
                    {"targets": ["dear"]},
                ],
            },
            "queued": {"targets": ["box"], "wait": {"max_ms": 5000}},
            "nowhere": {"targets": ["cheap"], "regions": ["eu"], "fallback": False},
        },
    }


@pytest.fixture
def upstreams() -> Iterator[tuple[Upstream, Upstream]]:
    faults = (says(ANSWER), b.SERVER_ERROR, says(ANSWER), says(ANSWER), b.RATE_LIMITED)
    with Upstream(*faults * (REQUESTS // 10), says(ANSWER)) as box, Upstream(says(ANSWER)) as cloud:
        yield box, cloud


@pytest.fixture
def served(upstreams: tuple[Upstream, Upstream], tmp_path: Path) -> HeadgateServer:
    """A server that has answered random requests, and is gone."""
    chance = random.Random(5)
    asked = [
        (chance.choice(ROUTES), text, streams)
        for text, streams in (
            (chance.choice(TEXTS), chance.random() < 0.5) for _ in range(REQUESTS)
        )
    ]
    with (
        HeadgateServer(tmp_path, policy(*upstreams)) as server,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        list(pool.map(lambda each: ask(server, *each), asked))
        server.ledger_rows("decisions", at_least=REQUESTS, within_s=30)
    return server


def ask(server: HeadgateServer, route: str, text: str, streams: bool) -> None:
    body = {
        "model": route,
        "messages": [{"role": "user", "content": text}],
        "stream": streams,
        "max_tokens": 50,
    }
    httpx.post(f"{server.base_url}/chat/completions", json=body, timeout=30)


def replayed(server: HeadgateServer, *policies: Path) -> Any:
    done = subprocess.run(
        [COMMAND, "replay", "--from", str(server.ledger), "--json"]
        + [part for path in policies for part in ("--policy", str(path))],
        env=isolated_environment(server.folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_same_policy_decides_every_request_as_it_was_decided(served: HeadgateServer) -> None:
    found = replayed(served, served.folder / "headgate.yaml")
    (same,) = found["policies"]
    assert found["requests"] == REQUESTS
    assert (same["changed"], same["reordered"], same["moves"]) == (0, 0, [])
    was = found["recorded"]
    assert Decimal(same["known_usd"]) == Decimal(was["known_usd"])
    for figure in ("served", "refused", "unknown_costs", "local_share", "waited"):
        assert same[figure] == was[figure], figure
    for time in ("ttft_p50_ms", "ttft_p95_ms", "total_p50_ms", "total_p95_ms"):
        assert same[time] == was[time], time
    # There was something to get wrong.
    assert was["refused"] > 0
    assert 0 < was["local_share"] < 1
    assert float(was["known_usd"]) > 0


def test_what_was_tried_was_ranked_and_in_that_order(served: HeadgateServer) -> None:
    tried: dict[str, list[str]] = {}
    for row in sorted(served.ledger_rows("attempts"), key=itemgetter("decision_id", "number")):
        targets = tried.setdefault(row["decision_id"], [])
        if row["target"] not in targets:
            targets.append(row["target"])
    for row in served.ledger_rows("decisions"):
        ranked, targets = json.loads(row["ranked"]), tried.get(row["id"], [])
        assert targets == [name for name in ranked if name in targets], row
        assert row["served_by"] in (None, *targets)
    assert any(len(targets) > 1 for targets in tried.values())


def test_another_policy_moves_requests_and_names_them(
    served: HeadgateServer, upstreams: tuple[Upstream, Upstream]
) -> None:
    other = policy(*upstreams)
    other["routes"]["fast"] = {"targets": ["cheap"]}
    path = served.folder / "other.yaml"
    path.write_text(json.dumps(other))
    (changed,) = replayed(served, path)["policies"]
    rows = [row for row in served.ledger_rows("decisions") if row["route"] == "fast"]
    moved = [row for row in rows if json.loads(row["ranked"])[0] != "cheap"]
    assert changed["changed"] == len(moved) > 0
    assert all(move["after"] == "cheap" for move in changed["moves"])
    named = {each for move in changed["moves"] for each in move["examples"]}
    assert named <= {row["id"] for row in moved}
