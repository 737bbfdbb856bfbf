"""Whether cheap answers are accepted: so many say the same, or trust is high enough, or both."""

from collections.abc import Sequence

from headgate.policy.cascade.estimate import (
    DEFAULT_THRESHOLD,
    AcceptModel,
    Verdict,
    best_answer,
    judge_answers,
)
from headgate.policy.cascade.signals import Signals


def settle(
    signals: Sequence[Signals], model: AcceptModel, *, agree: int | None, accept: float | None
) -> Verdict:
    """Choose one of the answers to one question, and say whether it may be served.

    Args:
        signals: Of at least one answer.
        model: Estimates their trust.
        agree: How many must say the same; `None` leaves it to trust.
        accept: Least trust; `None` for the usual one, or none where `agree` decides.
    """
    threshold = DEFAULT_THRESHOLD if accept is None else accept
    if agree is None:
        return judge_answers(signals, model, threshold)
    estimates = model.predict(signals)
    sizes = [0 if each.problem else each.agreeing + 1 for each in signals]
    chosen = max(range(len(signals)), key=lambda i: (sizes[i], estimates[i].p_good, -i))
    estimate = estimates[chosen]
    enough = sizes[chosen] >= agree
    told = f"{sizes[chosen]} of {len(signals)} answers say the same, {agree} are asked for"
    accepts = enough and (accept is None or estimate.trust >= accept)
    if enough and accept is not None:
        side = "at least" if accepts else "less than"
        told += f"; trust {estimate.trust:.2f}, {side} the {accept:.2f} asked for"
    if not enough:
        chosen = best_answer(estimates)
        estimate = estimates[chosen]
    return Verdict(chosen, estimate.p_good, accepts, told, estimate.trust)


def can_still_agree(signals: Sequence[Signals], pending: int, agree: int) -> bool:
    """Whether so many could say the same once `pending` more answers are here."""
    largest = max((each.agreeing + 1 for each in signals if not each.problem), default=0)
    return largest + pending >= agree
