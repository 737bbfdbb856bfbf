"""Which cheap models to ask together, chosen on labelled traffic."""

from collections.abc import Sequence
from statistics import fmean

from headgate.estimate.cascade.curve import Outcome, apgr, curve
from headgate.policy.cascade.estimate import AcceptModel, best_answer
from headgate.policy.cascade.rows import Labelled

MOST_ROWS = 3_000
"""Enough to tell partners apart; more would only take longer."""
LEARNED_SHARE = 2 / 3


def choose_members(rows: Sequence[Labelled], count: int, *, first: int = 0) -> tuple[int, ...]:
    """`first` and the partners that add most, one after another.

    Each is tried on the last third of `rows` after learning from the others.
    """
    chosen: tuple[int, ...] = (first,)
    some = rows[:MOST_ROWS]
    everyone = range(len(rows[0].seen)) if rows else range(count)
    while len(chosen) < min(count, len(everyone)):
        rest = [member for member in everyone if member not in chosen]
        values = {member: _value(some, (*chosen, member)) for member in rest}
        chosen = (*chosen, max(rest, key=lambda member: (values[member], -member)))
    return chosen


def _value(rows: Sequence[Labelled], members: tuple[int, ...]) -> float:
    """APGR on held-out rows, or the quality without the strong model where that is no better."""
    border = round(LEARNED_SHARE * len(rows))
    learned, scored = rows[:border], rows[border:]
    if not scored:
        return 0.0
    model = AcceptModel.prior()
    model.fit([(row.signals(members), row.labels(members), row.strong) for row in learned])
    weak = fmean(row.good[members[0]] for row in scored)
    strong = fmean(row.strong for row in scored)
    points = curve([_outcome(row, members, model) for row in scored])
    recovered = apgr(points, weak, strong)
    return points[0].quality if recovered is None else recovered


def _outcome(row: Labelled, members: tuple[int, ...], model: AcceptModel) -> Outcome:
    estimates = model.predict(row.signals(members))
    best = best_answer(estimates)
    return Outcome(
        worth=-estimates[best].trust,
        cheap=row.good[members[best]],
        strong=row.strong,
        cheap_usd=0.0,
        extra_usd=0.0,
    )
