"""Copies of requests: after the answer, within the rules, a few at a time, for nobody to see."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from headgate.gateway.mirror import Mirrors
from support import behaviours as b
from support.answers import said
from support.gateways import Rig, box, cloud, gateway, rest_of
from support.upstream import Upstream

both = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


@dataclass
class Lessons:
    """Keeps what it is taught."""

    learnt: list[tuple[str, str, float, str]] = field(default_factory=list)

    def learn(self, decision_id: str, kind: str, value: float, *, target: str) -> None:
        self.learnt.append((decision_id, kind, round(value, 6), target))


def run(data: dict[str, object], story: Callable[[Rig], Awaitable[None]]) -> None:
    async def told() -> None:
        async with gateway(data) as rig:
            await story(rig)

    asyncio.run(told())


def data(a: Upstream, copied: Any, judge: Upstream | None = None, **route: Any) -> dict[str, Any]:
    """Route `chat` over `a`, with copies of everything to `new`."""
    targets = {"a": box(a), "new": copied}
    mirror: dict[str, Any] = {"target": "new", "share": 1}
    if judge is not None:
        targets["judge"] = box(judge)
        mirror["judge"] = "judge"
    return {
        "targets": targets,
        "routes": {"chat": {"targets": ["a"], "mirror": [mirror], **route}},
        "ledger": {"enabled": False},
    }


def mirrors(rig: Rig) -> Mirrors:
    found = rig.gateway.sender.mirrors
    assert found is not None
    return found


async def settled(rig: Rig) -> None:
    """Every copy is done."""
    await asyncio.gather(*mirrors(rig).running)


@both
def test_a_copy_follows_the_answer(stream: bool) -> None:
    async def story(rig: Rig) -> None:
        reply = await rig.send(stream=stream)
        if stream:
            assert mirrors(rig).running == set()
            await rest_of(reply)  # type: ignore[arg-type]
        [decision] = rig.recording.decisions
        assert (decision.served_by, decision.status) == ("a", "answered")
        await settled(rig)
        served, copy = rig.recording.attempts
        assert (served.target, served.role, served.outcome) == ("a", "serve", "answered")
        assert (copy.target, copy.role, copy.outcome) == ("new", "mirror", "answered")
        assert copy.decision_id == decision.id
        assert copy.usage is not None

    with Upstream() as a, Upstream() as new:
        run(data(a, box(new)), story)
        sent = [dict(each.requests[0].json) for each in (a, new)]
        assert sent[0] == sent[1]


def test_what_only_mirrors_serves_nobody() -> None:
    async def story(rig: Rig) -> None:
        await rig.refusal()
        await settled(rig)
        assert {each.target for each in rig.recording.attempts} == {"a"}
        assert "mirror" in rig.recording.decisions[0].vetoed_by

    with Upstream(b.SERVER_ERROR) as a, Upstream() as new:
        run(data(a, box(new)), story)
        assert new.requests == []


def test_a_private_request_is_not_copied_to_where_it_may_not_go() -> None:
    async def story(rig: Rig) -> None:
        await rig.ask(labels=frozenset({"phi"}))
        await settled(rig)
        assert [each.target for each in rig.recording.attempts] == ["a"]
        await rig.ask()
        await settled(rig)
        assert [each.target for each in rig.recording.attempts] == ["a", "a", "new"]

    with Upstream() as a, Upstream() as new:
        run(data(a, cloud(new), privacy={"labels": ["phi"]}), story)
        assert len(new.requests) == 1


@both
def test_a_judge_compares_the_copy_with_the_answer(stream: bool) -> None:
    lessons = Lessons()

    async def story(rig: Rig) -> None:
        mirrors(rig).lessons = lessons
        reply = await rig.send(stream=stream)
        if stream:
            await rest_of(reply)  # type: ignore[arg-type]
        await settled(rig)
        notes = [each.note for each in rig.recording.attempts if each.role == "judge"]
        assert notes == ["0.40 for the answer of `a`", "0.90 for the answer of `new`"]
        assert lessons.learnt == [(rig.recording.decisions[0].id, "mirror", 0.5, "new")]

    scores = [b.says(said(f'{{"score": {score}}}')) for score in (0.4, 0.9)]
    with Upstream() as a, Upstream() as new, Upstream(*scores) as judge:
        run(data(a, box(new), judge), story)


@pytest.mark.parametrize("fault", [b.SERVER_ERROR, b.CUT, b.MALFORMED, b.REFUSED], ids=str)
def test_a_copy_that_fails_harms_nobody(fault: b.Behaviour) -> None:
    async def story(rig: Rig) -> None:
        await rig.ask()
        await settled(rig)
        assert [(each.role, each.outcome == "answered") for each in rig.recording.attempts] == [
            ("serve", True),
            ("mirror", False),
        ]

    with Upstream() as a, Upstream(fault) as new:
        run(data(a, box(new)), story)


def test_a_few_run_at_a_time_and_stopping_drops_them() -> None:
    async def story(rig: Rig) -> None:
        mirrors(rig).most_at_once = 2
        for _ in range(4):
            await rig.ask()
        assert len(mirrors(rig).running) == 2
        while len(rig.recording.attempts) < 4 and rig.target("new").health.in_flight < 2:
            await asyncio.sleep(0)
        await mirrors(rig).stop()
        assert mirrors(rig).running == set()
        assert [each.outcome for each in rig.recording.attempts] == ["answered"] * 4 + [
            "cancelled"
        ] * 2
        await rig.ask()
        assert mirrors(rig).running == set()

    with Upstream() as a, Upstream(b.SILENT) as new:
        run(data(a, box(new)), story)


def test_a_share_of_requests_is_copied() -> None:
    async def story(rig: Rig) -> None:
        for _ in range(200):
            await rig.ask()
            await settled(rig)
        copied = sum(each.role == "mirror" for each in rig.recording.attempts)
        assert 20 < copied < 60

    with Upstream() as a, Upstream() as new:
        asked = data(a, box(new))
        asked["routes"]["chat"]["mirror"][0]["share"] = 0.2
        run(asked, story)
