"""What scorers are worth on labelled prompts."""

from random import Random

import pytest

from headgate.estimate.learning.evaluation import POINTS, evaluate
from headgate.estimate.learning.labelled import LabelledPrompt


def rows(count: int) -> list[LabelledPrompt]:
    """Half are of a kind that only the strong model answers."""
    kinds = (("prove theorem {}", 0.0), ("say hello to {}", 1.0))
    return [
        LabelledPrompt(kinds[n % 2][0].format(n * 37), kinds[n % 2][1], 1.0) for n in range(count)
    ]


def test_what_learned_is_nearly_perfect_and_chance_is_chance() -> None:
    found = evaluate(rows(200), labels=(40,), parts=4, generator=Random(1))
    assert (found.rows, found.weak, found.strong) == (200, 0.5, 1.0)
    best = found.scores["all labels"]
    assert list(found.scores) == ["chance", "length", "prior, no labels", "40 labels", "all labels"]
    # Half of the prompts hold all of the gap: .75 is perfect.
    assert best.apgr == pytest.approx(0.75, abs=0.03)
    assert best.cpt_50 == pytest.approx(0.25, abs=0.04)
    assert found.scores["chance"].apgr == pytest.approx(0.5, abs=0.12)
    assert len(best.curve) == POINTS + 1
    assert (best.curve[0], best.curve[-1]) == (pytest.approx(0.5, abs=0.05), pytest.approx(1.0))


def test_where_the_strong_model_is_no_better_there_is_nothing_to_recover() -> None:
    same = [LabelledPrompt(f"question {n}", 0.5, 0.5) for n in range(60)]
    found = evaluate(same, labels=(), parts=3, generator=Random(1))
    assert {score.apgr for score in found.scores.values()} == {None}


def test_more_labels_than_there_are_are_not_asked_for() -> None:
    found = evaluate(rows(60), labels=(30, 5000), parts=3, generator=Random(1))
    assert "5000 labels" not in found.scores
