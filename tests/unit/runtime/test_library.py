"""Headgate as a library, against a real backend: the same behaviour as over HTTP."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from headgate import AsyncHeadgate, Headgate
from headgate.core.errors import (
    ConfigError,
    HeadgateError,
    InvalidRequest,
    NoTarget,
    QualityError,
    Timeout,
    UpstreamCut,
)
from support import behaviours as b
from support.upstream import Upstream

HI: list[dict[str, Any]] = [{"role": "user", "content": "Hi"}]
SAID = "Hello from the upstream, in five pieces."


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


def config(upstream: Upstream) -> dict[str, Any]:
    timeouts = {"first_token_s": 0.3, "stall_s": 0.3, "total_s": 0.5}
    target = {
        "backend": "openai_compatible",
        "base_url": upstream.base_url,
        "model": "m",
        "retries": 0,
    }
    return {
        "targets": {"box": target, "slow": {**target, "timeouts": timeouts}},
        "routes": {
            "chat": {"targets": ["box"], "privacy": {"labels": ["phi"]}},
            "hasty": {"targets": ["slow"]},
            "checked": {"targets": ["box"], "fallback": {"checks": ["empty"]}},
        },
    }


@pytest.fixture
def client(upstream: Upstream, nobodys_machine: Path) -> Iterator[Headgate]:
    upstream.use(b.OK)
    with Headgate(config(upstream)) as client:
        yield client


def text_of(chunks: list[Any]) -> str:
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


def test_a_chat_is_answered_and_says_where(client: Headgate) -> None:
    answer = client.chat.completions.create(messages=HI)
    assert answer.choices[0].message.content == SAID
    assert (answer.headgate.target, answer.headgate.attempts) == ("box", 1)
    assert answer.usage.prompt_tokens > 0


def test_a_stream_is_read_chunk_by_chunk_to_its_end(client: Headgate) -> None:
    stream = client.chat.completions.create(messages=HI, stream=True)
    assert stream.headgate.target == "box"
    assert text_of(list(stream)) == SAID
    assert list(stream) == []
    stream.close()


def test_leaving_a_stream_early_cancels_the_backend(client: Headgate, upstream: Upstream) -> None:
    upstream.use(b.CONTENT_THEN_SILENCE)
    before = len(upstream.aborted)
    with client.chat.completions.create(messages=HI, stream=True) as stream:
        assert next(iter(stream)).choices
    upstream.wait_for(lambda: len(upstream.aborted) > before, "abort")
    stream.close()


def test_texts_and_vectors_have_their_own_calls(client: Headgate) -> None:
    assert client.completions.create(prompt="Hi").choices[0].text
    assert len(client.embeddings.create(input="Hi").data[0].embedding) > 0


def test_extra_members_go_beside_the_others(client: Headgate, upstream: Upstream) -> None:
    client.chat.completions.create(messages=HI, seed=None, extra_body={"min_p": 0.1})
    assert upstream.requests[-1].json["min_p"] == 0.1
    assert "seed" not in upstream.requests[-1].json


def test_a_backend_that_is_too_slow_is_a_timeout(client: Headgate, upstream: Upstream) -> None:
    upstream.use(b.SILENT)
    with pytest.raises(Timeout) as slow:
        client.chat.completions.create(model="hasty", messages=HI)
    assert slow.value.decision_id is not None


def test_an_answer_that_fails_a_check_is_an_error_of_quality(
    client: Headgate, upstream: Upstream
) -> None:
    upstream.use(b.EMPTY)
    with pytest.raises(QualityError) as poor:
        client.chat.completions.create(model="checked", messages=HI)
    assert poor.value.problem == "empty"


@pytest.mark.parametrize("labels", [["phi"], "phi", ("x", "phi"), iter(["phi"])])
def test_a_label_keeps_a_request_local_however_it_is_given(
    client: Headgate, upstream: Upstream, labels: Any
) -> None:
    seen = len(upstream.requests)
    with pytest.raises(NoTarget) as nowhere:
        client.chat.completions.create(messages=HI, labels=labels)
    assert set(nowhere.value.reasons) == {"box"}
    assert len(upstream.requests) == seen


def test_a_stream_that_breaks_raises_after_what_was_read(
    client: Headgate, upstream: Upstream
) -> None:
    upstream.use(b.CUT)
    stream = client.chat.completions.create(messages=HI, stream=True)
    read: list[Any] = []
    with pytest.raises(UpstreamCut):
        read.extend(stream)
    assert text_of(read)


def test_a_wrong_request_is_an_error_and_the_client_still_works(client: Headgate) -> None:
    with pytest.raises(InvalidRequest):
        client.chat.completions.create(messages="Hi")
    with pytest.raises(TypeError, match="cannot be sent as JSON"):
        client.chat.completions.create(messages=[object()])
    assert client.chat.completions.create(messages=HI).choices


def test_a_dry_run_sends_nothing(client: Headgate, upstream: Upstream) -> None:
    seen = len(upstream.requests)
    prepared = client.decide(messages=HI)
    assert list(prepared.decision.order) == ["box"]
    assert not client.decide(messages=HI, labels="phi").decision.order
    assert len(upstream.requests) == seen


def test_a_recorded_request_is_explained(client: Headgate) -> None:
    answer = client.chat.completions.create(messages=HI)
    explanation = client.explain(answer.headgate.decision)
    assert explanation.recorded.served_by == "box"
    assert explanation.recorded.key_name == "library"
    assert explanation.matches


def test_calls_may_come_from_many_threads_at_once(client: Headgate) -> None:
    def ask(number: int) -> str:
        if number % 2:
            return str(client.chat.completions.create(messages=HI).choices[0].message.content)
        return text_of(list(client.chat.completions.create(messages=HI, stream=True)))

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(40))) == {SAID}


def test_closing_again_is_harmless_and_leaves_no_thread(upstream: Upstream) -> None:
    before = set(threading.enumerate())
    client = Headgate(config(upstream))
    client.close()
    client.close()
    with client:
        pass
    assert set(threading.enumerate()) == before


def test_a_client_that_cannot_be_built_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with pytest.raises(ConfigError, match="backend"):
        Headgate({"targets": {"box": {"backend": "vlm"}}})
    assert set(threading.enumerate()) == before


def test_a_configuration_may_be_a_path(upstream: Upstream, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(
        f"targets: {{box: {{backend: vllm, base_url: '{upstream.base_url}', model: m}}}}\n"
    )
    upstream.use(b.OK)
    for given in (path, str(path)):
        with Headgate(given) as client:
            assert client.chat.completions.create(messages=HI).headgate.target == "box"


def test_the_same_works_with_await(upstream: Upstream) -> None:
    upstream.use(b.OK)

    async def use() -> None:
        async with AsyncHeadgate(config(upstream)) as client:
            answer = await client.chat.completions.create(messages=HI)
            assert answer.choices[0].message.content == SAID
            async with await client.chat.completions.create(messages=HI, stream=True) as stream:
                assert text_of([chunk async for chunk in stream]) == SAID
            vectors = await client.embeddings.create(input="Hi")
            assert vectors.data[0].embedding
            assert (await client.decide(messages=HI)).decision.order
            explanation = await client.explain(answer.headgate.decision)
            assert explanation.recorded.id == answer.headgate.decision
            with pytest.raises(NoTarget):
                await client.chat.completions.create(messages=HI, labels="phi")
        await client.close()

    asyncio.run(use())


def test_leaving_an_async_stream_early_cancels_the_backend(upstream: Upstream) -> None:
    upstream.use(b.CONTENT_THEN_SILENCE)
    before = len(upstream.aborted)

    async def leave() -> None:
        async with AsyncHeadgate(config(upstream)) as client:
            async with await client.chat.completions.create(messages=HI, stream=True) as stream:
                async for _ in stream:
                    break
            await asyncio.to_thread(
                upstream.wait_for, lambda: len(upstream.aborted) > before, "abort"
            )

    asyncio.run(leave())


def test_a_stream_nobody_has_read_can_be_left_too(upstream: Upstream) -> None:
    upstream.use(b.CONTENT_THEN_SILENCE)
    before = len(upstream.aborted)

    async def leave() -> None:
        async with AsyncHeadgate(config(upstream)) as client:
            stream = await client.chat.completions.create(messages=HI, stream=True)
            await stream.close()
            await asyncio.to_thread(
                upstream.wait_for, lambda: len(upstream.aborted) > before, "abort"
            )

    asyncio.run(leave())


def test_a_cancelled_call_cancels_the_backend(upstream: Upstream) -> None:
    upstream.use(b.SILENT)
    before, seen = len(upstream.aborted), len(upstream.requests)

    async def cancel() -> None:
        async with AsyncHeadgate(config(upstream)) as client:
            call = asyncio.ensure_future(client.chat.completions.create(messages=HI))
            await asyncio.to_thread(upstream.wait_requests, seen + 1)
            call.cancel()
            await asyncio.to_thread(
                upstream.wait_for, lambda: len(upstream.aborted) > before, "abort"
            )

    asyncio.run(cancel())


def test_calls_on_a_closed_client_are_refused_and_build_nothing(
    upstream: Upstream, nobodys_machine: Path
) -> None:
    async def ask_after_closing() -> None:
        client = AsyncHeadgate(config(upstream))
        await client.close()
        with pytest.raises(HeadgateError, match="this client is closed"):
            await client.chat.completions.create(model="chat", messages=HI)

    asyncio.run(ask_after_closing())


def test_first_calls_side_by_side_share_one_runtime(
    upstream: Upstream, nobodys_machine: Path
) -> None:
    upstream.use(b.OK)

    async def open_twice() -> None:
        async with AsyncHeadgate(config(upstream)) as client:
            first, second = await asyncio.gather(client.open(), client.open())
            assert first is second

        fresh = AsyncHeadgate(config(upstream))
        first, second = await asyncio.gather(fresh.open(), fresh.open())
        assert first is second
        await fresh.close()

    asyncio.run(open_twice())
