"""Tiers by share, by quality, and by what was learned."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from headgate.gateway.learned_tiers import LearnedTiers, TierSettings
from headgate.runtime.labelled_rows import read_prompts

DATA = Path(__file__).parents[4] / "shared/data/routing"
SETS = ("routellm_gsm8k", "zeroeval_gsm", "zeroeval_crux", "llmrouter_example", "routellm_mmlu")
HARD, EASY = "prove the theorem about {} primes", "translate the letter of {} into French"


def learner(**settings) -> LearnedTiers:
    return LearnedTiers(TierSettings(**{"shares": (0.7,), "explore": 0.1, **settings}), Random(1))


def texts(count: int) -> list[str]:
    generator = Random(2)
    return [(HARD if n % 2 else EASY).format(generator.randrange(9999)) for n in range(count)]


@pytest.mark.skipif(not DATA.exists(), reason="the labelled sets are not here")
@pytest.mark.parametrize("name", SETS)
def test_thirty_percent_are_thirty_percent_of_any_traffic(name: str) -> None:
    """Also while it learns from what it explores."""
    rows = read_prompts(DATA / f"{name}.jsonl.gz")[:2500]
    Random(1).shuffle(rows)
    tiers = learner()
    strong = 0
    for row in rows:
        choice = tiers.choose(row.prompt, ())
        strong += choice.tier or 0
        if choice.gain is not None and choice.gain.explores:
            tiers.learn_gain(tiers.features_of(row.prompt), row.gain)
    assert strong / len(rows) == pytest.approx(0.30, abs=0.03)


def test_three_tiers_get_their_shares() -> None:
    tiers = learner(shares=(0.5, 0.3), explore=0.0)
    generator = Random(3)
    found = Counter(
        tiers.choose("why " * generator.randrange(1, 300), ()).tier for _ in range(1000)
    )
    assert [found[tier] / 1000 for tier in (0, 1, 2)] == pytest.approx([0.5, 0.3, 0.2], abs=0.03)


def test_what_is_learned_moves_requests_and_stands_in_the_facts() -> None:
    tiers = learner(shares=(0.5,), explore=0.0)
    for text in texts(300):
        tiers.learn_gain(tiers.features_of(text), float(text.startswith("prove")))
    found = [(text.startswith("prove"), tiers.choose(text, ())) for text in texts(200)]
    assert sum((choice.tier == 1) == hard for hard, choice in found) >= 185
    gain = found[-1][1].gain
    assert gain is not None
    assert gain.labels == 300
    assert gain.low < gain.expected <= gain.high
    assert gain.expected > gain.cut - 1e-6


def test_a_wanted_quality_sets_the_share() -> None:
    """Half of the requests hold all of the gain: they are what is sent up."""
    tiers = learner(shares=(0.95,), explore=0.0, quality=0.9)
    for text in texts(600):
        tiers.learn_gain(tiers.features_of(text), float(text.startswith("prove")))
    found = [tiers.choose(text, ()).tier for text in texts(800)]
    assert 0.35 < sum(map(bool, found[200:])) / 600 < 0.6


def test_without_a_judge_what_is_explored_goes_up() -> None:
    tiers = learner(shares=(0.99,), explore=0.5, compares=False)
    found = [tiers.choose(text, ()) for text in texts(200)]
    assert all(each.tier == 1 for each in found if each.gain and each.gain.explores)
    tiers = learner(shares=(0.99,), explore=0.5, compares=True)
    found = [tiers.choose(text, ()) for text in texts(200)]
    assert sum(each.tier or 0 for each in found) <= 6


def test_traffic_that_turns_round_is_noticed_and_learned_anew() -> None:
    tiers = learner(shares=(0.5,), explore=0.0)

    def teach(count: int, worth: str) -> int:
        changes = 0
        for text in texts(count):
            gain = 1.0 if text.startswith(worth) else 0.0
            changes += tiers.learn_gain(tiers.features_of(text), gain)
        return changes

    teach(300, "prove")
    assert teach(300, "translate") >= 1
    assert tiers.drift.alarms >= 1
    easy, hard = (tiers.model.predict(tiers.features_of(k.format(5))).gain for k in (EASY, HARD))
    assert easy > hard


def test_a_dry_run_and_the_request_have_the_same_features() -> None:
    tiers = learner()
    text = HARD.format(1)
    assert tiers.features_of(text) is tiers.features_of(text)
