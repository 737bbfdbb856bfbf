"""Clocks, back-pressure and leaving, seen from both ends of a socket."""

import asyncio
from contextlib import suppress

import pytest

from headgate.backends.client import HttpClient
from headgate.backends.exchange import Timeouts
from headgate.backends.reply import HttpExchange
from headgate.core.errors import Timeout, UpstreamCut, UpstreamGarbled
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
    answering,
    chunk,
    sending,
    serving,
)

SHORT = 0.05
LIMIT = 1 << 24


def only(phase: str) -> Timeouts:
    """Time-outs of which only one is short."""
    limits = {"connect_s": 5.0, "first_token_s": 5.0, "stall_s": 5.0, "total_s": 5.0}
    return Timeouts(**{**limits, f"{phase}_s": SHORT})


async def post(
    client: HttpClient, server: Server, *, timeouts: Timeouts = QUICK, stream: bool = True
) -> HttpExchange:
    return await client.post(server.endpoint(), PATH, BODY, timeouts=timeouts, stream=stream)


async def read_on(exchange: HttpExchange, into: bytearray) -> None:
    while data := await exchange.chunk():
        into += data


def dripping(start: bytes, drop: bytes) -> Script:
    """Sends a little, again and again, until nobody listens."""

    async def script(peer: Peer) -> None:
        await peer.request()
        gone = asyncio.ensure_future(peer.gone())
        with suppress(ConnectionError):
            await peer.send(start)
            while not gone.done():
                await peer.send(drop)
                await asyncio.wait([gone], timeout=SHORT / 10)
        await gone

    return script


async def nothing(peer: Peer) -> None:
    """Takes the request and stays silent."""
    await peer.request()
    await peer.gone()


SLOW_HEADERS = dripping(b"HTTP/1.1 200 OK\r\nx-slow: ", b"z")
PINGS = dripping(CHUNKED, chunk(b": ping\n\n"))


@pytest.mark.parametrize(
    ("script", "stream", "phase"),
    [
        (nothing, True, "first_token"),
        (nothing, True, "total"),
        (nothing, False, "total"),
        (SLOW_HEADERS, True, "first_token"),
        (SLOW_HEADERS, True, "total"),
        (SLOW_HEADERS, False, "total"),
    ],
)
def test_waiting_for_headers_ends_in_the_phase_that_ran_out(
    run: Run, script: Script, stream: bool, phase: str
) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(script) as server:
            with pytest.raises(Timeout) as caught:
                await post(client, server, timeouts=only(phase), stream=stream)
            assert caught.value.phase == phase
            assert f"{SHORT:g} s" in str(caught.value)
            # The server has seen us leave: its script ends.

    run(test)


@pytest.mark.parametrize("phase", ["first_token", "stall", "total"])
@pytest.mark.parametrize("script", [sending(CHUNKED), PINGS], ids=["silence", "pings"])
def test_bytes_alone_do_not_keep_a_clock_quiet(run: Run, script: Script, phase: str) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(script) as server:
            exchange = await post(client, server, timeouts=only(phase))
            if phase == "stall":
                exchange.expect("stall", SHORT)
            with pytest.raises(Timeout) as caught:
                await read_on(exchange, bytearray())
            assert caught.value.phase == phase

    run(test)


def test_a_whole_body_has_only_the_total_clock(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        timeouts = Timeouts(first_token_s=SHORT / 50, stall_s=SHORT / 50, total_s=SHORT)
        async with serving(sending(CHUNKED, chunk(b"a"))) as server:
            exchange = await post(client, server, timeouts=timeouts, stream=False)
            with pytest.raises(Timeout) as caught:
                await exchange.read(LIMIT)
            assert caught.value.phase == "total"

    run(test)


def test_each_expectation_restarts_the_clock(run: Run) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(CHUNKED)
        for _ in range(6):
            await asyncio.sleep(SHORT)  # Time is what is under test.
            await peer.send(chunk(b"token"))
        await peer.send(LAST_CHUNK)
        await peer.gone()

    async def test() -> None:
        client = HttpClient()
        async with serving(script) as server:
            exchange = await post(client, server)
            received = []
            exchange.expect("first_token", SHORT * 5)
            while data := await exchange.chunk():
                received.append(data)
                exchange.expect("stall", SHORT * 5)
            assert b"".join(received) == b"token" * 6
            exchange.close()
            await client.close()

    run(test)


def test_no_limit_waits_for_as_long_as_it_takes(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        forever = Timeouts(connect_s=None, first_token_s=None, stall_s=None, total_s=None)
        async with serving(answering(b"late")) as server:
            exchange = await post(client, server, timeouts=forever)
            exchange.expect("stall", None)
            assert await exchange.read(LIMIT) == b"late"
            exchange.close()
            await client.close()

    run(test)


def test_a_reader_who_was_away_gets_what_had_come_in_time(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(sending(CHUNKED, chunk(b"token"))) as server:
            exchange = await post(client, server)
            exchange.expect("stall", SHORT)
            await asyncio.sleep(SHORT * 2)  # The reader is away; the clock rings meanwhile.
            assert await exchange.chunk() == b"token"
            with pytest.raises(Timeout, match="paused its output") as caught:
                await exchange.chunk()
            assert caught.value.phase == "stall"

    run(test)


def test_a_reader_who_was_away_may_start_the_clock_anew(run: Run) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(CHUNKED + chunk(b"one"))
        await asyncio.sleep(SHORT * 3)
        await peer.send(chunk(b"two") + LAST_CHUNK)
        await peer.gone()

    async def test() -> None:
        client = HttpClient()
        async with serving(script) as server:
            exchange = await post(client, server)
            exchange.expect("stall", SHORT)
            await asyncio.sleep(SHORT * 2)
            assert await exchange.chunk() == b"one"
            exchange.expect("stall", 5.0)
            assert await exchange.chunk() == b"two"
            assert await exchange.chunk() == b""
            exchange.close()
            await client.close()

    run(test)


def test_a_reader_who_was_away_is_spared_once(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        read_once = asyncio.Event()

        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.send(CHUNKED + chunk(b"one"))
            await read_once.wait()
            await peer.send(chunk(b": ping\n\n"))
            await peer.gone()

        async with serving(script) as server:
            exchange = await post(client, server)
            exchange.expect("stall", SHORT)
            await asyncio.sleep(SHORT * 2)
            assert await exchange.chunk() == b"one"
            read_once.set()
            await asyncio.sleep(SHORT)
            with pytest.raises(Timeout):
                await exchange.chunk()

    run(test)


def test_an_end_that_came_while_the_reader_was_away_is_the_end(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        rung = asyncio.Event()

        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.send(CHUNKED)
            await rung.wait()
            await peer.send(chunk(b"late") + LAST_CHUNK)
            await peer.gone()

        async with serving(script) as server:
            exchange = await post(client, server)
            exchange.expect("stall", SHORT)
            await asyncio.sleep(SHORT * 2)
            rung.set()
            await asyncio.sleep(SHORT)
            assert await exchange.chunk() == b"late"
            assert await exchange.chunk() == b""
            exchange.close()
            await client.close()

    run(test)


def test_an_answer_that_is_here_is_read_even_after_its_time(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(answering(b"complete", b"on the same connection")) as server:
            exchange = await post(client, server, timeouts=only("total"), stream=False)
            exchange.expect("stall", SHORT)
            await asyncio.sleep(SHORT * 2)
            assert await exchange.read(LIMIT) == b"complete"
            exchange.close()
            again = await post(client, server, stream=False)
            assert await again.read(LIMIT) == b"on the same connection"
            again.close()
            await client.close()
            assert len(server.peers) == 1

    run(test)


@pytest.mark.parametrize("begun", [b"", CHUNKED], ids=["headers", "body"])
@pytest.mark.parametrize("stream", [True, False])
def test_a_reader_who_is_cancelled_leaves_nothing_open(
    run: Run, begun: bytes, stream: bool
) -> None:
    async def test() -> None:
        client = HttpClient()
        is_waiting = asyncio.Event()

        async def script(peer: Peer) -> None:
            await peer.request()
            if begun:
                await peer.send(begun)
            else:
                is_waiting.set()
            await peer.gone()

        async def ask() -> None:
            exchange = await post(client, server, stream=stream)
            is_waiting.set()
            await exchange.read(LIMIT)

        async with serving(script) as server:
            task = asyncio.ensure_future(ask())
            await is_waiting.wait()
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # Nobody closes the client: the server's script only ends if the task's end did it.
            async with asyncio.timeout(0.2):
                await server.done.get()

    run(test)


def test_closing_in_the_middle_is_seen_by_the_backend_at_once(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(sending(CHUNKED, chunk(b"token"))) as server:
            exchange = await post(client, server)
            assert await exchange.chunk() == b"token"
            exchange.close()
            exchange.close()
            async with asyncio.timeout(0.2):
                await server.done.get()
            with pytest.raises(UpstreamCut, match="closed by Headgate"):
                await exchange.chunk()

    run(test)


def test_closing_wakes_a_reader_in_another_task(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(sending(CHUNKED, chunk(b"token"))) as server:
            exchange = await post(client, server)
            assert await exchange.chunk() == b"token"
            reader = asyncio.ensure_future(exchange.chunk())
            await asyncio.sleep(0)
            exchange.close()
            with pytest.raises(UpstreamCut):
                await reader

    run(test)


def test_what_came_before_a_cut_is_handed_out_before_the_error(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(sending(CHUNKED, chunk(b"one"), chunk(b"two"), then="close")) as server:
            exchange = await post(client, server)
            received = bytearray()
            with pytest.raises(UpstreamCut):
                await read_on(exchange, received)
            assert received == b"onetwo"
            with pytest.raises(UpstreamCut):
                await exchange.chunk()
            exchange.close()

    run(test)


def test_a_body_over_the_limit_is_refused_and_its_connection_dropped(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(answering(b"x" * 1001)) as server:
            exchange = await post(client, server, stream=False)
            with pytest.raises(UpstreamGarbled, match="more than 1000 bytes"):
                await exchange.read(1000)

    run(test)
