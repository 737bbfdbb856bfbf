"""Reading what providers say of their batches; both forms, over real sockets."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from headgate.backends.batch_form import RemoteLine, in_one_piece, read_json, read_lines
from headgate.backends.client import HttpClient
from headgate.backends.registry import provider
from headgate.backends.upstream import Upstream
from headgate.core.errors import UpstreamGarbled, UpstreamRejected
from headgate.core.plugins import load_all, names
from support.batch_provider import BatchProvider

FORMS = "headgate.backends.batch_forms"
ROOTS = {"openai": "/v1", "anthropic": ""}


@pytest.fixture
def stand_in() -> Iterator[BatchProvider]:
    with BatchProvider() as stand_in:
        yield stand_in


def run(stand_in: BatchProvider, name: str, steps: Callable[[Upstream], Awaitable[None]]) -> None:
    async def inside() -> None:
        client = HttpClient()
        url = stand_in.root_url + ROOTS[name]
        try:
            await steps(Upstream(provider(name), client, base_url=url, key="sk-x"))
        finally:
            await client.close()

    asyncio.run(inside())


def line(number: int, text: str) -> RemoteLine:
    body = b'{"model":"m","messages":[{"role":"user","content":"%b"}]}' % text.encode()
    return RemoteLine(f"line-{number}", body)


def test_every_form_is_a_providers() -> None:
    assert set(names(FORMS)) == set(ROOTS)


@pytest.mark.parametrize("name", ROOTS)
def test_a_form_hands_over_looks_and_reads(stand_in: BatchProvider, name: str) -> None:
    form = load_all(FORMS, "FORM")[name]
    stand_in.at_once = False
    stand_in.refuses["bad"] = 400
    stand_in.forgets.add("left")

    async def steps(upstream: Upstream) -> None:
        lines = [line(1, "good"), line(2, "bad"), line(3, "left")]
        remote_id = await form.submit(upstream, "chat", lines, mark="m-1")
        assert not (await form.state(upstream, remote_id)).is_over
        found = await form.find(upstream, "m-1")
        assert found == (remote_id if name == "openai" else None)
        assert await form.find(upstream, "m-2") is None
        stand_in.finish()
        state = await form.state(upstream, remote_id)
        assert state.is_over
        results = {each.id: each.status async for each in form.results(upstream, state)}
        assert results == {"line-1": 200, "line-2": 400}
        await form.cancel(upstream, remote_id)

    run(stand_in, name, steps)


@pytest.mark.parametrize("name", ROOTS)
def test_garbled_results_are_an_error(stand_in: BatchProvider, name: str) -> None:
    form = load_all(FORMS, "FORM")[name]

    async def steps(upstream: Upstream) -> None:
        remote_id = await form.submit(upstream, "chat", [line(1, "good")], mark="m")
        state = await form.state(upstream, remote_id)
        stand_in.files = dict.fromkeys(stand_in.files, b"{}\n")
        stand_in.message_results = lambda _: b"[]\n"  # type: ignore[method-assign]
        with pytest.raises(UpstreamGarbled, match="in a batch's results"):
            async for _ in form.results(upstream, state):
                pass

    run(stand_in, name, steps)


def test_lines_and_documents_are_read_and_others_refused(stand_in: BatchProvider) -> None:
    async def steps(upstream: Upstream) -> None:
        stand_in.files["a"] = b"one\n\ntwo\n" + b"x" * 100_000
        found = [each async for each in read_lines(upstream, "/files/a/content")]
        assert [len(each) for each in found] == [3, 3, 100_000]
        stand_in.files["a"] = b"[]"
        with pytest.raises(UpstreamGarbled, match="in its batch API"):
            await read_json(upstream, "/files/a/content", RemoteLine)
        with pytest.raises(UpstreamRejected):
            await read_json(upstream, "/nowhere", RemoteLine)

    run(stand_in, "openai", steps)


def test_a_body_that_is_here_whole_has_its_length() -> None:
    async def pieces() -> list[bytes]:
        return [piece async for piece in in_one_piece(b"abc", "text/plain").pieces]

    assert asyncio.run(pieces()) == [b"abc"]
    assert in_one_piece(b"abc", "text/plain").length == 3
