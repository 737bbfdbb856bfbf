"""What a key may see of budgets, and what the metrics show of them."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2 as httpx
import openai
import pytest

from support.headgate_server import HeadgateServer
from support.spenders import paid_target
from support.upstream import Upstream

KEYS = {"alice": "key-of-alice", "bob": "key-of-bob"}


def key(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "hash": f"sha256:{sha256(KEYS[name].encode()).hexdigest()}", **more}


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    day = {"usd": 5, "per": "day"}
    config = {
        "server": {"keys": [key("alice", team="search", tags=["night"]), key("bob")]},
        "targets": {"paid": paid_target(upstream)},
        "budgets": {
            "everything": day,
            "team": {**day, "of": {"team": "search"}},
            "each": {**day, "of": {"key": "*"}},
            "night": {**day, "of": {"tag": "night"}},
            "paid": {**day, "of": {"target": "paid"}},
            "small": {"usd": 0.001, "per": "day", "of": {"key": "bob"}},
        },
    }
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config) as server:
        yield server
        assert "Traceback" not in server.said


def seen(server: HeadgateServer, name: str) -> dict[str, Any]:
    reply = httpx.get(
        f"{server.base_url}/budgets", headers={"authorization": f"Bearer {KEYS[name]}"}
    )
    assert reply.status_code == 200
    return {each["budget"]: each for each in reply.json()["data"]}


def ask(server: HeadgateServer, name: str) -> None:
    with server.client(key=KEYS[name]) as client:
        client.chat.completions.create(
            model="auto", messages=[{"role": "user", "content": "Hi"}], max_tokens=10
        )


def test_a_key_sees_its_own_and_its_teams(server: HeadgateServer) -> None:
    ask(server, "alice")
    found = seen(server, "alice")
    assert found.keys() == {"team", "each", "night"}
    assert found["each"]["who"] == "alice"
    assert found["team"]["usd"] == "5"
    assert seen(server, "bob").keys() == {"small"}


def test_without_a_key_nothing_is_told(server: HeadgateServer) -> None:
    assert httpx.get(f"{server.base_url}/budgets").status_code == 401


def test_an_sdk_is_told_that_nothing_is_left_and_does_not_try_again(
    server: HeadgateServer, upstream: Upstream
) -> None:
    before = len(upstream.requests)
    with (
        server.client(key=KEYS["bob"]).with_options(max_retries=3) as client,
        pytest.raises(openai.RateLimitError) as caught,
    ):
        client.chat.completions.create(
            model="auto", messages=[{"role": "user", "content": "Hi"}], max_tokens=10
        )
    assert caught.value.code == "insufficient_quota"
    assert "budget `small` has $0.001 of $0.001 left until" in caught.value.message
    assert len(upstream.requests) == before
    rows = server.ledger_rows("decisions", where={"key_name": "bob"})
    assert len(rows) == 1


def test_the_metrics_show_what_is_left(server: HeadgateServer) -> None:
    text = httpx.get(f"{server.root_url}/metrics").text
    assert 'headgate_budget_usd{budget="everything",kind="limit"} 5.0' in text


def test_without_budgets_there_are_none(upstream: Upstream, tmp_path: Path) -> None:
    config = {"targets": {"paid": paid_target(upstream)}}
    with HeadgateServer(tmp_path, config) as server:
        assert httpx.get(f"{server.base_url}/budgets").json() == {"object": "list", "data": []}
