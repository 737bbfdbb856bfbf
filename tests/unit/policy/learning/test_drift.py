"""Noticing that traffic has changed."""

from random import Random

import pytest

from headgate.policy.learning.drift import WARM_UP, Drift


def labels(generator: Random, count: int, *, mean: float = 0.0, turned: bool = False):
    """What was told apart, and what the label missed it by."""
    for _ in range(count):
        told_apart = generator.gauss(0, 0.2)
        noise = generator.gauss(mean, 0.5)
        yield told_apart, noise - (2 * told_apart if turned else 0)


def alarms(drift: Drift, found) -> list[int]:
    return [n for n, (apart, missed) in enumerate(found) if drift.saw(apart, missed)]


def gains(generator: Random, count: int, *, sign: int = 1):
    """As public sets have them: mostly 0, more often 1 than -1, hardly told apart."""
    for _ in range(count):
        told_apart = generator.gauss(0, 0.1)
        gain = sign * generator.choices((-1, 0, 1), (6, 75, 19))[0]
        yield told_apart, gain - 0.13 - told_apart


@pytest.mark.parametrize("kind", [labels, gains])
def test_traffic_that_stays_seldom_gives_the_alarm(kind) -> None:
    found = [len(alarms(Drift(), kind(Random(seed), 500))) for seed in range(60)]
    assert sum(found) <= 60 * 500 / 1500


def test_gains_that_change_their_sign_are_noticed_within_150_labels_mostly() -> None:
    soon = 0
    for seed in range(20):
        generator, drift = Random(seed), Drift()
        before = len(alarms(drift, gains(generator, 250)))
        alarms(drift, gains(generator, 150, sign=-1))
        soon += drift.alarms > before
    assert soon >= 18


@pytest.mark.parametrize("change", [{"mean": 0.5}, {"mean": -0.5}, {"turned": True}])
def test_a_change_is_noticed_within_a_hundred_labels_mostly(change: dict) -> None:
    soon = 0
    for seed in range(20):
        generator, drift = Random(seed), Drift()
        alarms(drift, labels(generator, 300))
        before = drift.alarms
        alarms(drift, labels(generator, 100, **change))
        soon += drift.alarms > before
    assert soon >= 17


def test_nothing_is_said_before_what_is_usual_is_known() -> None:
    drift = Drift()
    assert not any(drift.saw(1.0, -1.0) for _ in range(WARM_UP))


def test_after_an_alarm_it_starts_over() -> None:
    drift = Drift()
    generator = Random(1)
    alarms(drift, labels(generator, 200))
    for told_apart, missed in labels(generator, 200, mean=2.0):
        if drift.saw(told_apart, missed):
            break
    assert drift.alarms >= 1
    assert (drift.labels, drift.above) == (0, 0.0)
    assert not alarms(drift, labels(generator, WARM_UP, mean=2.0))
