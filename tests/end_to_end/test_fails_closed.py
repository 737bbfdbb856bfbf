"""Where a request cannot be read, nothing of it leaves: not a byte, and the client is told why."""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from time import monotonic
from typing import Any

import pytest

from headgate.privacy.scan import usual_labels
from support import detector_plugin
from support.echo import leaks
from support.headgate_server import HeadgateServer
from support.masked_requests import CLIENTS
from support.request_shapes import user
from support.responses_ways import ENVIRONMENT
from support.unreadable_requests import UNREADABLE, Unreadable
from support.upstream import Upstream

SLEEP_S = 4.0
SCAN_MS = 300
EMAIL = "ada.lovelace@corp.io"
CARD = "4111111111111111"
DETECT = [*sorted(usual_labels() - {detector_plugin.NAME}), detector_plugin.NAME]
CHAT = "/v1/chat/completions"


@dataclass(frozen=True)
class Reply:
    """What a client got."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Bench:
    """A gateway whose detector can fail, before a stand-in outside and one at home."""

    server: HeadgateServer
    outside: Upstream
    home: Upstream
    connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        port = int(self.server.root_url.rpartition(":")[2])
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def send(self, body: bytes, path: str = CHAT, **headers: str) -> Reply:
        """One request as it is."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("POST", path, body, {"content-type": "application/json", **named})
        response = self.connection.getresponse()
        return Reply(response.status, response.read())

    def ask(self, path: str = CHAT, model: str = "masked", **members: Any) -> Reply:
        """One request of such members."""
        return self.send(json.dumps({"model": model, **members}).encode(), path)


def config(outside: Upstream, home: Upstream) -> dict[str, Any]:
    place = {"backend": "openai_compatible", "model": "m", "retries": 0}
    privacy = {
        "detect": DETECT,
        "actions": dict.fromkeys(DETECT, "mask"),
        "scan_ms": SCAN_MS,
        "scan_mib": 0.0625,
    }
    anyones = {"targets": ["out"], "privacy": privacy, "drop_unsupported": True}
    return {
        "targets": {
            "out": {**place, "base_url": outside.base_url, "local": False},
            "far": {
                "backend": "cohere",
                "model": "m",
                "base_url": outside.root_url,
                "api_key": "${UPSTREAM_KEY}",
            },
            "here": {**place, "base_url": home.base_url, "local": True},
        },
        "routes": {
            "masked": anyones,
            "either": {**anyones, "targets": ["out", "here"]},
            "far-away": {**anyones, "targets": ["far"]},
            "strict": {**anyones, "privacy": {**privacy, "actions": {"unscanned": "deny"}}},
        },
        "ledger": {"enabled": False},
    }


@pytest.fixture(scope="module")
def server_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("closed")
    plugin = detector_plugin.install(folder / "site", sleep_s=SLEEP_S)
    with (
        Upstream() as outside,
        Upstream() as home,
        HeadgateServer(
            folder / "gate",
            config(outside, home),
            env={**ENVIRONMENT, "PYTHONPATH": str(plugin)},
        ) as server,
    ):
        bench = Bench(server, outside, home)
        yield bench
        bench.connection.close()
        assert EMAIL not in server.said


@pytest.fixture
def bench(server_bench: Bench) -> Bench:
    """With nothing received yet."""
    server_bench.outside.exchanges.clear()
    server_bench.home.exchanges.clear()
    return server_bench


FAILURES = (
    *("raises", "exits", "recurses", "out-of-memory", "returns-none", "outside", "before"),
    *("backwards", "words", "fractions", "endless", "bytes", "score"),
)


def trouble(kind: str) -> str:
    return f"{detector_plugin.TROUBLE}{kind} and {EMAIL} is somebody"


def test_a_detector_of_somebody_else_s_is_heeded(bench: Bench) -> None:
    assert bench.ask(messages=user(trouble("well"))).status == 200
    [sent] = bench.outside.requests
    assert leaks([sent], [EMAIL]) == []
    assert "TROUBLED_" in sent.json["messages"][0]["content"]
    bench.outside.close_idle()


@pytest.mark.parametrize("kind", FAILURES)
def test_a_detector_that_fails_lets_nothing_out(bench: Bench, kind: str) -> None:
    before = bench.outside.connections_made
    reply = bench.ask(messages=user(trouble(kind)))
    assert reply.status == 503, reply.body
    assert "could not be scanned" in reply.json["error"]["message"]
    assert bench.outside.exchanges == []
    assert bench.outside.connections_made == before
    assert bench.ask(messages=user("Hello")).status == 200, "the gateway goes on"


@pytest.mark.parametrize("kind", ["raises", "outside", "sleeps"])
def test_where_a_target_is_at_home_it_answers(bench: Bench, kind: str) -> None:
    assert bench.ask(model="either", messages=user(trouble(kind))).status == 200
    assert bench.outside.exchanges == []
    [sent] = bench.home.requests
    assert sent.json["messages"] == user(trouble(kind)), "as it was"


def test_a_slow_detector_is_not_waited_for(bench: Bench) -> None:
    began = monotonic()
    reply = bench.ask(messages=user(trouble("sleeps")))
    assert reply.status == 503
    assert "took longer than 0.3 s" in reply.json["error"]["message"]
    assert monotonic() - began < SLEEP_S / 2
    assert bench.outside.exchanges == []


@pytest.mark.parametrize("dialect", CLIENTS)
def test_every_client_is_told_in_its_own_words(bench: Bench, dialect: str) -> None:
    body = {"messages": user(trouble("raises")), "max_tokens": 5}
    if dialect == "openai_responses":
        body = {"input": trouble("raises")}
    reply = bench.ask(CLIENTS[dialect].path, **body)
    assert reply.status == 503 or (dialect, reply.status) == ("anthropic", 529)
    said = reply.json.get("error", reply.json)
    sentence = said if isinstance(said, str) else said["message"]
    assert "could not be scanned, because a detector failed (RuntimeError)" in sentence
    assert EMAIL.encode() not in reply.body
    assert bench.outside.exchanges == []


def test_what_cannot_be_scanned_may_be_denied_to_everybody(bench: Bench) -> None:
    reply = bench.ask(model="strict", messages=user(trouble("raises")))
    assert reply.status == 403
    assert bench.outside.exchanges == []


def test_a_text_over_the_limit_stays(bench: Bench) -> None:
    long = f"{EMAIL} " + "word " * 14_000
    reply = bench.ask(messages=user(long))
    assert reply.status == 503
    assert "longer than the 65536 characters" in reply.json["error"]["message"]
    assert bench.outside.exchanges == []
    assert bench.ask(model="either", messages=user(long)).status == 200
    assert bench.outside.exchanges == []


def chat(content: bytes, rest: bytes = b"") -> bytes:
    """A body by hand; `content` is the JSON of a message's content."""
    return (
        b'{"model":"masked","messages":[{"role":"user","content":' + content + b"}]" + rest + b"}"
    )


SAID = json.dumps(f"Write to {EMAIL}").encode()
UNDECODABLE = {
    "bytes that are no UTF-8": chat(b'"\xff\xfe ' + EMAIL.encode() + b'"'),
    "such bytes where nobody reads": chat(SAID, b',"x":"\xc3\x28"'),
    "an overlong form": chat(b'"\xc0\xaf ' + EMAIL.encode() + b'"'),
    "half a surrogate in bytes": chat(b'"\xed\xa0\x80 ' + EMAIL.encode() + b'"'),
    "UTF-16": chat(SAID).decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + chat(SAID),
    "broken JSON where nobody reads": chat(SAID, b',"metadata":{"a":tru}'),
    "a broken number": chat(SAID, b',"x":{"n":01}'),
    "a broken text": chat(SAID, b',"x":["a\nb"]'),
    "a text without end": chat(SAID, b',"x":"'),
    "not a number": chat(SAID, b',"x":[NaN]'),
    "something after it": chat(SAID) + b" {}",
    "a bomb of brackets": chat(SAID, b',"x":' + b"[" * 5_000 + b"]" * 5_000),
    "a list": b"[" + chat(SAID) + b"]",
    "nothing": b"",
}


@pytest.mark.parametrize("body", UNDECODABLE.values(), ids=UNDECODABLE)
def test_a_body_that_cannot_be_read_is_refused(bench: Bench, body: bytes) -> None:
    reply = bench.send(body)
    assert reply.status == 400, reply.body
    assert reply.json["error"]["message"]
    assert bench.outside.exchanges == []
    assert "Traceback" not in bench.server.said


ODD = {
    "half a surrogate": chat(b'"\\ud800 Write to ' + EMAIL.encode() + b' \\udc00 now"'),
    "escapes": chat(json.dumps("".join(f"\\u{ord(c):04x}" for c in EMAIL)).encode()),
    "escaped characters": chat(
        b'"' + b"".join(b"\\u%04x" % ord(each) for each in EMAIL) + b' is here"'
    ),
    "a member twice": chat(b'"Hello"', b',"messages":[{"role":"user","content":' + SAID + b"}]"),
    "the first of two": (
        b'{"model":"masked","messages":[{"role":"user","content":'
        + SAID
        + b'}],"messages":[{"role":"user","content":"Hello"}]}'
    ),
    "a member inside twice": chat(SAID + b',"content":"Hello"'),
    "a name as such": chat(b'"Hello"', b',"metadata":{"' + EMAIL.encode() + b'":"x"}'),
    "NUL": chat(b'"\\u0000' + EMAIL.encode() + b'\\u0000"'),
    "a fraction": chat(b'"Hello"', b',"x":{"card":4111111111111111.0}'),
    "a negative number": chat(b'"Hello"', b',"x":{"card":-4111111111111111}'),
    "a huge number": chat(SAID, b',"x":' + b"9" * 400),
    "a setting": chat(b'"Hello"', b',"seed":4111111111111111'),
    "a member of another case": chat(b'"Hello"', b',"Messages":' + SAID),
    "sealed bytes": chat(
        b'"Hello"', b',"x":{"signature":"' + b"QUJD" * 20 + EMAIL.encode() + b'"}'
    ),
    "the model": chat(SAID).replace(b'"masked"', b'"masked:' + EMAIL.encode() + b'"'),
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_however_oddly_it_is_written_nothing_leaks(bench: Bench, body: bytes) -> None:
    reply = bench.send(body)
    assert reply.status in {200, 400, 404}, reply.body
    assert leaks(bench.outside.exchanges, [EMAIL, CARD]) == []
    assert len(bench.outside.exchanges) == (reply.status == 200)
    assert "Traceback" not in bench.server.said


PACKED = {"gzip": gzip.compress, "deflate": zlib.compress}


@pytest.mark.parametrize("coding", PACKED)
def test_what_is_packed_is_read_unpacked(bench: Bench, coding: str) -> None:
    body = PACKED[coding](chat(SAID))
    assert bench.send(body, content_encoding=coding).status == 200
    [sent] = bench.outside.exchanges
    assert leaks([sent], [EMAIL]) == []
    assert "EMAIL_" in sent.json["messages"][0]["content"]


@pytest.mark.parametrize("coding", ["gzip", "br", "compress", "gzip, gzip", "identity, x"])
def test_what_cannot_be_unpacked_is_refused(bench: Bench, coding: str) -> None:
    assert bench.send(b"\x1f\x8b\x00" + chat(SAID), content_encoding=coding).status in {400, 415}
    assert bench.outside.exchanges == []


@pytest.mark.parametrize("case", UNREADABLE, ids=lambda case: case.id)
def test_what_nobody_here_reads_stays(bench: Bench, case: Unreadable) -> None:
    reply = bench.ask(case.path, case.model, **case.body)
    assert reply.status in {400, 503, 529}, reply.body
    assert bench.outside.exchanges == []
