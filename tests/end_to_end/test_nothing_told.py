"""What a request holds stands in no log, metric, page or ledger, whatever goes wrong with it.

Every logger of the process writes to a file at its lowest level, libraries' and asyncio's too.
"""

import json
import sqlite3
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from support import behaviours as b
from support import detector_plugin
from support.echo import written
from support.headgate_server import HeadgateServer, read_rows
from support.reply import Reply
from support.request_shapes import user
from support.responses_ways import ENVIRONMENT
from support.upstream import Upstream

EMAIL, CARD = "canary.lovelace@corp.io", "4929 1234 5678 9015"
KEY, NAME = "ghp_c4N4ryF1nDm3InN0L0gAtAllPl3as3Th4nkU", "Canary Johnson"
CANARIES = (EMAIL, CARD, KEY, NAME)
TEXT = f"My name is {NAME}, mail {EMAIL}, card {CARD}, key {KEY}."
CHAT = "/v1/chat/completions"
LOG_ALL = """
import logging, os
logging.basicConfig(filename=os.environ["CANARY_LOG"], level=1, force=True)
"""
DETECT = ["email", "card", "secret", "person"]


async def _quote(reply: Reply) -> None:
    words = json.dumps(reply.exchange.json)
    error = b.ErrorSaid(message=f"cannot take {words}"[:480], type="invalid_request_error")
    await reply.whole(400, reply.shape.error(error))


async def _crash(reply: Reply) -> None:
    error = b.ErrorSaid(message=f"crashed on {reply.exchange.json['messages']}", type="server")
    await reply.whole(500, reply.shape.error(error))


async def _garble(reply: Reply) -> None:
    await reply.whole(200, b'{"choices":[{"message":{"content":' + reply.exchange.body[:-9])


async def _break_off(reply: Reply) -> None:
    reply.start()
    await reply.piece(b"data: " + reply.exchange.body[:-2] + b"\n\n")
    reply.drop(reset=True)


async def _fail_inside(reply: Reply) -> None:
    reply.start()
    error = b.ErrorSaid(message=f"no {reply.exchange.body.decode()}", type="server_error")
    await reply.piece(reply.shape.error_frame(error))
    reply.end()


FAULTS = {
    "answers": b.OK,
    "quotes": b.Behaviour("quotes", _quote),
    "crashes": b.Behaviour("crashes", _crash),
    "garbles": b.Behaviour("garbles", _garble),
    "breaks off": b.Behaviour("breaks off", _break_off),
    "fails inside": b.Behaviour("fails inside", _fail_inside),
    "is cut": b.CUT,
}


class Place:
    """A server that logs all there is to log, and what it has written."""

    def __init__(self, folder: Path, upstream: Upstream) -> None:
        self.log, self.folder, self.upstream = folder / "all.log", folder, upstream
        site = detector_plugin.install(folder / "site", sleep_s=0.0)
        (site / "sitecustomize.py").write_text(LOG_ALL)
        env = {"PYTHONPATH": str(site), "CANARY_LOG": str(self.log), "PYTHONASYNCIODEBUG": "1"}
        self.server = HeadgateServer(folder / "gate", config(upstream), env={**ENVIRONMENT, **env})

    def ask(self, body: Any, path: str = CHAT, method: str = "POST", **headers: str) -> bytes:
        """The answer's head and body, if there is one."""
        port = int(self.server.root_url.rpartition(":")[2])
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(method, path, sent, headers)
            response = connection.getresponse()
            head = str(response.headers).encode()
            return head + response.read()
        finally:
            connection.close()

    def assert_nothing_told(self) -> None:
        """In anything the server has written down."""
        told = self.log.read_bytes() + self.server.said.encode()
        for path in (self.folder / "gate").rglob("*"):
            if path.is_file() and path.name != "headgate.yaml":
                told += path.read_bytes()
        check(told)
        assert b"DEBUG" in told, "the check sees nothing"


def check(told: bytes) -> None:
    text = told.decode(errors="replace").lower()
    for canary in CANARIES:
        for form in written(canary):
            assert form.lower() not in text, text[max(0, text.find(form.lower()) - 300) :][:600]


def config(upstream: Upstream) -> dict[str, Any]:
    place = {"backend": "openai_compatible", "base_url": upstream.base_url, "model": "m"}
    detect = [*DETECT, detector_plugin.NAME]
    masked = {"detect": detect, "actions": dict.fromkeys(detect, "mask")}
    return {
        "targets": {
            "out": {**place, "local": False, "retries": 0},
            "here": {**place, "local": True, "retries": 0},
        },
        "routes": {
            "masked": {"targets": ["out"], "privacy": masked},
            "kept": {"targets": ["here"], "privacy": {"detect": detect}},
            "denied": {
                "targets": ["out"],
                "privacy": {"detect": detect, "actions": dict.fromkeys(detect, "deny")},
            },
        },
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Upstream() as upstream:
        place = Place(tmp_path_factory.mktemp("told"), upstream)
        with place.server:
            yield place
            place.server.ledger_rows("decisions", at_least=10)
        place.assert_nothing_told()


@pytest.mark.parametrize("route", ["masked", "kept", "denied"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_a_backend_does(place: Place, fault: str, stream: bool, route: str) -> None:
    place.upstream.use(FAULTS[fault])
    body = {"model": route, "messages": user(TEXT), "stream": stream, "user": EMAIL}
    assert place.ask(body)
    place.assert_nothing_told()


BAD = {
    "a wrong type": {"model": "masked", "messages": TEXT},
    "a wrong role": {"model": "masked", "messages": [{"role": TEXT, "content": "x"}]},
    "a wrong number": {"model": "masked", "messages": user(TEXT), "temperature": EMAIL},
    "no model of that name": {"model": EMAIL, "messages": user(TEXT)},
    "no JSON": f'{{"model": "masked", "messages": "{TEXT}'.encode(),
    "no UTF-8": b'{"model": "masked", "messages": [], "x": "' + TEXT.encode() + b'\xff"}',
    "a detector that raises": {
        "model": "masked",
        "messages": user(f"{detector_plugin.TROUBLE}raises {TEXT}"),
    },
    "a detector that exits": {
        "model": "masked",
        "messages": user(f"{detector_plugin.TROUBLE}exits {TEXT}"),
    },
    "what cannot be masked": {"model": "masked", "messages": user(TEXT), "seed": 4929123456789015},
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
@pytest.mark.parametrize("path", [CHAT, "/v1/messages", "/v1/responses", "/api/chat", "/v2/chat"])
def test_whatever_is_wrong_with_a_request(place: Place, body: Any, path: str) -> None:
    assert place.ask(body, path)
    place.assert_nothing_told()


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/decide", "/v1/embeddings", "/", "/v1/models"])
def test_wherever_it_is_sent(place: Place, path: str) -> None:
    body = {"model": "masked", "messages": user(TEXT), "input": TEXT}
    answer = place.ask(body, f"{path}?who=x", authorization=f"Bearer {KEY}", cookie=f"a={EMAIL}")
    if path == "/v1/decide":
        check(answer)
    place.assert_nothing_told()


def test_what_is_explained_is_numbers_and_labels(place: Place) -> None:
    place.upstream.use(b.OK)
    for route in ("masked", "kept", "denied"):
        place.ask({"model": route, "messages": user(TEXT)})
    for row in place.server.ledger_rows("decisions", at_least=3):
        check(place.ask(b"", f"/v1/decisions/{row['id']}", "GET"))


@pytest.mark.parametrize(
    "path", ["/metrics", "/livez", "/readyz", "/health/backends", "/v1/models", "/openapi.json"]
)
def test_no_page_shows_it(place: Place, path: str) -> None:
    place.ask({"model": "masked", "messages": user(TEXT), "user": EMAIL})
    check(place.ask(b"", path, "GET"))


def test_what_was_masked_is_counted_in_the_ledger(place: Place) -> None:
    place.upstream.use(b.OK)
    place.ask({"model": "masked", "messages": user(TEXT)})
    rows = place.server.ledger_rows("attempts", where={"target": "out", "outcome": "answered"})
    assert "masked 1 `card`" in rows[-1]["note"]
    dumped = "\n".join(sqlite3.connect(place.server.ledger).iterdump())
    check(dumped.encode())
    assert read_rows(place.server.ledger, "decisions")
