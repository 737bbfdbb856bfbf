"""Cheap answers first: when they are served, when not, and what is not even asked."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from headgate.gateway.attempts import Whole
from headgate.gateway.handle import Call
from support import behaviours as b
from support.answers import said
from support.behaviours import Behaviour
from support.gateways import Rig, box, cloud, gateway, rest_of
from support.upstream import Upstream

SEVEN, EIGHT = b.says(said("The answer is 7")), b.says(said("The answer is 8"))
DEAR = b.says(said("It is 7"))
both = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


@dataclass
class Lessons:
    """Keeps what it is taught."""

    learnt: list[tuple[str, float, str]] = field(default_factory=list)

    def learn(self, decision_id: str, kind: str, value: float, *, target: str) -> None:
        self.learnt.append((kind, value, target))


@dataclass
class Case:
    """A gateway over members `a`, `b` and a strong `s`."""

    rig: Rig
    upstreams: dict[str, Upstream]

    async def answer(self, *, stream: bool = False, **more: Any) -> str:
        reply = await self.rig.send(stream=stream, **more)
        return (reply.body if isinstance(reply, Whole) else await rest_of(reply)).decode()

    @property
    def verdict(self) -> str:
        return self.rig.recording.decisions[-1].verdict or ""

    @property
    def served_by(self) -> str | None:
        return self.rig.recording.decisions[-1].served_by

    def roles(self) -> list[tuple[str, str, str]]:
        return sorted((e.target, e.role, e.outcome) for e in self.rig.recording.attempts)


def tell(
    story: Callable[[Case], Awaitable[None]],
    behaviours: tuple[Behaviour, Behaviour, Behaviour],
    cascade: dict[str, Any] | None = None,
    **route: Any,
) -> dict[str, Upstream]:
    """Run `story`; members are `a` and `b` unless `cascade` says otherwise."""
    targets = route.pop("made", {})

    async def told(upstreams: dict[str, Upstream]) -> None:
        made = {"a": box, "b": box, "s": cloud, **targets}
        wanted = {"members": ["a", "b"], **(cascade or {"agree": 2})}
        config = {
            "targets": {name: made[name](each) for name, each in upstreams.items()},
            "routes": {"chat": {"targets": ["a", "b", "s"], "cascade": wanted, **route}},
            "ledger": {"enabled": False},
        }
        async with gateway(config) as rig:
            await story(Case(rig, upstreams))

    with ExitStack() as stack:
        pairs = zip("abs", behaviours, strict=True)
        upstreams = {name: stack.enter_context(Upstream(each)) for name, each in pairs}
        asyncio.run(told(upstreams))
        return upstreams


@both
def test_the_first_member_of_those_that_agree_is_served_whoever_is_faster(stream: bool) -> None:
    async def story(case: Case) -> None:
        for _ in range(10):
            await case.answer(stream=stream)
            assert case.served_by == "a"

    tell(story, (SEVEN, b.says(said("7")), DEAR))


@both
def test_time_that_is_up_escalates_and_cancels_who_still_thinks(stream: bool) -> None:
    async def story(case: Case) -> None:
        await case.answer(stream=stream)
        assert case.served_by == "s"
        assert case.roles() == [
            ("a", "member", "answered"),
            ("b", "member", "cancelled"),
            ("s", "serve", "answered"),
        ]
        assert case.verdict.endswith("; time was up")

    tell(story, (SEVEN, b.SILENT, DEAR), {"agree": 2, "max_added_ms": 100})


@both
def test_who_is_late_is_cancelled_once_enough_agree(stream: bool) -> None:
    async def story(case: Case) -> None:
        await case.answer(stream=stream)
        assert (case.served_by, case.verdict[:8]) == ("a", "accepted")
        assert ("s", "member", "cancelled") in case.roles()

    tell(story, (SEVEN, SEVEN, b.SILENT), {"members": ["a", "b", "s"], "agree": 2})


def test_who_could_not_help_any_more_is_not_waited_for() -> None:
    async def story(case: Case) -> None:
        await case.answer()
        assert ("s", "member", "cancelled") in case.roles()

    behaviours = (SEVEN, EIGHT, b.SILENT)
    tell(story, behaviours, {"members": ["a", "b", "s"], "agree": 3, "max_added_ms": 4000})


def test_both_agreement_and_trust_must_hold_where_both_are_asked_for() -> None:
    async def story(case: Case) -> None:
        await case.answer()
        assert case.served_by == "s"
        assert "less than the 0.90 asked for" in case.verdict

    tell(story, (SEVEN, SEVEN, DEAR), {"agree": 2, "accept": 0.9})


def test_trust_alone_decides_where_nothing_else_is_said() -> None:
    async def story(case: Case) -> None:
        await case.answer()
        assert case.served_by == "a"

    tell(story, (SEVEN, SEVEN, DEAR), {"checks": []})


def test_one_member_asked_twice_is_compared_with_itself() -> None:
    async def story(case: Case) -> None:
        await case.answer()
        assert case.roles() == [("a", "member", "answered")] * 2
        await case.answer()
        assert case.served_by == "b"

    cascade = {"members": ["a"], "samples": 2, "agree": 2}
    tell(story, (_in_turn(SEVEN, SEVEN, SEVEN, EIGHT), b.OK, DEAR), cascade)


def _in_turn(*behaviours: Behaviour) -> Behaviour:
    left = list(behaviours)

    async def respond(reply: Any) -> None:
        await left.pop(0).respond(reply)

    return Behaviour("one after another", respond)


PRICED = {"input_usd_per_mtok": 10, "output_usd_per_mtok": 10}


@pytest.mark.parametrize(
    ("cap", "asked"),
    [(1.0, ["a", "b"]), (0.000001, [])],
)
def test_members_that_cost_too_much_are_not_asked(cap: float, asked: list[str]) -> None:
    async def story(case: Case) -> None:
        await case.answer()
        members = [e.target for e in case.rig.recording.attempts if e.role == "member"]
        assert sorted(members) == asked

    made = {name: lambda each: cloud(each, price=PRICED) for name in ("a", "b")}
    tell(story, (SEVEN, SEVEN, DEAR), {"agree": 2, "max_added_usd": cap}, made=made)


def test_a_hosted_member_of_unknown_price_is_not_asked_under_a_cap() -> None:
    async def story(case: Case) -> None:
        await case.answer()
        assert case.served_by == "s"
        assert case.verdict == "escalated: 1 of 2 members may be asked, 2 must agree"
        assert case.roles() == [("s", "serve", "answered")]

    tell(story, (SEVEN, SEVEN, DEAR), {"agree": 2, "max_added_usd": 1}, made={"b": cloud})


@both
def test_a_member_that_the_rules_refuse_is_not_asked(stream: bool) -> None:
    async def story(case: Case) -> None:
        await case.answer(stream=stream, labels=frozenset({"phi"}))
        assert {e.target for e in case.rig.recording.attempts} == {"a"}

    upstreams = tell(
        story, (SEVEN, SEVEN, DEAR), {"agree": 2}, made={"b": cloud}, privacy={"labels": ["phi"]}
    )
    assert [len(each.requests) for each in upstreams.values()] == [1, 0, 0]


def test_several_choices_and_other_operations_are_no_cascades() -> None:
    async def story(case: Case) -> None:
        await case.answer(n=2)
        assert case.roles() == [("a", "serve", "answered")]
        dialect = _dialect()
        body = b'{"model": "chat", "input": "Hi"}'
        await case.rig.gateway.handle(Call(operation="embedding", dialect=dialect, body=body))
        assert [e.role for e in case.rig.recording.attempts] == ["serve"] * 2

    tell(story, (SEVEN, SEVEN, DEAR))


def _dialect() -> Any:
    from headgate.core.plugins import load

    return load("headgate.wire.dialects", "openai_chat", "DIALECT")


@both
@pytest.mark.parametrize(("dear", "value"), [(EIGHT, 0.0), (SEVEN, 1.0)], ids=["other", "same"])
def test_an_escalation_teaches_whether_the_dear_answer_was_another(
    stream: bool, dear: Behaviour, value: float
) -> None:
    lessons = Lessons()

    async def story(case: Case) -> None:
        case.rig.gateway.sender.lessons = lessons
        await case.answer(stream=stream)
        assert lessons.learnt == [("escalation", value, "a")]

    tell(story, (SEVEN, b.SERVER_ERROR, dear))


@both
def test_where_nobody_answers_the_error_is_told(stream: bool) -> None:
    async def story(case: Case) -> None:
        error = await case.rig.refusal(stream=stream)
        assert error.http_status >= 500
        [decision] = case.rig.recording.decisions
        assert (decision.status, decision.verdict) == ("failed", "escalated: no member answered")

    tell(story, (b.SERVER_ERROR, b.CUT, b.SERVER_ERROR))


@both
def test_a_cheap_answer_with_a_fault_is_not_served_even_then(stream: bool) -> None:
    async def story(case: Case) -> None:
        await case.rig.refusal(stream=stream)

    tell(story, (b.REFUSAL, b.REFUSAL, b.SERVER_ERROR))


def test_members_are_charged_each_for_itself() -> None:
    async def story(case: Case) -> None:
        await case.answer()
        usages = [e.usage for e in case.rig.recording.attempts]
        assert len(usages) == 3
        assert all(usage is not None and usage.output_tokens > 0 for usage in usages)
        assert case.rig.recording.decisions[0].attempts == 3

    tell(story, (SEVEN, EIGHT, DEAR))


@both
def test_a_beginning_with_a_fault_is_never_seen(stream: bool) -> None:
    async def story(case: Case) -> None:
        text = await case.answer(stream=stream)
        assert case.served_by == "b"
        assert "sorry" not in text
        # Nothing of it was left to come, or it was given up as soon as it was known.
        [outcome] = [outcome for name, _, outcome in case.roles() if name == "a"]
        assert outcome in {"answered", "quality"}

    cascade = {"members": ["a"], "hold": 60, "checks": ["refusal"]}
    tell(story, (b.REFUSAL, SEVEN, DEAR), cascade)


def test_a_stream_kept_waiting_says_so() -> None:
    async def story(case: Case) -> None:
        told: list[str] = []
        body = b'{"model": "chat", "stream": true, "messages": [{"role": "user", "content": "Hi"}]}'
        call = Call(operation="chat", dialect=_dialect(), body=body, on_loading=told.append)
        relay = await case.rig.gateway.handle(call)
        await rest_of(relay)  # type: ignore[arg-type]
        assert told == [case.rig.recording.decisions[0].id]

    tell(story, (SEVEN, SEVEN, DEAR))
