"""Counting tokens: by a backend where one can and may, else by our own estimate."""

import asyncio
import json
from typing import Any

import pytest

from headgate.core.errors import InvalidRequest, ModelNotFound, UpstreamRejected
from headgate.gateway.attempts import Whole
from headgate.gateway.count_tokens import Estimated, TokenCounter
from headgate.gateway.handle import Call
from headgate.wire.dialects.anthropic import DIALECT
from support import behaviours as b
from support.gateways import Rig, box, cloud, config, gateway
from support.upstream import Upstream

ASKED: dict[str, Any] = {"model": "chat", "messages": [{"role": "user", "content": "Hi"}]}


def own(upstream: Upstream, **more: Any) -> dict[str, Any]:
    """A target that counts tokens itself."""
    place = {"backend": "anthropic", "base_url": upstream.root_url, "auth": "none"}
    return {**place, "model": "claude-m", "retries": 0, **more}


async def count(rig: Rig, labels: frozenset[str] = frozenset(), **more: Any) -> Whole | Estimated:
    body = json.dumps({**ASKED, **more}).encode()
    call = Call(operation="count_tokens", dialect=DIALECT, body=body, labels=labels)
    reply = await TokenCounter(rig.gateway).handle(call)
    assert isinstance(reply, Whole | Estimated)
    return reply


def counted(reply: Whole | Estimated) -> int:
    tokens: int = json.loads(reply.body)["input_tokens"]
    return tokens


def test_a_backend_of_the_same_api_counts_and_nothing_is_charged() -> None:
    async def test() -> None:
        with Upstream() as upstream:
            async with gateway(config({"own": own(upstream)})) as rig:
                reply = await count(rig)
                assert isinstance(reply, Whole)
                assert counted(reply) == 12
                (entry,) = rig.recording.attempts
                assert entry.outcome == "answered"
                assert entry.usage is not None
                assert entry.usage.input_tokens == entry.usage.output_tokens == 0
                (sent,) = upstream.requests
                assert sent.json == {**ASKED, "model": "claude-m"}

    asyncio.run(test())


def test_the_first_target_that_can_count_is_asked() -> None:
    async def test() -> None:
        with Upstream() as plain, Upstream() as upstream:
            targets = {"plain": cloud(plain), "own": own(upstream)}
            async with gateway(config(targets)) as rig:
                reply = await count(rig)
                assert isinstance(reply, Whole)
                assert reply.attempt.target.name == "own"
                assert plain.requests == []

    asyncio.run(test())


def test_where_no_target_counts_it_is_estimated_and_nothing_is_sent_or_recorded() -> None:
    async def test() -> None:
        with Upstream() as upstream:
            async with gateway(config({"box": box(upstream)})) as rig:
                short, long = await count(rig), await count(rig, system="word " * 400)
                assert isinstance(short, Estimated)
                assert counted(long) - counted(short) == pytest.approx(500, abs=10)
                assert upstream.requests == []
                assert rig.recording.decisions == rig.recording.attempts == []

    asyncio.run(test())


def test_what_may_not_leave_is_not_sent_to_be_counted() -> None:
    async def test() -> None:
        with Upstream() as upstream:
            routed = config({"own": own(upstream)})
            async with gateway(routed) as rig:
                reply = await count(rig, frozenset({"phi"}))
                assert isinstance(reply, Estimated)
                assert upstream.requests == []

    asyncio.run(test())


def test_a_backend_that_fails_is_not_papered_over_by_an_estimate() -> None:
    async def test() -> None:
        with Upstream(b.BAD_REQUEST) as upstream:
            async with gateway(config({"own": own(upstream)})) as rig:
                with pytest.raises(UpstreamRejected):
                    await count(rig)

    asyncio.run(test())


def test_a_bad_request_is_refused() -> None:
    async def test() -> None:
        with Upstream() as upstream:
            async with gateway(config({"own": own(upstream)})) as rig:
                with pytest.raises(InvalidRequest, match="messages"):
                    await count(rig, messages=[])
                with pytest.raises(ModelNotFound):
                    await count(rig, model="none")
                assert TokenCounter(rig.gateway).clock is rig.clock

    asyncio.run(test())
