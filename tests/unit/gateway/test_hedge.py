"""A second target beside a slow first: who answers, who is cancelled, and what it may cost."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from headgate.core.errors import UpstreamError
from headgate.gateway.attempts import Whole
from support import behaviours as b
from support.answers import said
from support.gateways import Rig, box, cloud, config, gateway, rest_of
from support.upstream import Upstream

AT_ONCE = {"after_ms": 1, "max_share": 1}
MINE, YOURS = b.says(said("from a")), b.says(said("from z"))
both = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


def late(seconds: float, behaviour: b.Behaviour = b.OK) -> b.Behaviour:
    """Nothing at all comes before."""

    async def respond(reply: Any) -> None:
        await reply.pause(seconds)
        await behaviour.respond(reply)

    return b.Behaviour(f"{behaviour} after {seconds} s", respond)


def run(data: dict[str, object], story: Callable[[Rig], Awaitable[None]]) -> None:
    async def told() -> None:
        async with gateway(data) as rig:
            await story(rig)

    asyncio.run(told())


async def answer(rig: Rig, *, stream: bool, **more: Any) -> str:
    """All that the client gets."""
    reply = await rig.send(stream=stream, **more)
    body = reply.body if isinstance(reply, Whole) else await rest_of(reply)
    return body.decode()


def roles(rig: Rig) -> list[tuple[str, str, str]]:
    return sorted((each.target, each.role, each.outcome) for each in rig.recording.attempts)


@both
def test_the_second_answers_for_a_slow_first_which_is_cancelled(stream: bool) -> None:
    async def story(rig: Rig) -> None:
        assert "from" in await answer(rig, stream=stream)
        assert roles(rig) == [("a", "serve", "cancelled"), ("z", "hedge", "answered")]
        [decision] = rig.recording.decisions
        assert (decision.served_by, decision.status, decision.attempts) == ("z", "answered", 2)
        assert decision.verdict == "`z`, asked beside a slow first target, began earlier"

    with Upstream(b.SILENT) as a, Upstream(YOURS) as z:
        run(config({"a": box(a), "z": box(z)}, hedge=AT_ONCE), story)
        a.wait_aborted()


@both
def test_the_first_answers_when_it_begins_earlier_than_the_second(stream: bool) -> None:
    async def story(rig: Rig) -> None:
        await answer(rig, stream=stream)
        assert roles(rig) == [("a", "serve", "answered"), ("z", "hedge", "cancelled")]
        assert rig.recording.decisions[0].served_by == "a"
        assert rig.recording.decisions[0].verdict is None

    with Upstream(late(0.05)) as a, Upstream(b.SILENT) as z:
        run(config({"a": box(a), "z": box(z)}, hedge=AT_ONCE), story)


def test_a_first_in_time_is_left_alone() -> None:
    async def story(rig: Rig) -> None:
        await rig.ask()
        assert roles(rig) == [("a", "serve", "answered")]

    with Upstream(MINE) as a, Upstream(YOURS) as z:
        run(config({"a": box(a), "z": box(z)}, hedge={"after_ms": 5000, "max_share": 1}), story)


@both
def test_a_first_that_fails_before_its_time_falls_back_as_ever(stream: bool) -> None:
    async def story(rig: Rig) -> None:
        await answer(rig, stream=stream)
        assert roles(rig) == [("a", "serve", "rejected"), ("z", "serve", "answered")]

    with Upstream(b.SERVER_ERROR) as a, Upstream(YOURS) as z:
        hedge = {"after_ms": 5000, "max_share": 1}
        run(config({"a": box(a, retries=0), "z": box(z)}, hedge=hedge), story)


@both
def test_a_second_that_fails_does_not_end_the_first(stream: bool) -> None:
    async def story(rig: Rig) -> None:
        await answer(rig, stream=stream)
        assert roles(rig) == [("a", "serve", "answered"), ("z", "hedge", "rejected")]

    with Upstream(late(0.05)) as a, Upstream(b.SERVER_ERROR) as z:
        run(config({"a": box(a), "z": box(z)}, hedge=AT_ONCE), story)


def test_where_both_fail_the_next_target_is_tried_and_none_twice() -> None:
    async def story(rig: Rig) -> None:
        whole = await rig.ask()
        assert whole.attempt.target.name == "n"
        assert [each.target for each in rig.recording.attempts] == ["z", "a", "n"]

    with (
        Upstream(late(0.05, b.SERVER_ERROR)) as a,
        Upstream(b.SERVER_ERROR) as z,
        Upstream(b.OK) as n,
    ):
        targets = {"a": box(a, retries=0), "z": box(z), "n": box(n)}
        run(config(targets, hedge=AT_ONCE), story)


def test_a_refused_target_is_not_asked_beside_the_first() -> None:
    async def story(rig: Rig) -> None:
        await rig.ask(labels=frozenset({"phi"}))
        assert roles(rig) == [("a", "serve", "answered")]

    with Upstream(late(0.05)) as a, Upstream(YOURS) as z:
        privacy = {"labels": ["phi"]}
        run(config({"a": box(a), "z": cloud(z)}, hedge=AT_ONCE, privacy=privacy), story)
        assert z.requests == []


@pytest.mark.parametrize(
    ("price", "is_asked"),
    [
        pytest.param({"input_usd_per_mtok": 1, "output_usd_per_mtok": 1}, True, id="cheap"),
        pytest.param({"input_usd_per_mtok": 1, "output_usd_per_mtok": 1e6}, False, id="dear"),
        pytest.param(None, False, id="of unknown price"),
    ],
)
def test_money_bounds_the_second(price: dict[str, float] | None, is_asked: bool) -> None:
    async def story(rig: Rig) -> None:
        await rig.ask()
        assert [each.role for each in rig.recording.attempts if each.target == "z"] == (
            ["hedge"] if is_asked else []
        )

    with Upstream(late(0.1)) as a, Upstream(YOURS) as z:
        second = cloud(z) if price is None else cloud(z, price=price)
        run(config({"a": box(a), "z": second}, hedge={**AT_ONCE, "max_usd": 0.01}), story)


def test_a_share_of_requests_is_hedged_and_no_more() -> None:
    async def story(rig: Rig) -> None:
        for _ in range(4):
            await rig.ask()
        assert [each.role for each in rig.recording.attempts].count("hedge") == 2

    with Upstream(late(0.03)) as a, Upstream(YOURS) as z:
        run(config({"a": box(a), "z": box(z)}, hedge={"after_ms": 1, "max_share": 0.5}), story)


@pytest.mark.parametrize(("stream", "is_hedged"), [(True, True), (False, False)])
def test_p95_is_of_streams_and_hedges_streams(stream: bool, is_hedged: bool) -> None:
    async def story(rig: Rig) -> None:
        speeds = rig.target("a").speeds
        speeds.started(rig.clock.seconds, 2.0, model="m", input_tokens=10, cached_tokens=0)
        await answer(rig, stream=stream)
        assert ("z" in [each.target for each in rig.recording.attempts]) == is_hedged

    with Upstream(late(0.1)) as a, Upstream(YOURS) as z:
        hedge = {"after": "p95", "max_share": 1}
        run(config({"a": box(a), "z": box(z)}, hedge=hedge), story)


def test_without_a_measured_first_nobody_can_tell_what_is_slow() -> None:
    async def story(rig: Rig) -> None:
        await answer(rig, stream=True)
        assert roles(rig) == [("a", "serve", "answered")]

    with Upstream(late(0.05)) as a, Upstream(YOURS) as z:
        run(config({"a": box(a), "z": box(z)}, hedge={"after": "p95", "max_share": 1}), story)


def test_the_error_of_the_first_to_fail_is_told() -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal()
        assert isinstance(error, UpstreamError)
        assert rig.recording.decisions[0].status == "failed"

    with Upstream(late(0.05, b.SERVER_ERROR)) as a, Upstream(b.SERVER_ERROR) as z:
        run(config({"a": box(a, retries=0), "z": box(z)}, hedge=AT_ONCE), story)
