"""What a cascade, a judge and a hedge must not get around: a route's checks, a target's slots."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import pytest

from headgate.gateway.attempts import Whole
from support import behaviours as b
from support.answers import said
from support.behaviours import Behaviour
from support.gateways import Rig, box, gateway, rest_of
from support.upstream import Upstream

both = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
FINE = b.says(said("a fine answer in some words"))
ENDLESS = b.says(said("it begins well " + "again and again " * 60))
ONE_SLOT = {"capacity": {"max_concurrency": 1}}


class Counted:
    """Counts who is there at once; holds everybody back a little."""

    def __init__(self, seconds: float, then: Behaviour) -> None:
        self.now = self.most = 0
        self.behaviour = b.Behaviour("counted", self._respond)
        self._seconds, self._then = seconds, then

    async def _respond(self, reply: Any) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await reply.pause(self._seconds)
            await self._then.respond(reply)
        finally:
            self.now -= 1


def run(
    behaviours: dict[str, Behaviour],
    route: dict[str, Any],
    story: Callable[[Rig], Awaitable[None]],
    limits: dict[str, dict[str, Any]] | None = None,
) -> None:
    async def told() -> None:
        targets = {n: box(u, retries=0, **(limits or {}).get(n, {})) for n, u in upstreams.items()}
        config = {"targets": targets, "routes": {"chat": route}, "ledger": {"enabled": False}}
        async with gateway(config) as rig:
            await story(rig)

    with ExitStack() as stack:
        upstreams = {n: stack.enter_context(Upstream(each)) for n, each in behaviours.items()}
        asyncio.run(told())


async def ask(rig: Rig, *, stream: bool = False) -> None:
    reply = await rig.send(stream=stream)
    if not isinstance(reply, Whole):
        await rest_of(reply)


def roles(rig: Rig) -> list[tuple[str, str]]:
    return [(each.target, each.role) for each in rig.recording.attempts]


@both
def test_a_single_answer_that_checks_alone_decide_over_is_served(stream: bool) -> None:
    async def story(rig: Rig) -> None:
        await ask(rig, stream=stream)
        assert roles(rig) == [("m", "member")]
        assert rig.recording.decisions[0].served_by == "m"

    route = {"targets": ["m", "strong"], "cascade": {"members": ["m"], "hold": 10}}
    run({"m": FINE, "strong": b.OK}, route, story)


@both
@pytest.mark.parametrize(
    ("cascade", "behaviour", "check"),
    [
        pytest.param(
            {"members": ["m", "o"], "agree": 2, "checks": ["empty"]}, b.REFUSAL, "refusal", id="all"
        ),
        pytest.param({"members": ["m"], "hold": 10}, ENDLESS, "repetition", id="a beginning"),
    ],
)
def test_checks_of_the_route_hold_for_cheap_answers(
    stream: bool, cascade: dict[str, Any], behaviour: Behaviour, check: str
) -> None:
    async def story(rig: Rig) -> None:
        await ask(rig, stream=stream)
        assert rig.recording.decisions[0].served_by == "strong"

    route = {
        "targets": ["m", "o", "strong"],
        "cascade": cascade,
        "fallback": {"checks": [check], "hold_stream": True},
    }
    run({"m": behaviour, "o": behaviour, "strong": FINE}, route, story)


@both
def test_hedges_do_not_fill_more_slots_than_there_are(stream: bool) -> None:
    second = Counted(0.1, FINE)

    async def story(rig: Rig) -> None:
        await asyncio.gather(*(ask(rig, stream=stream) for _ in range(5)))
        assert (second.most, roles(rig).count(("z", "hedge"))) == (1, 1)

    route = {"targets": ["a", "z"], "hedge": {"after_ms": 20, "max_share": 1}}
    first = Counted(0.4, FINE).behaviour
    run({"a": first, "z": second.behaviour}, route, story, {"z": ONE_SLOT})


def test_a_judge_that_is_busy_is_not_asked_where_requests_may_wait() -> None:
    judge = Counted(0.2, b.says(said('{"score": 0.9}')))
    prose = ("Some say that it is the number of everything", "The tables of Babylon were of clay")

    async def story(rig: Rig) -> None:
        await asyncio.gather(*(ask(rig) for _ in range(4)))
        assert judge.most == 1

    route = {
        "targets": ["m", "o", "strong"],
        "wait": {"max_ms": 5000},
        "cascade": {"members": ["m", "o"], "judge": {"target": "judge", "when": "always"}},
    }
    answers = {name: b.says(said(text)) for name, text in zip("mo", prose, strict=True)}
    behaviours = {**answers, "strong": FINE, "judge": judge.behaviour}
    room = {"capacity": {"max_concurrency": 8}}
    run(behaviours, route, story, {"judge": ONE_SLOT, "m": room})
