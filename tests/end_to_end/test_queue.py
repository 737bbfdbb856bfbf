"""Requests that wait for a slot, through the real server and the official SDK."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import httpx
import pytest
from openai import InternalServerError, OpenAI

from support import behaviours as b
from support.gate import Gate
from support.headgate_server import HeadgateServer
from support.upstream import Upstream

POLL_S = 0.02


class Rig:
    """A server with one local slot, a queue of two, and a hosted target behind it."""

    def __init__(self, server: HeadgateServer, client: OpenAI, gate: Gate, local: Upstream) -> None:
        self.server, self.client, self.gate, self.local = server, client, gate, local
        self.pool = ThreadPoolExecutor(8)

    def asks(self, name: str, route: str = "home", **headers: str) -> Future[Any]:
        """A request under way."""
        return self.pool.submit(
            self.client.chat.completions.with_raw_response.create,
            model=route,
            messages=[{"role": "user", "content": name}],
            extra_headers={f"x-headgate-{key}": value for key, value in headers.items()},
        )

    def backend(self) -> dict[str, Any]:
        with urlopen(f"{self.server.root_url}/health/backends") as reply:
            return json.load(reply)["local"]

    def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """How the local target stands once `holds` is true of it."""
        give_up = monotonic() + 5
        while not holds(found := self.backend()):
            assert monotonic() < give_up, found
            threading.Event().wait(POLL_S)
        return found

    def until_draining(self) -> None:
        """Wait until no new connection is taken."""
        give_up = monotonic() + 5
        while monotonic() < give_up:
            try:
                self.backend()
            except URLError:
                return
            threading.Event().wait(POLL_S)
        raise AssertionError("it goes on as if nothing had been said")

    def queued(self, *names: str, **headers: str) -> list[Future[Any]]:
        """Requests that wait, in this order."""
        made = []
        for name in names:
            before = self.backend()["waiting"]
            made.append(self.asks(name, **headers))
            self.until(lambda found, before=before: found["waiting"] > before)
        return made

    def order(self) -> list[str]:
        """What the local target was asked, in turn."""
        return [request.json["messages"][0]["content"] for request in self.local.requests]


@contextmanager
def rig(folder: Path) -> Iterator[Rig]:
    gate = Gate()
    with Upstream(b.gated(gate)) as local, Upstream() as hosted:
        place = {"backend": "openai_compatible", "model": "m"}
        capacity = {"max_concurrency": 1, "queue": 2}
        config = {
            "targets": {
                "local": {
                    **place,
                    "base_url": local.base_url,
                    "local": True,
                    "capacity": capacity,
                },
                "hosted": {**place, "base_url": hosted.base_url, "local": False},
            },
            "routes": {
                "home": {"targets": ["local"], "wait": {"max_ms": 60000}},
                "both": {
                    "targets": ["local", "hosted"],
                    "wait": {"max_ms": 60000},
                    "privacy": {"detect": ["email"]},
                },
            },
        }
        with HeadgateServer(folder, config) as server, server.client() as client:
            made = Rig(server, client, gate, local)
            try:
                yield made
            finally:
                gate.open()
                made.pool.shutdown()


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[tuple[Rig, Future[Any]]]:
    """With one request that holds the slot."""
    with rig(tmp_path) as made:
        first = made.asks("first")
        made.local.wait_requests(1)
        yield made, first


def test_waiting_requests_are_served_one_by_one_in_turn(busy: tuple[Rig, Future[Any]]) -> None:
    rig, first = busy
    waiting = rig.queued("second", "third")
    assert rig.backend()["slots"] == 1
    assert len(rig.local.requests) == 1
    for count, future in enumerate([first, *waiting], start=1):
        rig.gate.release()
        assert future.result(5).headers["x-headgate-target"] == "local"
        assert len(rig.local.requests) <= count + 1
    assert rig.order() == ["first", "second", "third"]
    assert rig.until(lambda found: not found["in_flight"])["service_ms"] > 0


def test_a_higher_priority_goes_first(busy: tuple[Rig, Future[Any]]) -> None:
    rig, first = busy
    (usual,) = rig.queued("usual")
    (urgent,) = rig.queued("urgent", priority="5")
    rig.gate.open()
    for future in (first, usual, urgent):
        future.result(5)
    assert rig.order() == ["first", "urgent", "usual"]


def test_beyond_the_queue_it_is_503_with_a_time_to_come_again(
    busy: tuple[Rig, Future[Any]],
) -> None:
    rig, _ = busy
    rig.queued("second", "third")
    with pytest.raises(InternalServerError) as refused:
        rig.asks("fourth").result(5)
    assert refused.value.status_code == 503
    assert int(refused.value.response.headers["retry-after"]) >= 1
    assert "2 requests wait for one" in str(refused.value)


def test_a_client_that_leaves_gives_up_its_place(busy: tuple[Rig, Future[Any]]) -> None:
    rig, first = busy
    body = {"model": "home", "messages": [{"role": "user", "content": "gone"}]}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{rig.server.base_url}/chat/completions", json=body, timeout=0.3)
    rig.until(lambda found: not found["waiting"])
    (last,) = rig.queued("last")
    rig.gate.open()
    assert first.result(5)
    assert last.result(5)
    assert rig.order() == ["first", "last"]


def test_personal_data_waits_where_anything_else_would_leave(
    busy: tuple[Rig, Future[Any]],
) -> None:
    rig, first = busy
    # Nobody knows yet how long the slot is taken, so what may leave does.
    left = rig.asks("hello", route="both").result(5)
    assert left.headers["x-headgate-target"] == "hosted"
    stays = rig.asks("I am jane@example.com", route="both")
    rig.until(lambda found: found["waiting"] == 1)
    rig.gate.open()
    assert stays.result(5).headers["x-headgate-target"] == "local"
    assert first.result(5)


def test_those_that_wait_are_served_before_the_server_ends(busy: tuple[Rig, Future[Any]]) -> None:
    rig, first = busy
    (second,) = rig.queued("second")
    rig.server.process.terminate()
    rig.until_draining()
    rig.gate.open()
    assert first.result(5).headers["x-headgate-target"] == "local"
    assert second.result(5).headers["x-headgate-target"] == "local"
