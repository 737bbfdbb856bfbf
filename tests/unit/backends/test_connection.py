"""Framing: what counts as an answer, and where it ends."""

import asyncio

import pytest

from headgate.backends.client import HttpClient
from headgate.backends.connection import MAX_HEAD_BYTES
from headgate.backends.reply import HIGH_WATER_BYTES, HttpExchange
from headgate.core.errors import UpstreamCut, UpstreamError, UpstreamGarbled, UpstreamUnavailable
from unit.backends.conftest import Run
from unit.backends.scripted_server import (
    BODY,
    CHUNKED,
    LAST_CHUNK,
    PATH,
    QUICK,
    Peer,
    Script,
    Server,
    answer,
    answering,
    chunk,
    sending,
    serving,
)

LIMIT = 1 << 20


async def ask(client: HttpClient, script: Script) -> tuple[int, dict[str, str], bytes]:
    async with serving(script) as server:
        exchange = await client.post(server.endpoint(), PATH, BODY, timeouts=QUICK, stream=False)
        body = await exchange.read(LIMIT)
        exchange.close()
        await client.close()
        return exchange.status, dict(exchange.headers), body


def ask_alone(run: Run, script: Script) -> tuple[int, dict[str, str], bytes]:
    got: list[tuple[int, dict[str, str], bytes]] = []

    async def test() -> None:
        got.append(await ask(HttpClient(), script))

    run(test)
    return got[0]


def refuse(run: Run, script: Script, kind: type[UpstreamError]) -> str:
    said: list[str] = []

    async def test() -> None:
        with pytest.raises(kind) as caught:
            await ask(HttpClient(), script)
        said.append(str(caught.value))

    run(test)
    return said[0]


def test_a_body_of_declared_length_is_read_whole(run: Run) -> None:
    assert ask_alone(run, answering(b"x" * 100_000)) == (
        200,
        {"content-length": "100000"},
        b"x" * 100_000,
    )


def test_a_chunked_body_is_joined_and_its_trailers_are_left_out(run: Run) -> None:
    pieces = (CHUNKED, chunk(b"one "), chunk(b"two"), b"0\r\nx-trailer: 1\r\n\r\n")
    status, headers, body = ask_alone(run, sending(*pieces))
    assert (status, body) == (200, b"one two")
    assert "x-trailer" not in headers


def test_an_answer_may_come_byte_by_byte(run: Run) -> None:
    data = CHUNKED + chunk(b"slow") + LAST_CHUNK
    assert ask_alone(run, sending(*(bytes([b]) for b in data)))[2] == b"slow"


def test_without_length_or_chunks_the_end_of_the_connection_ends_the_body(run: Run) -> None:
    head = b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n"
    assert ask_alone(run, sending(head, b"{", b"}", then="close"))[2] == b"{}"


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_some_statuses_have_no_body(run: Run, status: str) -> None:
    assert ask_alone(run, sending(f"HTTP/1.1 {status}\r\n\r\n".encode()))[2] == b""


def test_interim_answers_are_skipped(run: Run) -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    status, headers, body = ask_alone(run, sending(interim + answer(b"yes")))
    assert (status, body) == (200, b"yes")
    assert "link" not in headers


def test_header_names_are_lower_case_and_repeated_ones_are_joined(run: Run) -> None:
    headers = ask_alone(run, sending(answer(headers=("X-Some: a", "x-some: b"))))[1]
    assert headers["x-some"] == "a, b"


def test_a_redirect_is_an_answer_like_any_other(run: Run) -> None:
    moved = answer(b"", "302 Found", ("location: http://127.0.0.1:1/",))
    assert ask_alone(run, sending(moved))[0] == 302


@pytest.mark.parametrize("then", ["close", "reset"])
@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", b"half"),
        (CHUNKED, chunk(b"one")),
        (CHUNKED, b"5\r\nha"),
        (CHUNKED,),
        (b"HTTP/1.1 200 OK\r\ncontent-le",),
    ],
    ids=["declared length", "between chunks", "in a chunk", "before a chunk", "in the headers"],
)
def test_an_end_before_the_end_is_a_cut(run: Run, pieces: tuple[bytes, ...], then: str) -> None:
    assert "in the middle of its answer" in refuse(run, sending(*pieces, then=then), UpstreamCut)


def test_a_reset_ends_no_body_not_even_one_of_undeclared_length(run: Run) -> None:
    async def resets(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\nhalf")
        # The request is unread, which turns the close into a reset.
        peer.reset()

    async def test() -> None:
        client = HttpClient()
        body = b"x" * 4_000_000
        async with serving(resets) as server:
            with pytest.raises((UpstreamCut, UpstreamUnavailable)):
                await _exchange(client, server, body)

    run(test)


async def _exchange(client: HttpClient, server: Server, body: bytes = BODY) -> bytes:
    exchange = await client.post(server.endpoint(), PATH, body, timeouts=QUICK, stream=False)
    got = await exchange.read(LIMIT)
    exchange.close()
    return got


@pytest.mark.parametrize("then", ["close", "reset"])
def test_no_answer_at_all_on_a_new_connection_is_unavailable(run: Run, then: str) -> None:
    said = refuse(run, sending(then=then), UpstreamUnavailable)
    assert "closed the connection without an answer" in said


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n",
        CHUNKED + b"nonsense\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n??",
    ],
    ids=["ssh", "tls", "header", "two lengths", "length and chunks", "chunk size", "upgrade"],
)
def test_what_is_not_http_is_garbled(run: Run, garbage: bytes) -> None:
    assert "does not answer in HTTP/1.1" in refuse(run, sending(garbage), UpstreamGarbled)


def test_more_headers_than_anybody_needs_are_refused(run: Run) -> None:
    many = tuple(f"x-{number}: y" for number in range(300))
    assert "too many headers" in refuse(run, sending(answer(headers=many)), UpstreamGarbled)


def _flood(start: bytes, piece: bytes) -> Script:
    async def script(peer: Peer) -> None:
        await peer.request()
        try:
            await peer.send(start)
            for _ in range(4 * MAX_HEAD_BYTES // len(piece)):
                await peer.send(piece)
        except ConnectionError:
            return
        await peer.gone()

    return script


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nx-long: ", b"y" * 1024),
        (b"HTTP/1.1 200 OK\r\n", b"x-more: " + b"y" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (CHUNKED + b"0\r\n", b"x-trailer: " + b"y" * 1000 + b"\r\n"),
        (CHUNKED + b"5;", b"extension" * 100),
    ],
    ids=["one header", "many headers", "tiny headers", "interim", "trailers", "chunk extension"],
)
def test_what_never_becomes_a_body_is_not_collected_for_ever(
    run: Run, start: bytes, piece: bytes
) -> None:
    refuse(run, _flood(start, piece), UpstreamGarbled)


@pytest.mark.parametrize(
    "extra",
    [b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil", b"H", b"garbage"],
    ids=["a second answer", "the beginning of one", "garbage"],
)
def test_bytes_behind_an_answer_spend_the_connection(run: Run, extra: bytes) -> None:
    async def test() -> None:
        client = HttpClient()
        script = sending(answer(b"first") + extra)
        async with serving(script, answering(b"second")) as server:
            for expected in (b"first", b"second"):
                assert await _exchange(client, server) == expected
            await client.close()
            assert len(server.peers) == 2

    run(test)


def test_bytes_nobody_asked_for_spend_an_idle_connection(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        idle = asyncio.Event()

        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.send(answer(b"first"))
            await idle.wait()
            await peer.send(answer(b"poison"))
            await peer.gone()

        async with serving(script, answering(b"second")) as server:
            assert await _exchange(client, server) == b"first"
            idle.set()
            await server.done.get()
            assert await _exchange(client, server) == b"second"
            await client.close()

    run(test)


@pytest.mark.parametrize(
    "first",
    [
        answer(b"bye", headers=("connection: close",)),
        b"HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\nbye",
    ],
    ids=["connection: close", "HTTP/1.0"],
)
def test_a_connection_the_backend_will_close_is_not_used_again(run: Run, first: bytes) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(sending(first), answering(b"new")) as server:
            for expected in (b"bye", b"new"):
                assert await _exchange(client, server) == expected
            await client.close()

    run(test)


def test_an_answer_before_the_request_was_taken_spends_the_connection(run: Run) -> None:
    async def early(peer: Peer) -> None:
        await peer.send(answer(b"too large", "413 Content Too Large"))
        await peer.gone()

    async def test() -> None:
        client = HttpClient()
        async with serving(early) as server:
            exchange = await client.post(
                server.endpoint(), PATH, b"x" * 20_000_000, timeouts=QUICK, stream=False
            )
            assert exchange.status == 413
            assert await exchange.read(LIMIT) == b"too large"
            exchange.close()

    run(test)


async def post(client: HttpClient, server: Server) -> HttpExchange:
    return await client.post(server.endpoint(), PATH, BODY, timeouts=QUICK, stream=False)


def test_a_reader_who_lags_makes_the_backend_wait(run: Run) -> None:
    total = 64 * 1024 * 1024
    size = 65_536

    async def test() -> None:
        sent = 0
        blocked = asyncio.Event()

        async def script(peer: Peer) -> None:
            nonlocal sent
            await peer.request()
            await peer.send(CHUNKED)
            for _ in range(total // size):
                sending_one = asyncio.ensure_future(peer.send(chunk(b"x" * size)))
                if not (await asyncio.wait([sending_one], timeout=0.2))[0]:
                    blocked.set()
                await sending_one
                sent += size
            await peer.send(LAST_CHUNK)
            await peer.gone()

        client = HttpClient()
        async with serving(script) as server:
            exchange = await post(client, server)
            await blocked.wait()
            # The kernel's buffers hold some megabytes of loopback traffic; we hold no more.
            assert sent < total // 4
            assert exchange._buffered < 3 * HIGH_WATER_BYTES
            received = 0
            while data := await exchange.chunk():
                received += len(data)
            assert received == total
            exchange.close()
            await client.close()

    run(test)


def test_a_paused_connection_can_serve_the_next_request(run: Run) -> None:
    big = b"x" * (4 * HIGH_WATER_BYTES)

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(big))
        await peer.request()
        await peer.send(answer(b"next"))
        await peer.gone()

    async def test() -> None:
        client = HttpClient()
        async with serving(script) as server:
            exchange = await post(client, server)
            assert await exchange.read(4 * LIMIT) == big
            exchange.close()
            exchange = await post(client, server)
            assert await exchange.read(4 * LIMIT) == b"next"
            exchange.close()
            await client.close()
            assert len(server.peers) == 1

    run(test)
