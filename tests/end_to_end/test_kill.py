"""`kill -9` under load: the ledger stays whole, and loses no more than its last half second."""

import json
import sqlite3
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2 as httpx

from support.headgate_server import COMMAND, HeadgateServer, isolated_environment, read_rows
from support.upstream import Upstream

CLIENTS = 8
LOAD_S = 2.0
SURELY_WRITTEN_S = 1.0
CHAT = {"model": "box", "messages": [{"role": "user", "content": "Hi"}]}


def config(upstream: Upstream) -> dict[str, Any]:
    target = {"backend": "openai_compatible", "model": "m", "base_url": upstream.base_url}
    return {"targets": {"box": target}}


def ask_until_it_is_gone(
    url: str, answered: list[tuple[float, str]], stop: threading.Event
) -> None:
    """Append when each request was answered, and its decision."""
    with httpx.Client(base_url=url, timeout=10) as client:
        while not stop.is_set():
            try:
                reply = client.post("/chat/completions", json=CHAT)
            except httpx.TransportError:
                return
            assert reply.status_code == 200
            answered.append((time.monotonic(), reply.headers["x-headgate-decision"]))


def killed_under_load(server: HeadgateServer) -> tuple[float, list[tuple[float, str]]]:
    """When the server was killed, and what it had answered."""
    answered: list[tuple[float, str]] = []
    stop = threading.Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [
            pool.submit(ask_until_it_is_gone, server.base_url, answered, stop)
            for _ in range(CLIENTS)
        ]
        try:
            stop.wait(LOAD_S)
            killed_at = time.monotonic()
            server.kill()
        finally:
            stop.set()
        for client in clients:
            client.result(20)
    return killed_at, answered


def headgate(folder: Path, *arguments: str) -> Any:
    done = subprocess.run(
        [COMMAND, *arguments, "--json", "--db", str(folder / "ledger.sqlite")],
        env=isolated_environment(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_kill_under_load_leaves_a_whole_ledger_that_goes_on(tmp_path: Path) -> None:
    with Upstream() as upstream:
        with HeadgateServer(tmp_path, config(upstream)) as server:
            killed_at, answered = killed_under_load(server)
        due = {decision for at, decision in answered if at < killed_at - SURELY_WRITTEN_S}
        assert due, "nothing was answered in time to be missed"
        ledger = tmp_path / "ledger.sqlite"
        with closing(sqlite3.connect(ledger)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        decisions = {row["id"] for row in read_rows(ledger, "decisions")}
        assert due - decisions == set()
        assert decisions <= {row["decision_id"] for row in read_rows(ledger, "attempts")}
        assert_readable(tmp_path, sorted(due)[-1])
        with HeadgateServer(tmp_path, config(upstream)) as again:
            reply = httpx.post(f"{again.base_url}/chat/completions", json=CHAT)
            new = reply.headers["x-headgate-decision"]
            again.ledger_rows("decisions", where={"id": new})
            assert len(again.ledger_rows("decisions")) == len(decisions) + 1


def assert_readable(folder: Path, decision: str) -> None:
    newest = headgate(folder, "ledger", "--limit", "5")
    assert len(newest["decisions"]) == 5
    explained = headgate(folder, "explain", decision)
    assert explained["matches"]
    assert explained["recorded"]["served_by"] == "box"
