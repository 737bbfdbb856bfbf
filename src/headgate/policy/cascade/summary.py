"""What the splits of a trial say together."""

from collections.abc import Sequence
from statistics import fmean, pstdev

from msgspec import Struct

from headgate.estimate.cascade.curve import quality_at
from headgate.policy.cascade.trial import CASCADE, DISAGREEMENT, FIRST_ONLY, SplitResult

BUDGETS = tuple(step / 20 for step in range(21))
"""Dollars a prompt, as shares of what sending everything to the strong model costs."""
READS_ANSWERS = frozenset({CASCADE, FIRST_ONLY, DISAGREEMENT})


class Spread(Struct, frozen=True):
    """Over the splits."""

    mean: float
    deviation: float


class RouterSummary(Struct, frozen=True, kw_only=True):
    """One router over all splits."""

    router: str
    apgr: Spread | None
    """`None` where the strong model was no better on some split."""
    cpt_50: Spread | None
    """`None` where some split never recovered that much."""
    cpt_80: Spread | None
    quality: tuple[float | None, ...]
    """What each of `BUDGETS` buys; `None` where it does not pay for the cheap calls."""


class Summary(Struct, frozen=True, kw_only=True):
    """A trial in numbers."""

    partners: dict[str, int]
    """How often each set of members was chosen."""
    learned: int
    scored: int
    """Questions of one split; the last one's."""
    weak: Spread
    strong: Spread
    strong_usd: float
    calibration: Spread
    routers: tuple[RouterSummary, ...]
    margin: float | None
    """The least by which the cascade's quality is above the best router that sees the prompt
    only, at any budget that pays for both and not for the strong model on everything; negative
    where one of them is above it."""
    margin_at: float | None
    """The budget of that."""


def summarise(results: Sequence[SplitResult]) -> Summary:
    """Means over the splits, and how far apart they are."""
    last = results[-1]
    names = [score.router for score in last.scores]
    routers = tuple(_router(results, index, name) for index, name in enumerate(names))
    margin, margin_at = _margin(routers)
    return Summary(
        partners=_counted([", ".join(each.members) for each in results]),
        learned=last.learned,
        scored=last.scored,
        weak=_spread([each.weak for each in results]),
        strong=_spread([each.strong for each in results]),
        strong_usd=fmean(each.strong_usd for each in results),
        calibration=_spread([each.calibration for each in results]),
        routers=routers,
        margin=margin,
        margin_at=margin_at,
    )


def _router(results: Sequence[SplitResult], index: int, name: str) -> RouterSummary:
    scores = [each.scores[index] for each in results]
    return RouterSummary(
        router=name,
        apgr=_known([each.apgr for each in scores]),
        cpt_50=_known([each.cpt_50 for each in scores]),
        cpt_80=_known([each.cpt_80 for each in scores]),
        quality=tuple(_mean_quality(results, index, budget) for budget in BUDGETS),
    )


def _mean_quality(results: Sequence[SplitResult], index: int, budget: float) -> float | None:
    values = [
        quality_at(budget * each.strong_usd, each.scores[index].by_dollars) for each in results
    ]
    known = [value for value in values if value is not None]
    return fmean(known) if len(known) == len(values) else None


def _margin(routers: Sequence[RouterSummary]) -> tuple[float | None, float | None]:
    cascade = next(each for each in routers if each.router == CASCADE)
    rivals = [each for each in routers if each.router not in READS_ANSWERS]
    margins = [
        (own - max(theirs), budget)
        for place, budget in enumerate(BUDGETS)
        if budget < 1
        and (own := cascade.quality[place]) is not None
        and (theirs := [value for each in rivals if (value := each.quality[place]) is not None])
    ]
    return min(margins) if margins else (None, None)


def _known(values: Sequence[float | None]) -> Spread | None:
    known = [value for value in values if value is not None]
    return _spread(known) if len(known) == len(values) else None


def _spread(values: Sequence[float]) -> Spread:
    return Spread(fmean(values), pstdev(values))


def _counted(names: Sequence[str]) -> dict[str, int]:
    return {name: names.count(name) for name in sorted(set(names), key=lambda n: -names.count(n))}
