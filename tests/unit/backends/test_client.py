"""Requests, connections kept between them, and the one repetition there is."""

import asyncio

import pytest

from headgate.backends.client import HttpClient
from headgate.backends.exchange import Endpoint
from headgate.core.errors import ConfigError, UpstreamCut, UpstreamGarbled, UpstreamUnavailable
from unit.backends.conftest import Run
from unit.backends.scripted_server import (
    BODY,
    PATH,
    QUICK,
    Peer,
    Request,
    Server,
    answer,
    answering,
    sending,
    serving,
)

LIMIT = 1 << 25


async def fetch(client: HttpClient, server: Server, body: bytes = BODY) -> bytes:
    exchange = await client.post(server.endpoint(), PATH, body, timeouts=QUICK, stream=False)
    got = await exchange.read(LIMIT)
    exchange.close()
    return got


def test_a_request_says_what_it_must_and_no_more(run: Run) -> None:
    async def test() -> None:
        asked: list[Request] = []

        async def script(peer: Peer) -> None:
            asked.append(await peer.request())
            await peer.send(answer())
            asked.append(await peer.request())
            await peer.send(answer())
            asked.append(await peer.request())
            await peer.send(answer())
            await peer.gone()

        client = HttpClient()
        async with serving(script) as server:
            endpoint = server.endpoint(authorization="Bearer our-key")
            more = {"x-extra": "1"}
            exchange = await client.post(
                endpoint, PATH, BODY, timeouts=QUICK, stream=False, headers=more
            )
            exchange.close()
            exchange = await client.get(endpoint, "/models?x=1", timeouts=QUICK)
            exchange.close()
            exchange = await client.delete(endpoint, "/model", BODY, timeouts=QUICK)
            exchange.close()
            await client.close()
        common = {
            "host": f"127.0.0.1:{server.port}",
            "user-agent": "headgate",
            "accept": "*/*",
            "accept-encoding": "identity",
            "authorization": "Bearer our-key",
        }
        sized = {"content-length": str(len(BODY))}
        posted = {"content-type": "application/json", **sized}
        assert asked == [
            Request("POST", "/v1/chat/completions", {**common, **posted, **more}, BODY),
            Request("GET", "/v1/models?x=1", common, b""),
            Request("DELETE", "/v1/model", {**common, **sized}, BODY),
        ]

    run(test)


def test_requests_one_after_the_other_share_a_connection(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(answering(b"one", b"two", b"three")) as server:
            assert [await fetch(client, server) for _ in range(3)] == [b"one", b"two", b"three"]
            await client.close()
            assert len(server.peers) == 1

    run(test)


def test_requests_at_the_same_time_have_a_connection_each(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(answering(b"a")) as server:
            assert await asyncio.gather(*(fetch(client, server) for _ in range(5))) == [b"a"] * 5
            await client.close()
            assert len(server.peers) == 5

    run(test)


def test_a_large_body_arrives_whole(run: Run) -> None:
    async def script(peer: Peer) -> None:
        await peer.send(answer((await peer.request()).body))
        await peer.gone()

    async def test() -> None:
        client = HttpClient()
        body = bytes(range(256)) * 40_000
        async with serving(script) as server:
            assert await fetch(client, server, body) == body
            await client.close()

    run(test)


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_pooled_connection_that_died_is_replaced_and_the_request_repeated(
    run: Run, how: str
) -> None:
    async def dies(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(b"first"))
        await peer.request()
        peer.close() if how == "close" else peer.reset()

    async def test() -> None:
        client = HttpClient()
        async with serving(dies, answering(b"second")) as server:
            assert await fetch(client, server) == b"first"
            assert await fetch(client, server) == b"second"
            await client.close()
            assert len(server.peers) == 2

    run(test)


def test_connections_older_than_one_that_died_are_not_tried_after_it(run: Run) -> None:
    async def test() -> None:
        both_here = asyncio.Barrier(2)
        tried: list[Peer] = []

        async def dies_when_used_again(peer: Peer) -> None:
            await peer.request()
            await both_here.wait()
            await peer.send(answer(b"old"))
            try:
                await peer.request()
            except asyncio.IncompleteReadError:
                return
            tried.append(peer)
            peer.close()

        client = HttpClient()
        dies = dies_when_used_again
        async with serving(dies, dies, answering(b"new")) as server:
            await asyncio.gather(fetch(client, server), fetch(client, server))
            assert await fetch(client, server) == b"new"
            await client.close()
            assert len(tried) == 1

    run(test)


def test_the_request_is_repeated_once_only(run: Run) -> None:
    async def dies(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer())
        await peer.request()
        peer.close()

    async def test() -> None:
        client = HttpClient()
        async with serving(dies, sending(then="close")) as server:
            await fetch(client, server)
            with pytest.raises(UpstreamUnavailable):
                await fetch(client, server)
            assert len(server.peers) == 2

    run(test)


def test_a_request_on_a_new_connection_is_not_repeated(run: Run) -> None:
    async def test() -> None:
        async with serving(sending(then="close"), answering(b"too late")) as server:
            with pytest.raises(UpstreamUnavailable):
                await fetch(HttpClient(), server)
            assert len(server.peers) == 1

    run(test)


def test_a_second_connection_that_died_is_not_replaced_again(run: Run) -> None:
    async def dies_when_used_again(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(b"once"))
        await peer.request()
        peer.close()

    async def test() -> None:
        # With one connection only, a used one is what the waiting request gets.
        client = HttpClient(connections=1)
        async with serving(dies_when_used_again) as server:
            assert await fetch(client, server) == b"once"
            repeated = asyncio.ensure_future(fetch(client, server))
            await asyncio.sleep(0)
            assert await fetch(client, server) == b"once"
            with pytest.raises(UpstreamUnavailable):
                await repeated
            assert len(server.peers) == 2

    run(test)


def test_a_request_whose_answer_had_begun_is_never_repeated(run: Run) -> None:
    async def dies(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer())
        await peer.request()
        await peer.send(b"HTTP/1.1 2")
        peer.close()

    async def test() -> None:
        client = HttpClient()
        async with serving(dies) as server:
            await fetch(client, server)
            with pytest.raises(UpstreamCut):
                await fetch(client, server)
            assert len(server.peers) == 1

    run(test)


def test_a_connection_the_backend_closed_while_idle_is_not_tried(run: Run) -> None:
    async def closes(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(b"first"))
        peer.close()
        await peer.gone()

    async def test() -> None:
        client = HttpClient()
        async with serving(closes, answering(b"second")) as server:
            assert await fetch(client, server) == b"first"
            assert await server.done.get() == 0
            assert await fetch(client, server) == b"second"
            await client.close()

    run(test)


def test_an_exchange_that_was_closed_early_does_not_give_its_connection_back(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(sending(answer(b"x" * 10)[:-1]), answering(b"new")) as server:
            exchange = await client.post(
                server.endpoint(), PATH, BODY, timeouts=QUICK, stream=False
            )
            exchange.close()
            assert await fetch(client, server) == b"new"
            await client.close()
            assert len(server.peers) == 2

    run(test)


def test_an_old_exchange_cannot_touch_the_connection_of_a_new_one(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(answering(b"old", b"new")) as server:
            endpoint = server.endpoint()
            old = await client.post(endpoint, PATH, BODY, timeouts=QUICK, stream=True)
            assert await old.read(LIMIT) == b"old"
            old.close()
            new = await client.post(endpoint, PATH, BODY, timeouts=QUICK, stream=True)
            old.expect("stall", 0.0)
            old.close()
            assert await old.chunk() == b""
            assert await new.read(LIMIT) == b"new"
            new.close()
            await client.close()

    run(test)


def test_closing_the_client_drops_what_is_under_way(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(sending(answer(b"x" * 10)[:-1])) as server:
            exchange = await client.post(
                server.endpoint(), PATH, BODY, timeouts=QUICK, stream=False
            )
            await client.close()
            await server.done.get()
            with pytest.raises(UpstreamCut):
                await exchange.read(LIMIT)

    run(test)


def test_an_answer_compressed_against_our_wish_is_garbled(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        packed = answer(b"\x1f\x8b", headers=("content-encoding: gzip",))
        async with serving(sending(packed)) as server:
            with pytest.raises(UpstreamGarbled, match="gzip"):
                await fetch(client, server)
            await client.close()

    run(test)


def test_a_port_nobody_listens_on_is_unavailable_with_the_reason(run: Run) -> None:
    async def test() -> None:
        async with serving(answering()) as server:
            pass
        with pytest.raises(UpstreamUnavailable, match=r"127\.0\.0\.1.*cannot be reached"):
            await fetch(HttpClient(), server)

    run(test)


def test_a_secret_with_a_line_break_is_refused_and_not_repeated(run: Run) -> None:
    async def test() -> None:
        endpoint = Endpoint(
            base_url="http://127.0.0.1:1/v1", headers={"authorization": "Bearer s3cret\r\nx-y: 1"}
        )
        with pytest.raises(ConfigError) as caught:
            await HttpClient().post(endpoint, PATH, BODY, timeouts=QUICK, stream=False)
        assert "authorization" in str(caught.value)
        assert "s3cret" not in repr(caught.value) + str(caught.value.__context__)

    run(test)


def test_more_endpoints_than_are_remembered_still_work(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(answering(*[b"x"] * 1100)) as server:
            for _ in range(1100):
                assert await fetch(client, server) == b"x"
            assert len(client._plans) < 1100
            await client.close()
            assert len(server.peers) == 1

    run(test)
