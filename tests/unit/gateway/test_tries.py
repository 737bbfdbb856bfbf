"""One try: drafts that nobody sees until they are given, and entries that are always closed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from headgate.core.errors import UpstreamCut, UpstreamRejected
from headgate.core.inbound import Operation
from headgate.gateway.attempts import Whole
from headgate.gateway.handle import Call
from headgate.gateway.job import Attempt, Job
from headgate.gateway.tries import Draft, draft_of
from headgate.wire.dialects.openai_chat import DIALECT
from support import behaviours as b
from support.answers import said
from support.gateways import Rig, box, config, gateway, rest_of
from support.upstream import Upstream

SEVEN = b.says(said("The answer is 7, and it was 7 all along"))
both = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
CHAT: Operation = "chat"


def run(upstream: Upstream, story: Callable[[Rig], Awaitable[None]]) -> None:
    async def told() -> None:
        async with gateway(config({"a": box(upstream)})) as rig:
            await story(rig)

    asyncio.run(told())


def job_of(rig: Rig, *, stream: bool) -> Job:
    text = '{"model": "chat", "stream": %s, "messages": [{"role": "user", "content": "Hi"}]}'
    body = (text % str(stream).lower()).encode()
    call = Call(operation=CHAT, dialect=DIALECT, body=body)
    prepared = rig.gateway.prepare(call)
    return rig.gateway.job(call, prepared, started_at=0.0, started=rig.clock.monotonic())


async def draft(rig: Rig, *, stream: bool, **more: Any) -> Draft:
    attempt = Attempt(job_of(rig, stream=stream), rig.target("a"), "m", role="member")
    return await draft_of(attempt, None, **more)


@both
def test_a_draft_is_read_whole_and_given_later(stream: bool) -> None:
    async def story(rig: Rig) -> None:
        made = await draft(rig, stream=stream)
        assert made.answer.choices[0].text == "The answer is 7, and it was 7 all along"
        assert [(e.role, e.outcome) for e in rig.recording.attempts] == [("member", "answered")]
        assert rig.recording.decisions == []
        reply = made.give()
        body = reply.body if isinstance(reply, Whole) else await rest_of(reply)
        assert b"all along" in body or b"along" in body
        assert [e.status for e in rig.recording.decisions] == ["answered"]
        assert len(rig.recording.attempts) == 1

    with Upstream(SEVEN) as a:
        run(a, story)


@both
def test_a_draft_that_is_dropped_ends_no_request(stream: bool) -> None:
    async def story(rig: Rig) -> None:
        (await draft(rig, stream=stream)).drop()
        assert rig.recording.decisions == []

    with Upstream(SEVEN) as a:
        run(a, story)


def test_a_client_that_leaves_a_given_draft_ends_the_request_as_cancelled() -> None:
    async def story(rig: Rig) -> None:
        relay = (await draft(rig, stream=True)).give()
        assert not isinstance(relay, Whole)
        relay.close()
        assert [e.status for e in rig.recording.decisions] == ["cancelled"]
        assert [e.outcome for e in rig.recording.attempts] == ["answered"]

    with Upstream(SEVEN) as a:
        run(a, story)


def test_a_beginning_is_read_and_the_rest_follows() -> None:
    async def story(rig: Rig) -> None:
        made = await draft(rig, stream=True, held_chars=3)
        assert len(made.answer.choices[0].text) >= 3
        relay = made.give()
        assert not isinstance(relay, Whole)
        assert b"[DONE]" in await rest_of(relay)
        assert [e.outcome for e in rig.recording.attempts] == ["answered"]

    with Upstream(SEVEN) as a:
        run(a, story)


@both
@pytest.mark.parametrize(
    ("fault", "error"), [(b.SERVER_ERROR, UpstreamRejected), (b.CUT, UpstreamCut)], ids=str
)
def test_a_failure_is_raised_for_whoever_asked(
    fault: b.Behaviour, error: type[Exception], stream: bool
) -> None:
    async def story(rig: Rig) -> None:
        attempt = Attempt(job_of(rig, stream=stream), rig.target("a"), "m", role="member")
        with pytest.raises(error) as raised:
            await draft_of(attempt, None)
        assert attempt.is_open
        attempt.fail(raised.value)  # type: ignore[arg-type]

    with Upstream(fault) as a:
        run(a, story)


@both
def test_a_try_that_is_cancelled_closes_its_entry(stream: bool) -> None:
    async def story(rig: Rig) -> None:
        task = asyncio.ensure_future(draft(rig, stream=stream))
        # A connection that nobody has taken yet would be left open by the stand-in.
        while rig.target("a").health.in_flight == 0 or a.connections_made == 0:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [e.outcome for e in rig.recording.attempts] == ["cancelled"]

    with Upstream(b.SILENT) as a:
        run(a, story)


@both
def test_readers_are_told_the_answer_once_the_client_has_it(stream: bool) -> None:
    async def story(rig: Rig) -> None:
        told: list[str] = []
        made = await draft(rig, stream=stream)
        made.attempt.job.readers += (lambda _, answer: told.append(answer.choices[0].text),)
        reply = made.give()
        if not isinstance(reply, Whole):
            assert told == []
            await rest_of(reply)
        assert told == ["The answer is 7, and it was 7 all along"]

    with Upstream(SEVEN) as a:
        run(a, story)
