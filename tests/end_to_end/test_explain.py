"""`headgate explain` on a request the real server served: why, by whom, for how much."""

import json
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from support import behaviours as b
from support.answers import Answer
from support.behaviours import says
from support.headgate_server import COMMAND, HeadgateServer, isolated_environment
from support.upstream import Upstream

PRICE = {"input_usd_per_mtok": "0.15", "output_usd_per_mtok": "0.6"}
DEAR = {"input_usd_per_mtok": 10, "output_usd_per_mtok": 30}
SPENT = Answer(pieces=("Hello",), prompt_tokens=1_234, completion_tokens=567)
PAID = Decimal("0.0005253")
"""1234 tokens at $0.15 a million are $0.0001851; 567 at $0.60 are $0.0003402."""
ELSEWHERE = Decimal("0.02935")
"""1234 at $10 are $0.01234, 567 at $30 are $0.01701."""


@pytest.fixture
def upstreams() -> Iterator[tuple[Upstream, Upstream]]:
    with Upstream(b.SERVER_ERROR) as box, Upstream(says(SPENT)) as cloud:
        yield box, cloud


@pytest.fixture
def server(upstreams: tuple[Upstream, Upstream], tmp_path: Path) -> Iterator[HeadgateServer]:
    box, cloud = upstreams
    target = {"backend": "openai_compatible", "model": "m", "retries": 0}
    data = {
        "targets": {
            "box": target | {"base_url": box.base_url, "local": True},
            "cheap": target | {"base_url": cloud.base_url, "price": PRICE},
            "dear": target | {"base_url": cloud.base_url, "price": DEAR},
        },
        "routes": {
            "chat": {"targets": ["box", "cheap", "dear"]},
            "private": {"targets": ["cheap"], "privacy": {}},
            "unpriced": {"targets": ["cheap", "box"]},
        },
    }
    with HeadgateServer(tmp_path, data) as server:
        yield server


def ask(server: HeadgateServer, route: str, text: str = "Hi") -> httpx.Response:
    body = {"model": route, "messages": [{"role": "user", "content": text}]}
    return httpx.post(f"{server.base_url}/chat/completions", json=body, timeout=10)


def explained(server: HeadgateServer, reply: httpx.Response) -> Any:
    """What the command says, once the decision is written."""
    decision = reply.headers["x-headgate-decision"]
    server.ledger_rows("decisions", where={"id": decision})
    done = subprocess.run(
        [COMMAND, "explain", decision, "--json", "--db", str(server.ledger)],
        env=isolated_environment(server.folder),
        cwd=server.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    story = in_order(json.loads(done.stdout))
    over_http = httpx.get(f"{server.base_url}/decisions/{decision}").raise_for_status()
    assert in_order(over_http.json()) == story
    return story


def in_order(value: Any) -> Any:
    """The same with its lists of words sorted: they are sets, written in any order."""
    if isinstance(value, dict):
        return {name: in_order(each) for name, each in value.items()}
    if isinstance(value, list) and value and value == [e for e in value if isinstance(e, str)]:
        return sorted(value)
    return [in_order(each) for each in value] if isinstance(value, list) else value


def test_a_fallback_is_explained_with_its_attempts_and_exact_costs(server: HeadgateServer) -> None:
    reply = ask(server, "chat")
    assert reply.headers["x-headgate-target"] == "cheap"
    story = explained(server, reply)
    assert story["matches"]
    assert story["note"] is None
    ranked = [each["candidate"]["name"] for each in story["decision"]["ranked"]]
    assert ranked == ["box", "cheap", "dear"]
    first, second = story["recorded"]["attempts"]
    assert (first["target"], first["outcome"], first["cost_usd"]) == ("box", "rejected", None)
    assert (second["target"], second["outcome"]) == ("cheap", "answered")
    assert Decimal(second["cost_usd"]) == PAID
    assert Decimal(story["recorded"]["known_cost_usd"]) == PAID


def test_the_alternatives_are_priced_for_the_same_answer_and_an_unknown_price_is_unknown(
    server: HeadgateServer,
) -> None:
    story = explained(server, ask(server, "chat"))
    box, dear = story["alternatives"]
    assert story["next_best"] == box
    assert (box["target"], box["usd"], box["difference_usd"]) == ("box", None, None)
    assert Decimal(dear["usd"]) == ELSEWHERE
    assert Decimal(dear["difference_usd"]) == ELSEWHERE - PAID


def test_a_refusal_is_explained_with_its_reason(server: HeadgateServer) -> None:
    reply = ask(server, "private", "Write to jane.doe@example.com")
    assert reply.status_code == 503
    story = explained(server, reply)
    assert story["matches"]
    assert story["recorded"]["attempts"] == []
    assert story["recorded"]["status"] == "refused"
    (refused,) = story["decision"]["refused"]
    assert refused["verdicts"]["privacy"]["reason"] == "not local, and the request holds `email`"
    assert "jane" not in json.dumps(story)


@pytest.mark.parametrize("text", ["Hi", "Write to jane.doe@example.com"])
@pytest.mark.parametrize("route", ["chat", "private", "unpriced"])
def test_what_the_dry_run_says_is_what_then_happens(
    server: HeadgateServer, upstreams: tuple[Upstream, Upstream], route: str, text: str
) -> None:
    body = {"model": route, "messages": [{"role": "user", "content": text}]}
    reply = httpx.post(f"{server.base_url}/decide", json=body).raise_for_status()
    foretold = in_order(reply.json())
    assert [upstream.requests for upstream in upstreams] == [[], []]
    story = explained(server, ask(server, route, text))
    assert foretold["facts"] == story["facts"]
    assert foretold["decision"] == story["decision"]
