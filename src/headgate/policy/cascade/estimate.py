"""How far a cheap answer is to be trusted, and whether that is enough."""

from collections.abc import Sequence
from typing import Self

import msgspec
from msgspec import Struct

from headgate.policy.cascade.signals import Signals

DEFAULT_THRESHOLD = 0.7
"""Two members that agree pass it, one alone or two that disagree do not."""


class Estimate(Struct, frozen=True):
    """What a model thinks of one cheap answer."""

    p_good: float
    """Probability that the answer is good enough."""
    p_strong: float = 1.0
    """The same of the strong target's answer; 1 while nothing is known of it."""

    @property
    def trust(self) -> float:
        """1 less what escalating is expected to gain: `p_good` while `p_strong` is unknown."""
        return 1 - max(0.0, self.p_strong - self.p_good)


class Verdict(Struct, frozen=True):
    """Which cheap answer is the best, and whether it may be served."""

    chosen: int
    p_good: float
    accepts: bool
    reason: str


class AcceptModel:
    """Estimates whether cheap answers are good; learns from labels.

    Without labels agreement leads. Plain arithmetic: no clock, no randomness, no files.
    """

    def __init__(self) -> None:
        self.labels = 0

    @classmethod
    def prior(cls) -> Self:
        """What is known before any label."""
        return cls()

    def predict(self, signals: Sequence[Signals]) -> tuple[Estimate, ...]:
        """An estimate for each answer to one question, in order."""
        return tuple(
            Estimate((each.agreeing + 0.5) / (each.others + 1) if each.problem is None else 0.02)
            for each in signals
        )

    def learn(
        self,
        signals: Sequence[Signals],
        good: Sequence[float | None],
        *,
        strong: float | None = None,
        weight: float = 1.0,
    ) -> None:
        """Take in how good the answers to one question were, 0 to 1; `None` where unknown."""
        self.labels += 1

    def dumps(self) -> bytes:
        """The model as bytes."""
        return msgspec.json.encode({"labels": self.labels})

    @classmethod
    def loads(cls, data: bytes) -> Self:
        """The model that `dumps` wrote."""
        model = cls()
        model.labels = msgspec.json.decode(data)["labels"]
        return model


def judge_answers(
    signals: Sequence[Signals], model: AcceptModel, threshold: float = DEFAULT_THRESHOLD
) -> Verdict:
    """Choose the best of the cheap answers, and accept it if its trust reaches `threshold`."""
    estimates = model.predict(signals)
    chosen = max(range(len(signals)), key=lambda index: (estimates[index].p_good, -index))
    best, estimate = signals[chosen], estimates[chosen]
    accepts = best.problem is None and estimate.trust >= threshold
    return Verdict(chosen, estimate.p_good, accepts, _reason(best, estimate, threshold))


def _reason(best: Signals, estimate: Estimate, threshold: float) -> str:
    if best.problem is not None:
        return f"the best cheap answer fails the check `{best.problem}`"
    told = f"{best.agreeing} of {best.others} other members agree"
    side = "at least" if estimate.trust >= threshold else "less than"
    return f"{told}; trust {estimate.trust:.2f}, {side} the {threshold:.2f} asked for"
