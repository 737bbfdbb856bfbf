"""What is repeated of a backend's refusal."""

import asyncio
from dataclasses import dataclass

import pytest

from headgate.backends import rejection as module
from headgate.backends.client import HttpClient
from headgate.backends.exchange import Timeouts
from headgate.backends.rejection import MAX_BODY_BYTES, MAX_MESSAGE, rejection
from headgate.core.errors import UpstreamRejected
from unit.backends.conftest import Run
from unit.backends.scripted_server import (
    BODY,
    CHUNKED,
    PATH,
    Peer,
    Script,
    answer,
    chunk,
    sending,
    serving,
)

FOREVER = Timeouts(connect_s=None, first_token_s=None, stall_s=None, total_s=None)
KEY = "sk-our-own-secret-key"


def reject(run: Run, script: Script, *caller_faults: str) -> UpstreamRejected:
    found: list[UpstreamRejected] = []

    async def test() -> None:
        client = HttpClient()
        async with serving(script) as server:
            exchange = await client.post(
                server.endpoint(), PATH, BODY, timeouts=FOREVER, stream=False
            )
            found.append(await rejection(exchange, "`test`", KEY, caller_faults))
            await client.close()

    run(test)
    return found[0]


def rejected(run: Run, body: bytes, status: str = "400 Bad Request") -> UpstreamRejected:
    return reject(run, sending(answer(body, status)))


@dataclass(frozen=True)
class Case:
    id: str
    body: bytes
    message: str


CASES = [
    Case("openai", b'{"error":{"message":"No such model","type":"x"}}', "No such model"),
    Case("ollama", b'{"error":"model not found"}', "model not found"),
    Case("message", b'{"message":"invalid api token"}', "invalid api token"),
    Case("capital", b'{"Message":"Authentication failed"}', "Authentication failed"),
    Case("detail", b'{"detail":"Not Found"}', "Not Found"),
    Case("in a list", b'[{"error":{"message":"first"}}]', "first"),
    Case("white space", b'{"error":"a\\n\\n  b\\u001b[2J c"}', "a b [2J c"),
    Case("html", b"<html>Bad Gateway</html>", "`test` answered 400 Bad Request"),
    Case("empty", b"", "`test` answered 400 Bad Request"),
    Case("no sentence", b'{"error":{"message":{"a":1}}}', "`test` answered 400 Bad Request"),
    Case("null", b'{"error":null}', "`test` answered 400 Bad Request"),
    Case("a number", b"17", "`test` answered 400 Bad Request"),
    Case("no unicode", b'{"error":"\xff"}', "`test` answered 400 Bad Request"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_backends_own_sentence_is_found_in_every_usual_shape(run: Run, case: Case) -> None:
    error = rejected(run, case.body)
    assert (str(error), error.status, error.body) == (case.message, 400, case.body)


def test_a_status_nobody_knows_has_its_number(run: Run) -> None:
    assert str(rejected(run, b"", "498 Odd")) == "`test` answered 498"


def test_a_long_sentence_is_cut(run: Run) -> None:
    error = rejected(run, b'{"error":"%b"}' % (b"x" * 10_000))
    assert len(str(error)) == MAX_MESSAGE
    assert str(error).endswith("…")


def test_our_key_is_taken_out_of_message_and_body(run: Run) -> None:
    error = rejected(run, b'{"error":"the key %b is wrong"}' % KEY.encode(), "401 Unauthorized")
    assert str(error) == "the key [key] is wrong"
    assert KEY.encode() not in error.body


def test_a_masked_key_is_taken_out_too(run: Run) -> None:
    said = b'{"error":{"message":"Incorrect API key provided: sk-ou**********-key."}}'
    error = rejected(run, said, "401 Unauthorized")
    assert str(error) == "Incorrect API key provided: [key]."
    assert b"sk-ou" not in error.body


def test_stars_in_other_refusals_stay(run: Run) -> None:
    assert str(rejected(run, b'{"error":"***bold***"}')) == "***bold***"


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        (500, "too large to process", 400),
        (500, "out of memory", 500),
        (404, "too large to process", 404),
    ],
)
def test_a_server_error_that_blames_the_request_is_the_callers(
    run: Run, status: int, words: str, expected: int
) -> None:
    body = b'{"error":{"code":500,"message":"input is too large to process","type":"server_error"}}'
    error = reject(run, sending(answer(body, status=status)), words)
    assert (error.status, error.message) == (expected, "input is too large to process")
    assert error.is_transient == (expected == 500)


def test_headers_come_along(run: Run) -> None:
    data = answer(b"{}", "429 Too Many Requests", ("Retry-After: 7",))
    error = reject(run, sending(data))
    assert error.headers["retry-after"] == "7"
    assert error.is_transient


def test_what_google_says_in_details_is_said_as_others_do(run: Run) -> None:
    info = b'{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3s"}'
    body = b'{"error":{"message":"Slow down","details":[%b]}}' % info
    error = reject(run, sending(answer(body, "429 Too Many Requests")))
    assert (error.headers["retry-after"], error.body) == ("3", body)


def test_a_model_that_failed_behind_the_backend_is_the_backends_failure(run: Run) -> None:
    error = rejected(run, b'{"message":"The model failed"}', "424 Failed Dependency")
    assert (error.status, str(error)) == (502, "The model failed")
    assert error.is_transient


def test_a_redirect_becomes_our_own_fault_and_not_the_clients_next_request(run: Run) -> None:
    data = answer(b"", "307 Temporary Redirect", ("location: https://elsewhere.test/",))
    error = reject(run, sending(data))
    assert (error.status, error.http_status) == (502, 502)
    assert "redirects (307)" in str(error)
    assert "elsewhere" not in str(error)


def test_a_refusal_read_to_its_end_keeps_the_connection(run: Run) -> None:
    async def script(peer: Peer) -> None:
        for status in ("429 Too Many Requests", "503 Service Unavailable"):
            await peer.request()
            await peer.send(answer(b"no", status))
        await peer.gone()

    async def test() -> None:
        client = HttpClient()
        async with serving(script) as server:
            for status in (429, 503):
                exchange = await client.post(
                    server.endpoint(), PATH, BODY, timeouts=FOREVER, stream=False
                )
                assert (await rejection(exchange, "`test`", None)).status == status
            await client.close()
            assert len(server.peers) == 1

    run(test)


def test_a_huge_body_is_read_to_a_limit_and_the_connection_dropped(run: Run) -> None:
    async def endless(peer: Peer) -> None:
        await peer.request()
        gone = asyncio.ensure_future(peer.gone())
        try:
            await peer.send(CHUNKED.replace(b"200 OK", b"500 Oops"))
            while not gone.done():
                await peer.send(chunk(b"x" * 4096))
        except ConnectionError:
            pass
        await gone

    error = reject(run, endless)
    assert error.status == 500
    assert len(error.body) == MAX_BODY_BYTES


@pytest.mark.parametrize("then", ["close", "reset", "gone"])
def test_a_body_that_does_not_come_costs_the_explanation_only(
    run: Run, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BODY_WITHIN_S", 0.05)
    cut = b'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 100\r\n\r\n{"error":'
    error = reject(run, sending(cut, then=then))
    assert (error.status, str(error)) == (503, "`test` answered 503 Service Unavailable")
