"""Policies hold at every hop: what was not signed with a target is sent to it by no way round."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import ExitStack, suppress
from typing import Any

import msgspec
import pytest

from headgate.core.errors import HeadgateError
from headgate.policy.decide import decide
from headgate.policy.decision import Candidate, RequestFacts
from headgate.policy.registry import all_rules
from support import behaviours as b
from support.answers import said
from support.gateways import Rig, box, cloud, gateway
from support.upstream import Upstream

PHI = frozenset({"phi"})
SIGNED = {"baa": "signed", "baa_covers": True, "zdr": "active"}
FINE = b.says(said("Fine"))
Behaviour = Any
Story = Callable[[Rig], Coroutine[Any, Any, None]]


def tell(story: Story, behaviours: dict[str, Behaviour], **route: Any) -> None:
    """`unsigned` and `signed` are somebody else's, `own` is not."""

    async def told(upstreams: dict[str, Upstream]) -> None:
        targets = {
            "unsigned": cloud(upstreams["unsigned"], retries=0),
            "signed": cloud(upstreams["signed"], retries=1, compliance=SIGNED | until),
            "own": box(upstreams["own"], retries=0),
        }
        listed = {"targets": order, **route, "compliance": ["hipaa"]}
        listed["privacy"] = {"detect": [], "actions": {"phi": "allow"}, "stay_local_s": None}
        routes = {"chat": listed}
        config = {"targets": targets, "routes": routes, "ledger": {"enabled": False}}
        async with gateway(config) as rig:
            await story(rig)

    until = route.pop("until", {})
    order = route.pop("targets", ["unsigned", "signed", "own"])
    with ExitStack() as stack:
        upstreams = {n: stack.enter_context(Upstream(each)) for n, each in behaviours.items()}
        asyncio.run(told(upstreams))


def everybody(**behaviours: Behaviour) -> dict[str, Behaviour]:
    return {"unsigned": FINE, "signed": FINE, "own": FINE} | behaviours


async def asked(rig: Rig, labels: frozenset[str] = PHI) -> list[str]:
    """Everybody that a request was sent to, copies and judges among them."""
    with suppress(HeadgateError):
        await rig.send(labels=labels)
    mirrors = rig.gateway.sender.mirrors
    assert mirrors is not None
    await asyncio.gather(*mirrors.running)
    return [name for name, _ in rig.recording.tries()]


def test_health_data_goes_to_whom_the_agreement_is_signed_with() -> None:
    async def story(rig: Rig) -> None:
        assert await asked(rig) == ["signed"]
        assert await asked(rig, frozenset()) == ["signed", "unsigned"]

    tell(story, everybody())


def test_a_fallback_passes_the_unsigned_target_by() -> None:
    async def story(rig: Rig) -> None:
        names = await asked(rig)
        assert names[-1] == "own"
        assert set(names) == {"signed", "own"}

    order = ["signed", "unsigned", "own"]
    tell(story, everybody(signed=b.SERVER_ERROR), targets=order)


def test_without_own_hardware_it_is_refused_with_the_reason_and_goes_nowhere() -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal(labels=PHI)
        assert error.http_status == 503
        assert "policy `hipaa-baa`: `baa`: not signed" in error.message
        assert rig.recording.tries() == []

    tell(story, everybody(), targets=["unsigned"])


@pytest.mark.parametrize(
    "care",
    [
        {"hedge": {"after_ms": 1, "max_share": 1}},
        {"mirror": [{"target": "unsigned", "share": 1}]},
        {"mirror": [{"target": "own", "share": 1, "judge": "unsigned"}]},
        {"cascade": {"members": ["unsigned", "own"], "agree": 2}},
        {"cascade": {"members": ["signed"], "judge": {"target": "unsigned", "when": "always"}}},
    ],
    ids=["hedge", "mirror", "mirror's judge", "cascade", "cascade's judge"],
)
def test_no_hedge_copy_member_or_judge_is_a_way_round(care: dict[str, Any]) -> None:
    async def story(rig: Rig) -> None:
        assert "unsigned" not in await asked(rig)

    tell(story, everybody(), targets=["signed", "unsigned", "own"], **care)


def test_what_was_signed_runs_out_between_two_tries() -> None:
    async def story(rig: Rig) -> None:
        day = 86_400.0

        async def sleep(seconds: float) -> None:
            rig.clock.seconds += day

        rig.gateway.sender.sleep = sleep
        assert await asked(rig) == ["signed", "own"]

    # The clock of these tests begins on this day.
    until = {"until": "2026-11-23"}
    tell(story, everybody(signed=b.SERVER_ERROR), targets=["signed", "own"], until=until)


def test_what_the_ledger_keeps_decides_the_same_again() -> None:
    async def story(rig: Rig) -> None:
        await asked(rig)
        [entry] = rig.recording.decisions
        facts = msgspec.json.decode(entry.facts, type=RequestFacts)
        candidates = msgspec.json.decode(entry.candidates, type=tuple[Candidate, ...])
        again = decide(facts, candidates, all_rules())
        assert tuple(again.order) == entry.ranked == ("signed", "own")
        [refused] = again.refused
        assert refused.vetoes.keys() == {"compliance"}

    tell(story, everybody())
