"""Laws for every form of batch API that can be found, over a real socket.

`form` hands lines to a stand-in for each provider that says it takes them in that form.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from headgate.backends.batch_form import BatchForm, RemoteLine, RemoteState
from headgate.backends.client import HttpClient
from headgate.backends.provider import Provider
from headgate.backends.upstream import Upstream
from headgate.core.errors import UpstreamError
from headgate.core.plugins import load_all
from support.batch_provider import BatchProvider
from unit.backends.scripted_server import Peer, answer, serving

FORMS: Mapping[str, BatchForm] = load_all("headgate.backends.batch_forms", "FORM")
PROVIDERS: Mapping[str, Provider] = load_all("headgate.backends.providers", "PROVIDER")
TAKERS = sorted(name for name, each in PROVIDERS.items() if each.batch_form is not None)
# Those that providers publish: a file of 200 MB, and 256 MB in one request.
MOST_ENVELOPE_BYTES = 256
PUBLISHED: Mapping[str, tuple[int, int]] = {
    "openai": (50_000, 200_000_000),
    "anthropic": (100_000, 256_000_000),
}
NONSENSE = {
    "not json": b"no",
    "another kind": b"[]",
    "a wrong member": b'{"id":7,"custom_id":7,"data":7,"result":7}',
    "no members": b"{}",
    "not unicode": b'{"id":"\xff","custom_id":"\xff"}',
    "cut off": b'{"id":"a',
}


@pytest.fixture
def stand_in() -> Iterator[BatchProvider]:
    with BatchProvider() as stand_in:
        yield stand_in


def base(root: str, name: str) -> str:
    """The address that is configured for a provider, at another host."""
    return root + urlsplit(PROVIDERS[name].base_url or "").path.removeprefix("/openai")


def run(root: str, name: str, steps: Callable[[Upstream, BatchForm], Awaitable[None]]) -> None:
    async def inside() -> None:
        client, provider = HttpClient(), PROVIDERS[name]
        upstream = Upstream(provider, client, base_url=base(root, name), key="sk-x")
        try:
            await steps(upstream, FORMS[provider.batch_form or ""])
        finally:
            await client.close()

    asyncio.run(inside())


def line(number: int, text: str, **more: Any) -> RemoteLine:
    body = {"model": "m", "messages": [{"role": "user", "content": text}], **more}
    return RemoteLine(f"line-{number}", json.dumps(body).encode())


async def read(form: BatchForm, upstream: Upstream, state: RemoteState) -> list[tuple[str, int]]:
    return [(each.id, each.status) async for each in form.results(upstream, state)]


def test_every_form_is_used_and_every_one_that_is_named_is_there() -> None:
    assert {PROVIDERS[name].batch_form for name in TAKERS} == set(FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_no_batch_is_larger_than_the_provider_takes(name: str) -> None:
    """What stands around each line is not in `most_bytes`."""
    lines, size = PUBLISHED[name]
    form = FORMS[name]
    assert 0 < form.most_lines <= lines
    assert 0 < form.most_bytes + form.most_lines * MOST_ENVELOPE_BYTES <= size


@pytest.mark.parametrize("name", TAKERS)
def test_lines_arrive_as_they_are_and_come_back_once(stand_in: BatchProvider, name: str) -> None:
    stand_in.refuses["bad"] = 400
    stand_in.forgets.add("left")
    odd = 'two\nlines, "quotes", \u2028 and \r\n--headgate-batch-5f0c--\r\n'
    lines = [line(1, "good", n=1), line(2, "bad"), line(3, "left"), line(40_000, odd, x=None)]

    async def steps(upstream: Upstream, form: BatchForm) -> None:
        remote_id = await form.submit(upstream, "chat", lines, mark="b-1")
        assert list(stand_in.batches) == [remote_id]
        found = [(each["custom_id"], each["body"]) for each in stand_in.lines[remote_id]]
        assert found == [(each.id, json.loads(each.body)) for each in lines]
        state = await form.state(upstream, remote_id)
        results = await read(form, upstream, state)
        assert sorted(results) == [("line-1", 200), ("line-2", 400), ("line-40000", 200)]
        assert not stand_in.direct

    run(stand_in.root_url, name, steps)


@pytest.mark.parametrize("name", TAKERS)
def test_it_is_over_when_the_provider_says_so(stand_in: BatchProvider, name: str) -> None:
    stand_in.at_once = False

    async def steps(upstream: Upstream, form: BatchForm) -> None:
        remote_id = await form.submit(upstream, "chat", [line(1, "good")], mark="b-1")
        state = await form.state(upstream, remote_id)
        assert (state.is_over, state.places) == (False, ())
        assert await read(form, upstream, state) == []
        await form.cancel(upstream, remote_id)
        assert stand_in.batches[remote_id]["status"] == "cancelled"
        stand_in.finish()
        assert (await form.state(upstream, remote_id)).is_over

    run(stand_in.root_url, name, steps)


@pytest.mark.parametrize("name", TAKERS)
def test_what_is_found_by_a_mark_is_what_was_handed_over_with_it(
    stand_in: BatchProvider, name: str
) -> None:
    async def steps(upstream: Upstream, form: BatchForm) -> None:
        made = {
            mark: await form.submit(upstream, "chat", [line(1, mark)], mark=mark)
            for mark in ("b-1", "b-11", "c-1")
        }
        for mark, remote_id in made.items():
            assert await form.find(upstream, mark) in {remote_id, None}
        assert await form.find(upstream, "b") is None

    run(stand_in.root_url, name, steps)


@pytest.mark.parametrize("name", TAKERS)
def test_a_key_goes_where_it_is_configured_to_whatever_an_answer_says(
    stand_in: BatchProvider, name: str
) -> None:
    async def steps(upstream: Upstream, form: BatchForm) -> None:
        remote_id = await form.submit(upstream, "chat", [line(1, "good")], mark="b-1")
        elsewhere = dict.fromkeys(("results_url", "output_url", "url"), "http://192.0.2.1/x")
        stand_in.batches[remote_id].update(elsewhere)
        places = (await form.state(upstream, remote_id)).places
        assert places
        assert all(each.startswith("/") and not each.startswith("//") for each in places)

    run(stand_in.root_url, name, steps)


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.parametrize("name", TAKERS)
def test_nonsense_is_an_error_of_the_provider(name: str, said: bytes) -> None:
    async def talk(peer: Peer) -> None:
        while True:
            try:
                await peer.request()
            except asyncio.IncompleteReadError:
                return
            await peer.send(answer(said))

    async def inside(upstream: Upstream, form: BatchForm) -> None:
        over = RemoteState(is_over=True, places=("/results",))
        for call in (
            lambda: form.submit(upstream, "chat", [line(1, "good")], mark="b-1"),
            lambda: form.state(upstream, "x"),
            lambda: form.cancel(upstream, "x"),
            lambda: read(form, upstream, over),
        ):
            with pytest.raises(UpstreamError):
                await call()
        with suppress(UpstreamError):
            assert await form.find(upstream, "b-1") is None

    async def serve() -> None:
        async with serving(talk) as server:
            await asyncio.to_thread(run, f"http://127.0.0.1:{server.port}", name, inside)

    asyncio.run(serve())
