"""Trials on made-up questions, where what is best is known."""

from random import Random

import msgspec
import pytest

from headgate.policy.cascade.prompt_only import PROMPT_ONLY
from headgate.policy.cascade.rows import Row, labelled
from headgate.policy.cascade.trial import CASCADE, DISAGREEMENT, FIRST_ONLY, Plan, run
from support.labelled_cascades import rows


def results(plan, count=300, seed=1):
    made = labelled(msgspec.convert(rows(count), list[Row]))
    return list(run(made, plan, routers=PROMPT_ONLY, generator=Random(seed)))


def apgr(result):
    return {score.router: score.apgr for score in result.scores}


def test_reading_the_answers_beats_reading_the_prompt():
    for result in results(Plan(splits=3)):
        found = apgr(result)
        assert result.members == ("small", "better")
        assert found[CASCADE] > found[FIRST_ONLY] > 0.6
        assert found[CASCADE] > found[DISAGREEMENT] > found["random"]
        assert found["random"] == pytest.approx(0.5)
        assert abs(result.calibration) < 0.15


def test_a_cascade_pays_for_the_cheap_calls_and_a_router_for_one_model():
    (result,) = results(Plan(splits=1, fixed=(0, 1)))
    points = {score.router: score.points for score in result.scores}
    router, cascade = points["random"], points[CASCADE]
    assert router[-1].usd == pytest.approx(result.strong_usd)
    assert cascade[0].usd == pytest.approx(2 * router[0].usd)
    assert cascade[-1].usd == pytest.approx(result.strong_usd + cascade[0].usd)


def test_no_more_labels_are_used_than_allowed():
    (result,) = results(Plan(splits=1, labels=25))
    assert (result.learned, result.scored) == (25, 90)


def test_without_labels_it_is_disagreement_that_counts():
    (result,) = results(Plan(splits=1, labels=0, fixed=(0, 1)))
    found = apgr(result)
    assert found[CASCADE] == pytest.approx(found[DISAGREEMENT])


def test_the_same_seed_gives_the_same_numbers():
    plan = Plan(splits=1, fixed=(0, 1))
    assert results(plan, 60) == results(plan, 60)
    assert results(plan, 60) != results(plan, 60, seed=2)
