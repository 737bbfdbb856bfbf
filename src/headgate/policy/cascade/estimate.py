"""How far a cheap answer is to be trusted, and whether that is enough.

Every member has two estimates, of its own answer and of the strong target's: agreement and the
shape of the answers by ridge regression around a guess (`estimate.cascade.ridge`), and what the
question's words add to that (`estimate.cascade.word_weights`). Without labels the guess is all
there is, and in the guess agreement is all that counts.
"""

from collections.abc import Sequence
from typing import Self

import msgspec
from msgspec import Struct

from headgate.estimate.cascade.ridge import Ridge, ridge
from headgate.estimate.cascade.word_weights import WordWeights
from headgate.policy.cascade.columns import SHAPES, columns
from headgate.policy.cascade.signals import Signals

DEFAULT_THRESHOLD = 0.7
"""Two members that agree pass it, one alone or two that disagree do not."""
P_FLAWED = 0.02
"""Probability that an answer is good although a check found a problem with it."""

_BASIC = (0.4, 0.4, 0.1, 0.3, 0.6)
"""Guess: nobody agrees, share that agrees, nobody to compare with, log-probability, judge."""
GUESS = (*_BASIC, *(0.0 for _ in range(2 * SHAPES)))
STRENGTHS = (*(5.0 for _ in _BASIC), *(20.0 for _ in range(2 * SHAPES)))
"""Rows that the guess is worth."""
STRONG_GUESS = (1.0, *(0.0 for _ in GUESS[1:]))
STRONG_STRENGTHS = (5.0, *(40.0 for _ in GUESS[1:]))


class Estimate(Struct, frozen=True):
    """What a model thinks of one cheap answer."""

    p_good: float
    """Probability that the answer is good enough."""
    p_strong: float = 1.0
    """The same of the strong target's answer; 1 while nothing is known of it."""

    @property
    def trust(self) -> float:
        """1 less what escalating is expected to gain: `p_good` while `p_strong` is unknown."""
        return 1 - (self.p_strong - self.p_good)


class Verdict(Struct, frozen=True):
    """Which cheap answer is the best, and whether it may be served."""

    chosen: int
    p_good: float
    accepts: bool
    reason: str
    trust: float = 0.0


class _Target(Struct):
    """An estimate of one quantity for one member."""

    shape: Ridge
    words: WordWeights

    def predict(self, row: Sequence[float], words: Sequence[int]) -> float:
        return self.shape.predict(row) + self.words.predict(words)

    def learn(
        self, row: Sequence[float], words: Sequence[int], value: float, weight: float
    ) -> None:
        self.words.learn(words, value - self.shape.predict(row))
        self.shape.learn(row, value, weight)


class _Member(Struct):
    good: _Target
    strong: _Target


class _State(Struct):
    """Everything a model knows."""

    members: dict[str, _Member] = {}
    labels: int = 0


class AcceptModel:
    """Estimates whether cheap answers are good; learns from labels.

    Plain arithmetic: no clock, no randomness, no files.
    """

    def __init__(self) -> None:
        self._state = _State()

    @classmethod
    def prior(cls) -> Self:
        """What is known before any label."""
        return cls()

    @property
    def labels(self) -> int:
        """Questions learned from."""
        return self._state.labels

    def predict(self, signals: Sequence[Signals]) -> tuple[Estimate, ...]:
        """An estimate for each answer to one question, in order."""
        return tuple(self._estimate(each) for each in signals)

    def learn(
        self,
        signals: Sequence[Signals],
        good: Sequence[float | None],
        *,
        strong: float | None = None,
        weight: float = 1.0,
    ) -> None:
        """Take in how good the answers to one question were, 0 to 1; `None` where unknown."""
        for each, value in zip(signals, good, strict=True):
            member = self._state.members.setdefault(each.member, _new_member())
            row = columns(each)
            if value is not None:
                member.good.learn(row, each.question_words, value, weight)
            if strong is not None:
                member.strong.learn(row, each.question_words, strong, weight)
        self._state.labels += 1

    def fit(
        self, rows: Sequence[tuple[Sequence[Signals], Sequence[float | None], float | None]]
    ) -> None:
        """Learn from many questions: signals, how good each answer was, and the strong one."""
        for signals, good, strong in rows:
            self.learn(signals, good, strong=strong)

    def dumps(self) -> bytes:
        """The model as bytes."""
        return msgspec.json.encode(self._state)

    @classmethod
    def loads(cls, data: bytes) -> Self:
        """The model that `dumps` wrote."""
        model = cls()
        model._state = msgspec.json.decode(data, type=_State)
        return model

    def _estimate(self, signals: Signals) -> Estimate:
        member = self._state.members.get(signals.member) or _NEW
        row = columns(signals)
        good = member.good.predict(row, signals.question_words)
        strong = member.strong.predict(row, signals.question_words)
        return Estimate(P_FLAWED if signals.problem else _within(good), _within(strong))


def best_answer(estimates: Sequence[Estimate]) -> int:
    """Position of the answer that is most probably good; the first of equals."""
    return max(range(len(estimates)), key=lambda index: (estimates[index].p_good, -index))


def judge_answers(
    signals: Sequence[Signals], model: AcceptModel, threshold: float = DEFAULT_THRESHOLD
) -> Verdict:
    """Choose the best of the cheap answers (one at least); accept it if its trust suffices."""
    estimates = model.predict(signals)
    chosen = best_answer(estimates)
    best, estimate = signals[chosen], estimates[chosen]
    accepts = best.problem is None and estimate.trust >= threshold
    reason = _reason(best, estimate, threshold)
    return Verdict(chosen, estimate.p_good, accepts, reason, estimate.trust)


def _reason(best: Signals, estimate: Estimate, threshold: float) -> str:
    if best.problem is not None:
        return f"the best cheap answer fails the check `{best.problem}`"
    told = f"{best.agreeing} of {best.others} other members agree"
    side = "at least" if estimate.trust >= threshold else "less than"
    return f"{told}; trust {estimate.trust:.2f}, {side} the {threshold:.2f} asked for"


def _new_member() -> _Member:
    return _Member(
        good=_Target(ridge(GUESS, STRENGTHS), WordWeights()),
        strong=_Target(ridge(STRONG_GUESS, STRONG_STRENGTHS), WordWeights()),
    )


def _within(value: float) -> float:
    return min(0.99, max(0.01, value))


_NEW = _new_member()
