"""Several splits in a few numbers."""

import msgspec
import pytest

from headgate.estimate.cascade.curve import Point
from headgate.policy.cascade.summary import BUDGETS, summarise
from headgate.policy.cascade.trial import CASCADE, Score, SplitResult


def score(router, apgr, points, cpt_80=0.5):
    return Score(
        router=router, apgr=apgr, cpt_50=0.2, cpt_80=cpt_80, points=points, by_dollars=points
    )


def line(begin, low, high):
    return (Point(0, low, begin), Point(1, high, 1.0))


def result(cascade, router, **more):
    return SplitResult(
        **{
            "members": ("a", "b"),
            "learned": 7,
            "scored": 3,
            "weak": 0.5,
            "strong": 0.9,
            "strong_usd": 1.0,
            "calibration": 0.0,
            "scores": (score(CASCADE, 0.8, cascade), score("random", 0.5, router)),
            **more,
        }
    )


def test_means_and_deviations_over_the_splits():
    one = result(line(0.2, 0.6, 0.9), line(0.1, 0.5, 0.9))
    other = result(line(0.2, 0.6, 0.9), line(0.1, 0.5, 0.9), weak=0.3, members=("a", "c"))
    summary = summarise([one, other, one])
    assert summary.weak.mean == pytest.approx(1.3 / 3)
    assert summary.weak.deviation == pytest.approx(0.0943, abs=1e-4)
    assert summary.partners == {"a, b": 2, "a, c": 1}
    assert [each.router for each in summary.routers] == [CASCADE, "random"]


def test_the_margin_is_the_least_one_at_equal_dollars():
    summary = summarise([result(line(0.2, 0.6, 0.9), line(0.1, 0.5, 0.9))])
    cascade, router = (each.quality for each in summary.routers)
    assert cascade[:4] == (None,) * 4
    assert router[:2] == (None,) * 2
    assert cascade[4] == pytest.approx(0.6)
    assert summary.margin_at == 0.95
    assert summary.margin == pytest.approx(cascade[19] - router[19])
    assert summary.margin > 0


def test_a_router_above_the_cascade_is_not_hidden():
    summary = summarise([result(line(0.2, 0.5, 0.9), line(0.1, 0.7, 0.9))])
    assert summary.margin < 0
    assert summary.margin_at == 0.2


def test_where_no_budget_pays_for_both_there_is_no_margin():
    summary = summarise([result(line(5.0, 0.5, 0.9), line(0.1, 0.7, 0.9))])
    assert (summary.margin, summary.margin_at) == (None, None)


def test_what_some_split_never_recovers_has_no_mean():
    one = result(line(0.2, 0.6, 0.9), line(0.1, 0.5, 0.9))
    scores = (score(CASCADE, 0.8, line(0.2, 0.6, 0.9), cpt_80=None), one.scores[1])
    summary = summarise([one, msgspec.structs.replace(one, scores=scores)])
    assert summary.routers[0].cpt_80 is None
    assert summary.routers[1].cpt_80.mean == 0.5
    assert len(BUDGETS) == 21
