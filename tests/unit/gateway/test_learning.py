"""What becomes of answers, as labels."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from headgate.core.errors import InvalidRequest
from headgate.gateway.learned_tiers import LearnedTiers, TierSettings
from headgate.gateway.learning import (
    RETRY_WITHIN_S,
    USUAL_QUALITY,
    WEIGHTS,
    Learning,
    LearningRoute,
    NothingToRate,
)
from headgate.ledger.learning import Label, LearningStore
from headgate.ledger.store import LedgerStore
from support.gateways import ManualClock

ROUTE = "smart"


class Job:
    """As much of one as is learned from."""

    def __init__(
        self, identity: str, text: str, at: float, key: str | None = "alice", told: str = ""
    ) -> None:
        self.id, self.started_at, self.key_name = identity, at, key
        body = f"{text}\n{told}".encode()
        self.inbound = type("Inbound", (), {"turn_text": text, "body": body})()
        self.route = type("Route", (), {"name": ROUTE})()
        self.facts = type("Facts", (), {"session": None})()


def made(store: LearningStore | None = None) -> Learning:
    tiers = LearnedTiers(TierSettings(shares=(0.5,)), Random(1))
    route = LearningRoute(tiers, {"small": 0, "large": 1})
    return Learning(routes={ROUTE: route}, clock=ManualClock(), store=store)


def labels(learning: Learning) -> list[tuple[str, float]]:
    return [(label.kind, pytest.approx(label.gain)) for label in learning._new_labels]


def answered(learning: Learning, identity: str, by: str, text: str = "why", **more: object) -> None:
    job = Job(identity, text, **{"at": 0.0, **more})
    learning.finished(job, by)  # type: ignore[arg-type]


def run(steps: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(steps())  # type: ignore[arg-type]


def test_a_rating_of_one_tier_is_set_against_what_the_other_usually_gets() -> None:
    learning = made()
    answered(learning, "a", "small")
    answered(learning, "b", "large", text="what")

    async def steps() -> None:
        await learning.rate("a", 0.0, "alice")
        await learning.rate("b", 1.0, "alice")

    run(steps)
    after_one = USUAL_QUALITY * 10 / 11
    assert labels(learning) == [("feedback", USUAL_QUALITY), ("feedback", 1.0 - after_one)]
    assert learning._new_labels[0].weight == WEIGHTS["feedback"]


def test_an_escalation_and_a_comparison_know_both_sides() -> None:
    learning = made()
    answered(learning, "a", "large")
    answered(learning, "b", "small", text="what")
    answered(learning, "c", "large", text="who")
    learning.learn("a", "escalation", 0.25, target="small")
    learning.learn("b", "mirror", 0.4, target="large")
    learning.learn("c", "mirror", 0.3, target="small")
    learning.learn("c", "mirror", 0.3, target="another route's")
    learning.learn("unknown", "mirror", 0.3, target="small")
    found = [("escalation", 0.75), ("mirror", 0.4), ("mirror", -0.3)]
    assert labels(learning) == found


def test_what_is_asked_again_was_not_answered_well() -> None:
    learning = made()
    answered(learning, "a", "small")
    answered(learning, "b", "small", at=RETRY_WITHIN_S)
    assert [kind for kind, _ in labels(learning)] == ["retry"]
    assert learning._new_labels[0].decision_id == "a"


@pytest.mark.parametrize(
    ("text", "at", "key"),
    [("other", 1.0, "alice"), ("why", RETRY_WITHIN_S + 1, "alice"), ("why", 1.0, "bob")],
)
def test_other_prompts_later_ones_and_those_of_others_are_no_retries(
    text: str, at: float, key: str
) -> None:
    learning = made()
    answered(learning, "a", "small")
    answered(learning, "b", "small", text=text, at=at, key=key)
    assert labels(learning) == []


@pytest.mark.parametrize(
    ("text", "told", "again", "told_again"),
    [
        ("what is 12 + 34?", "", "what is 56 + 78?", ""),
        ("begin " * 400 + "one" + " end" * 200, "", "begin " * 400 + "two" + " end" * 200, ""),
        ("mend the test", "", "mend the test", "what a tool gave"),
        ("", "a picture", "", "another picture"),
    ],
    ids=["other-numbers", "one-template", "step-of-an-agent", "no-text"],
)
def test_requests_with_the_same_features_are_no_retries(
    text: str, told: str, again: str, told_again: str
) -> None:
    learning = made()
    answered(learning, "a", "small", text=text, told=told)
    answered(learning, "b", "small", text=again, told=told_again)
    first, second = (seen.features.buckets for seen in learning._seen.values())
    assert first == second
    assert labels(learning) == []


def test_without_a_key_or_a_session_nobody_is_known_to_ask_again() -> None:
    learning = made()
    answered(learning, "a", "small", key=None)
    answered(learning, "b", "small", key=None)
    assert labels(learning) == []


@pytest.mark.parametrize("key", ["bob", None])
def test_only_who_asked_may_rate(key: str | None) -> None:
    learning = made()
    answered(learning, "a", "small")

    async def steps() -> None:
        with pytest.raises(NothingToRate):
            await learning.rate("a", 1.0, key)
        with pytest.raises(InvalidRequest):
            await learning.rate("a", float("nan"), "alice")

    run(steps)
    assert labels(learning) == []


def test_a_target_outside_of_the_tiers_is_not_learned_from() -> None:
    learning = made()
    answered(learning, "a", "elsewhere")
    assert not learning._seen


def test_what_was_learned_is_there_after_a_restart_and_imports_are_learned_once(
    tmp_path: Path,
) -> None:
    ledger = LedgerStore.open(tmp_path / "ledger.sqlite3")
    store = LearningStore(ledger)

    async def first() -> None:
        learning = made(store)
        learning.load()
        learning.start()
        answered(learning, "a", "small", at=learning.clock.now())
        await learning.rate("a", 0.0, "alice")
        features = learning.routes[ROUTE].tiers.features_of("imported")
        imported = Label(at=0, route=ROUTE, kind="import", gain=1.0, weight=1.0, features=features)
        store.add([imported])
        await learning.stop()
        await learning._learn_what_others_put_there()
        assert learning.routes[ROUTE].tiers.model.labels == 2

    async def second() -> None:
        learning = made(store)
        learning.load()
        assert learning.routes[ROUTE].tiers.model.labels == 2
        assert learning.routes[ROUTE].quality(0).mean == pytest.approx(USUAL_QUALITY * 10 / 11)
        (counts,) = learning.counts()
        assert (counts.route, counts.labels, counts.explored) == (ROUTE, 2, 0)
        with pytest.raises(InvalidRequest, match="rated already"):
            await learning.rate("a", 1.0, "alice")

    run(first)
    run(second)
    ledger.close()
