"""Score a cascade on questions that it did not learn from, beside routers that see prompts only.

Everything is measured from the first cheap model: it is what one would run without a cascade.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from headgate.estimate.cascade.curve import Outcome, Point, apgr, curve, share_to_recover
from headgate.policy.cascade.estimate import AcceptModel, best_answer
from headgate.policy.cascade.members import choose_members
from headgate.policy.cascade.prices import Prices
from headgate.policy.cascade.rows import Labelled, splits

if TYPE_CHECKING:
    from random import Random

Router = Callable[[str], float]
"""How much a prompt is worth sending to the strong model."""
RouterMaker = Callable[[Sequence[tuple[str, float]]], Router]
"""Learns a router from prompts and what the strong model gained on them."""


class PromptOnly(Struct, frozen=True):
    """A router that decides before anything is called."""

    make: RouterMaker
    predicts_gain: bool
    """Its worth is quality, which can be weighed against dollars."""


CASCADE = "cascade"
FIRST_ONLY = "cascade, first member's answer"
DISAGREEMENT = "disagreement"


class Plan(Struct, frozen=True, kw_only=True):
    """What to try."""

    members: int = 2
    """How many cheap models, chosen on the part learned from, where `fixed` names none."""
    fixed: tuple[int, ...] = ()
    """Positions of the cheap models to use; the first one is the weak one."""
    labels: int | None = None
    """Most questions to learn from."""
    splits: int = 5
    test_share: float = 0.3
    prices: Prices = Prices()


class Score(Struct, frozen=True, kw_only=True):
    """One router on one part that it did not learn from."""

    router: str
    apgr: float | None
    """`None` where the strong model was no better on this part."""
    cpt_50: float | None
    cpt_80: float | None
    points: tuple[Point, ...]
    """By worth, whatever a prompt costs: what APGR and CPT are about."""
    by_dollars: tuple[Point, ...]
    """By worth for a dollar, where worth is quality: what money buys."""


class SplitResult(Struct, frozen=True, kw_only=True):
    """All routers on one part."""

    members: tuple[str, ...]
    learned: int
    scored: int
    weak: float
    strong: float
    strong_usd: float
    """What sending everything to the strong model at once costs a prompt."""
    scores: tuple[Score, ...]
    calibration: float
    """Mean of what the model expected of the answers it chose, less what they were."""


def run(
    rows: Sequence[Labelled],
    plan: Plan,
    *,
    routers: Mapping[str, PromptOnly],
    generator: "Random",
) -> Iterator[SplitResult]:
    """One result a split, as soon as it is there."""
    parts = splits(rows, parts=plan.splits, test_share=plan.test_share, generator=generator)
    priced = msgspec.structs.replace(plan, prices=plan.prices.settled(rows))
    for learned, scored in parts:
        known = learned[: plan.labels]
        yield _run_one(known, scored, priced, routers)


def _run_one(
    known: Sequence[Labelled],
    scored: Sequence[Labelled],
    plan: Plan,
    routers: Mapping[str, PromptOnly],
) -> SplitResult:
    members = plan.fixed or choose_members(known, plan.members, first=0)
    model = AcceptModel.prior()
    model.fit([(row.signals(members), row.labels(members), row.strong) for row in known])
    outcomes = {
        **_cascades(scored, members, model, plan.prices),
        **_prompt_only(known, scored, members[0], plan.prices, routers),
    }
    weak = fmean(row.good[members[0]] for row in scored)
    strong = fmean(row.strong for row in scored)
    return SplitResult(
        members=tuple(scored[0].seen[member].member for member in members),
        learned=len(known),
        scored=len(scored),
        weak=weak,
        strong=strong,
        strong_usd=fmean(plan.prices.strong_usd(row) for row in scored),
        scores=tuple(
            _score(
                name, each, weak, strong, is_gain=name not in routers or routers[name].predicts_gain
            )
            for name, each in outcomes.items()
        ),
        calibration=_calibration(scored, members, model),
    )


def _cascades(
    scored: Sequence[Labelled], members: Sequence[int], model: AcceptModel, prices: Prices
) -> dict[str, list[Outcome]]:
    named: dict[str, list[Outcome]] = {CASCADE: [], FIRST_ONLY: [], DISAGREEMENT: []}
    for row in scored:
        signals = row.signals(members)
        estimates = model.predict(signals)
        best = best_answer(estimates)
        spent = sum(prices.cheap_usd(row, member) for member in members)
        extra = prices.strong_usd(row)
        first = signals[0]
        for name, worth, chosen in (
            (CASCADE, 1 - estimates[best].trust, best),
            (FIRST_ONLY, 1 - estimates[0].trust, 0),
            (DISAGREEMENT, 1 - first.agreeing / max(1, first.others), 0),
        ):
            named[name].append(
                Outcome(
                    worth=worth,
                    cheap=row.good[members[chosen]],
                    strong=row.strong,
                    cheap_usd=spent,
                    extra_usd=extra,
                    strong_usd=extra,
                )
            )
    return named


def _prompt_only(
    known: Sequence[Labelled],
    scored: Sequence[Labelled],
    weak: int,
    prices: Prices,
    routers: Mapping[str, PromptOnly],
) -> dict[str, list[Outcome]]:
    lessons = [(row.question.text, row.strong - row.good[weak]) for row in known]
    made = {name: router.make(lessons) for name, router in routers.items()}
    return {
        name: [
            Outcome(
                worth=worth(row.question.text),
                cheap=row.good[weak],
                strong=row.strong,
                cheap_usd=prices.cheap_usd(row, weak),
                # Decided before anything is called: only one of the two is paid for.
                extra_usd=prices.strong_usd(row) - prices.cheap_usd(row, weak),
                strong_usd=prices.strong_usd(row),
            )
            for row in scored
        ]
        for name, worth in made.items()
    }


def _score(
    router: str, outcomes: Sequence[Outcome], weak: float, strong: float, *, is_gain: bool
) -> Score:
    points = curve(outcomes)
    return Score(
        router=router,
        apgr=apgr(points, weak, strong),
        cpt_50=share_to_recover(0.5, points, weak, strong),
        cpt_80=share_to_recover(0.8, points, weak, strong),
        points=points,
        by_dollars=curve([_for_a_dollar(each) for each in outcomes]) if is_gain else points,
    )


def _for_a_dollar(outcome: Outcome) -> Outcome:
    return msgspec.structs.replace(outcome, worth=outcome.worth / outcome.strong_usd)


def _calibration(scored: Sequence[Labelled], members: Sequence[int], model: AcceptModel) -> float:
    errors = []
    for row in scored:
        estimates = model.predict(row.signals(members))
        best = best_answer(estimates)
        errors.append(estimates[best].p_good - row.good[members[best]])
    return fmean(errors)
