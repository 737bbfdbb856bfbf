"""Bodies that are sent as they come, over real sockets."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from headgate.backends.client import HttpClient
from headgate.backends.exchange import Endpoint, Timeouts, Upload
from headgate.core.errors import Timeout, UpstreamError
from unit.backends.conftest import Run
from unit.backends.scripted_server import QUICK, Peer, Request, answer, serving

PIECES = (b"one ", b"", b"two ", b"three")
WHOLE = b"".join(PIECES)


async def pieces() -> AsyncIterator[bytes]:
    for piece in PIECES:
        yield piece
        await asyncio.sleep(0)


@pytest.mark.parametrize("length", [len(WHOLE), None])
def test_a_body_arrives_whole_whether_its_length_is_known_or_not(
    run: Run, length: int | None
) -> None:
    asked: list[Request] = []

    async def script(peer: Peer) -> None:
        asked.append(await peer.request())
        await peer.send(answer(b"got it"))
        await peer.gone()

    async def test() -> None:
        client = HttpClient()
        async with serving(script) as server:
            endpoint = Endpoint(base_url=f"http://127.0.0.1:{server.port}/v1")
            upload = Upload(pieces=pieces(), length=length, content_type="multipart/form-data; x")
            exchange = await client.send("POST", endpoint, "/files", timeouts=QUICK, upload=upload)
            assert (exchange.status, await exchange.read(100)) == (200, b"got it")
            exchange.close()
            await client.close()

    run(test)
    (request,) = asked
    assert (request.method, request.target, request.body) == ("POST", "/v1/files", WHOLE)
    assert request.headers["content-type"] == "multipart/form-data; x"


def test_what_the_pieces_raise_ends_the_request(run: Run) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"a"
        raise ValueError("the client left")

    async def script(peer: Peer) -> None:
        await peer.gone()

    async def test() -> None:
        client = HttpClient()
        async with serving(script) as server:
            endpoint = Endpoint(base_url=f"http://127.0.0.1:{server.port}/v1")
            upload = Upload(pieces=broken(), length=10)
            with pytest.raises((ValueError, UpstreamError)):
                await client.send("POST", endpoint, "/files", timeouts=QUICK, upload=upload)
            await client.close()

    run(test)


def test_a_refusal_that_comes_early_is_heard(run: Run) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(64 * 1024)

    async def script(peer: Peer) -> None:
        await peer.send(answer(b"too large", "413 Content Too Large"))
        await peer.gone()

    async def test() -> None:
        client = HttpClient()
        async with serving(script) as server:
            endpoint = Endpoint(base_url=f"http://127.0.0.1:{server.port}/v1")
            upload = Upload(pieces=endless(), length=None)
            exchange = await client.send("POST", endpoint, "/files", timeouts=QUICK, upload=upload)
            assert exchange.status == 413
            exchange.close()
            await client.close()

    run(test)


def test_a_backend_that_takes_nothing_is_left(run: Run) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1024 * 1024)

    async def test() -> None:
        given_up = asyncio.Event()

        async def script(peer: Peer) -> None:
            # Nobody reads: what the system does not hold stays with the sender.
            await given_up.wait()
            await peer.gone()

        client = HttpClient()
        async with serving(script) as server:
            endpoint = Endpoint(base_url=f"http://127.0.0.1:{server.port}/v1")
            limits = Timeouts(connect_s=5.0, first_token_s=5.0, stall_s=0.05, total_s=None)
            upload = Upload(pieces=endless(), length=None)
            with pytest.raises(Timeout) as caught:
                await client.send("POST", endpoint, "/files", timeouts=limits, upload=upload)
            assert caught.value.phase == "stall"
            await client.close()
            given_up.set()

    run(test)
