"""What a scorer of prompts is worth on labelled ones: APGR, CPT and the curve.

As RouteLLM defines them (arXiv:2406.18665): the greatest scores go to the strong model
first; APGR is the share of the gap that is recovered, on average over all strong shares,
CPT(x) the smallest strong share that recovers `x` of it.
"""

from collections.abc import Callable, Sequence
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from msgspec import Struct

from headgate.estimate.cascade.curve import Outcome, apgr, curve, share_to_recover
from headgate.estimate.learning.features import Features, features_of
from headgate.estimate.learning.gain import GainModel
from headgate.estimate.learning.labelled import LabelledPrompt, splits

if TYPE_CHECKING:
    from random import Random

POINTS = 20
"""Of a curve that is shown."""
Scores = list[float]


class Score(Struct, frozen=True):
    """How well one scorer ranks; means over the parts scored on."""

    apgr: float | None
    """`None` where the strong model is no better: there is nothing to recover."""
    apgr_spread: float | None
    """Standard deviation over the parts."""
    cpt_50: float | None
    cpt_80: float | None
    curve: tuple[float, ...]
    """Quality at strong shares of 0, 1/20, … 1."""


class Evaluation(Struct, frozen=True):
    """Scorers on one set."""

    rows: int
    weak: float
    strong: float
    scores: dict[str, Score]


def evaluate(
    rows: Sequence[LabelledPrompt],
    *,
    labels: Sequence[int],
    parts: int,
    generator: "Random",
) -> Evaluation:
    """Score chance, length, the prior, and the learner after so many `labels` and after all.

    Every row is scored by what learned from rows of other questions only.
    """
    features = [features_of(row.prompt) for row in rows]
    chance = [generator.random() for _ in rows]
    found: dict[str, list[tuple[Scores, list[int]]]] = {}
    for learned, scored in splits(rows, parts=parts, generator=generator):
        ways: dict[str, Callable[[int], float]] = {
            "chance": chance.__getitem__,
            "length": lambda index: float(len(rows[index].prompt)),
            "prior, no labels": lambda index: features[index].prior,
        }
        for count in (*labels, len(learned)):
            name = "all labels" if count == len(learned) else f"{count} labels"
            if count <= len(learned):
                ways[name] = _learner(rows, features, learned[:count])
        for name, way in ways.items():
            scores = [way(index) for index in scored]
            found.setdefault(name, []).append((scores, scored))
    return Evaluation(
        rows=len(rows),
        weak=fmean(row.weak for row in rows),
        strong=fmean(row.strong for row in rows),
        scores={name: _score(rows, each) for name, each in found.items()},
    )


def _learner(
    rows: Sequence[LabelledPrompt], features: Sequence[Features], learned: Sequence[int]
) -> Callable[[int], float]:
    model = GainModel.prior()
    model.fit([(features[index], rows[index].gain) for index in learned])
    return lambda index: model.predict(features[index]).gain


def _score(rows: Sequence[LabelledPrompt], parts: Sequence[tuple[Scores, list[int]]]) -> Score:
    """Means over the parts; each part is ranked by itself, as one model ranked it."""
    curves = []
    for scores, scored in parts:
        outcomes = [
            Outcome(
                worth=score,
                cheap=rows[index].weak,
                strong=rows[index].strong,
                cheap_usd=0.0,
                extra_usd=1.0,
            )
            for score, index in zip(scores, scored, strict=True)
        ]
        curves.append(curve(outcomes))
    ends = [(points[0].quality, points[-1].quality) for points in curves]
    found = (apgr(points, *end) for points, end in zip(curves, ends, strict=True))
    values = [value for value in found if value is not None]
    shares = [
        [share_to_recover(x, p, *end) for p, end in zip(curves, ends, strict=True)]
        for x in (0.5, 0.8)
    ]
    return Score(
        apgr=fmean(values) if values else None,
        apgr_spread=pstdev(values) if values else None,
        cpt_50=_mean(shares[0]),
        cpt_80=_mean(shares[1]),
        curve=tuple(
            fmean(points[round(step / POINTS * (len(points) - 1))].quality for points in curves)
            for step in range(POINTS + 1)
        ),
    )


def _mean(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return fmean(known) if known else None
