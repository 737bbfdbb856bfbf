"""The limit on connections, turns, and idle time."""

import asyncio

import pytest

from headgate.backends.client import HttpClient
from headgate.backends.exchange import Timeouts
from headgate.backends.reply import HttpExchange
from headgate.core.errors import Timeout, UpstreamUnavailable
from unit.backends.conftest import Run
from unit.backends.scripted_server import (
    BODY,
    CHUNKED,
    LAST_CHUNK,
    PATH,
    QUICK,
    Peer,
    Server,
    answer,
    answering,
    chunk,
    sending,
    serving,
)

SHORT = 0.05


async def post(client: HttpClient, server: Server, *, timeouts: Timeouts = QUICK) -> HttpExchange:
    return await client.post(server.endpoint(), PATH, BODY, timeouts=timeouts, stream=False)


async def finish(exchange: HttpExchange) -> bytes:
    body = await exchange.read(1 << 20)
    exchange.close()
    return body


async def settled() -> None:
    """Let every task that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


async def gated(peer: Peer, gate: asyncio.Event) -> None:
    """Answers each request in two halves, the second when the gate opens."""
    try:
        while True:
            await peer.request()
            await peer.send(CHUNKED + chunk(b"half"))
            await gate.wait()
            await peer.send(LAST_CHUNK)
    except asyncio.IncompleteReadError:
        return


def test_at_the_limit_a_request_waits_for_a_connection_and_reuses_it(run: Run) -> None:
    async def test() -> None:
        client = HttpClient(connections=1)
        gate = asyncio.Event()
        async with serving(lambda peer: gated(peer, gate)) as server:
            first = await post(client, server)
            waiting = [asyncio.ensure_future(post(client, server)) for _ in range(3)]
            await settled()
            assert not any(task.done() for task in waiting)
            gate.set()
            assert await finish(first) == b"half"
            for task in waiting:
                assert await finish(await task) == b"half"
            await client.close()
            assert len(server.peers) == 1

    run(test)


def test_whoever_waits_gets_a_new_connection_when_one_breaks(run: Run) -> None:
    async def test() -> None:
        client = HttpClient(connections=1)
        async with serving(sending(CHUNKED), answering(b"new")) as server:
            first = await post(client, server)
            waiting = asyncio.ensure_future(post(client, server))
            await settled()
            first.close()
            assert await finish(await waiting) == b"new"
            await client.close()

    run(test)


def test_waiting_for_a_connection_counts_as_connecting(run: Run) -> None:
    async def test() -> None:
        client = HttpClient(connections=1)
        async with serving(sending(CHUNKED)) as server:
            first = await post(client, server)
            with pytest.raises(Timeout, match="could not be reached") as caught:
                await post(client, server, timeouts=Timeouts(connect_s=SHORT))
            assert caught.value.phase == "connect"
            assert not next(iter(client._pools.values()))._turns
            first.close()

    run(test)


def test_the_total_clock_runs_while_waiting_for_a_connection(run: Run) -> None:
    async def test() -> None:
        client = HttpClient(connections=1)
        async with serving(sending(CHUNKED)) as server:
            first = await post(client, server)
            with pytest.raises(Timeout) as caught:
                await post(client, server, timeouts=Timeouts(connect_s=None, total_s=SHORT))
            assert caught.value.phase == "total"
            first.close()

    run(test)


def test_a_request_cancelled_in_line_costs_nobody_a_turn(run: Run) -> None:
    async def test() -> None:
        client = HttpClient(connections=1)
        gate = asyncio.Event()
        gate.set()
        async with serving(lambda peer: gated(peer, gate)) as server:
            first = await post(client, server)
            leaves = asyncio.ensure_future(post(client, server))
            stays = asyncio.ensure_future(post(client, server))
            await settled()
            leaves.cancel()
            assert await finish(first) == b"half"
            assert await finish(await stays) == b"half"
            with pytest.raises(asyncio.CancelledError):
                await leaves
            await client.close()

    run(test)


@pytest.mark.parametrize("how", ["a connection", "a free slot"])
def test_a_turn_given_in_the_moment_of_leaving_goes_to_the_next(run: Run, how: str) -> None:
    async def test() -> None:
        client = HttpClient(connections=1)
        gate = asyncio.Event()
        gate.set()
        async with serving(lambda peer: gated(peer, gate)) as server:
            first = await post(client, server)
            pool = next(iter(client._pools.values()))
            leaves = asyncio.ensure_future(pool.acquire())
            stays = asyncio.ensure_future(post(client, server))
            await settled()
            if how == "a connection":
                await finish(first)
            else:
                first.close()
                while len(pool._turns) == 2:
                    await asyncio.sleep(0)
            leaves.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaves
            assert await finish(await stays) == b"half"
            await client.close()

    run(test)


def test_a_failed_attempt_to_connect_frees_its_slot(run: Run) -> None:
    async def test() -> None:
        client = HttpClient(connections=1)
        async with serving(answering()) as server:
            pass
        for _ in range(3):
            with pytest.raises(UpstreamUnavailable):
                await post(client, server, timeouts=Timeouts(connect_s=1.0))
        assert [pool.size for pool in client._pools.values()] == [0]

    run(test)


def test_an_idle_connection_is_closed_after_a_while(run: Run) -> None:
    async def test() -> None:
        client = HttpClient(idle_s=SHORT)
        async with serving(answering(b"one")) as server:
            assert await finish(await post(client, server)) == b"one"
            async with asyncio.timeout(2):
                await server.done.get()

    run(test)


def test_the_connection_used_last_is_used_next(run: Run) -> None:
    async def test() -> None:
        async def names_itself(peer: Peer) -> None:
            try:
                while True:
                    await peer.request()
                    await peer.send(answer(b"connection %d" % server.peers.index(peer)))
            except asyncio.IncompleteReadError:
                return

        client = HttpClient()
        async with serving(names_itself) as server:
            first, second = await asyncio.gather(post(client, server), post(client, server))
            await finish(second)
            used_last = await finish(first)
            for _ in range(3):
                assert await finish(await post(client, server)) == used_last
            await client.close()

    run(test)


def test_closing_drops_idle_connections_too(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(answering(b"one")) as server:
            assert await finish(await post(client, server)) == b"one"
            await client.close()
            await server.done.get()

    run(test)
