"""What a stronger tier is worth for a prompt: a prior at first, then what labels taught.

Scorers that were trained elsewhere do not transfer: on traffic they never saw they rank no
better than prompt length. So the prior is length, little more, and the words say what it
missed. They shrink their own guesses to what the labels bear out; of the first few labels
that is chance mostly, so they get their say between 50 and 300 labels (`say_after`). A small
ridge regression takes it back where labels that they had not seen turn out otherwise.
"""

from collections.abc import Sequence
from copy import deepcopy
from math import sqrt
from operator import mul

import msgspec
from msgspec import Struct

from headgate.estimate.cascade.ridge import Ridge, ridge
from headgate.estimate.learning.features import Features
from headgate.estimate.learning.words import RIDGE, WordRidge

PRIOR_GAIN, PRIOR_SLOPE = 0.05, 0.3
"""Gain that the prior expects of an empty prompt, and more of the hardest: rough means of
public sets, where strong models are .10 to .29 better. Their order is all that is meant."""
PRIOR_MEAN = 0.2
PRIOR_ROWS = 100.0
WORDS_SHARE, WORDS_ROWS = 1.0, 10.0
"""How far the words are believed, and how firmly: in squares of what they say, of which
hundreds of labels make one."""
HALF_SAY = 150.0
"""Labels after which the words have half their say."""
LEAST_SLOPE = 0.05
"""Below it the prior says nothing, and orders are told by the words."""
VERSION = 2
FEWEST_TO_FIT = 40
FOLDS = 4
"""Parts of a batch of labels, each predicted by the others."""
Z_80 = 1.2816
"""Standard deviations that hold 80 % of a normal distribution."""
FIRST_DEVIATION = 0.5
"""Of gains around what is expected, before anything is known: they are -1, 0 or 1 mostly."""


class Prediction(Struct, frozen=True, gc=False):
    """Expected quality of the stronger tier minus the weaker one's, -1 to 1."""

    gain: float
    low: float
    high: float
    """Expected gains are between `low` and `high` with a probability of 80 %."""
    order: float
    """Ranks as `gain` does, on a scale that stays while the model learns: cuts rest on it."""


def say_after(labels: float) -> float:
    """What words that learned from so many labels count, 0 to 1."""
    return labels * labels / (labels * labels + HALF_SAY * HALF_SAY)


class _Dump(Struct):
    """A model as it is stored."""

    blend: Ridge
    words: bytes
    labels: int
    taught: float
    squared: float
    weight: float
    sum: float
    version: int = VERSION


class GainModel:
    """Predicts gains and learns from labels; `prior()` makes a new one."""

    def __init__(self, blend: Ridge, words: WordRidge) -> None:
        """Use `prior` or `loads`."""
        self.labels = 0
        """Labels it has learned from."""
        self._blend = blend
        self._words = words
        self._taught = 0.0
        """Labels that the words rest on, by weight, less what was forgotten."""
        self._squared = FIRST_DEVIATION * FIRST_DEVIATION * PRIOR_ROWS
        self._weight = PRIOR_ROWS
        self._sum = PRIOR_MEAN * PRIOR_ROWS

    @classmethod
    def prior(cls) -> "GainModel":
        """The model before any label."""
        # The mean of one's own traffic is learned soon, the slope slowly.
        guess = [PRIOR_GAIN, PRIOR_SLOPE, WORDS_SHARE]
        return cls(ridge(guess, [3.0, PRIOR_ROWS, WORDS_ROWS]), WordRidge())

    def predict(self, features: Features) -> Prediction:
        """What is expected, and how surely."""
        words, doubt = self._words.predict(features)
        say = say_after(self._taught)
        row = (1.0, features.prior, say * words)
        expected = self._blend.predict(row)
        share = say * self._blend.weights[2]
        unsure = _reach(self._blend, row) + share * share * doubt / RIDGE
        half = Z_80 * sqrt(self._squared / self._weight * unsure)
        order = (expected - self._blend.weights[0]) / self._scale
        return Prediction(
            _bounded(expected), _bounded(expected - half), _bounded(expected + half), order
        )

    def gain_at(self, order: float) -> float:
        """The gain that is expected of a prompt of this `order`."""
        return _bounded(self._blend.weights[0] + order * self._scale)

    @property
    def usual(self) -> float:
        """The gain that is expected of the prompts that were learned from, on average."""
        return self._sum / self._weight

    @property
    def _scale(self) -> float:
        return max(abs(self._blend.weights[1]), LEAST_SLOPE)

    def learn(self, features: Features, gain: float, *, weight: float = 1.0) -> None:
        """Take in one label; `weight` is how much it counts beside others."""
        words = say_after(self._taught) * self._words.predict(features)[0]
        self._blend_in(features, gain, words, weight)
        self._words.learn(features, gain - self._plain(features), weight)
        self._taught += weight
        self.labels += 1

    def fit(self, rows: Sequence[tuple[Features, float]]) -> None:
        """Take in many labels at once: the words of each row are judged by the other rows."""
        if len(rows) < FEWEST_TO_FIT:
            for features, gain in rows:
                self.learn(features, gain)
            return
        left = self._left_over(rows)
        say = say_after(len(rows))
        for fold in range(FOLDS):
            words = WordRidge()
            words.fit(row for place, row in enumerate(left) if place % FOLDS != fold)
            for features, gain in rows[fold::FOLDS]:
                self._blend_in(features, gain, say * words.predict(features)[0], 1.0)
        self._words.fit(left)
        self._taught += len(rows)
        self.labels += len(rows)

    def _left_over(self, rows: Sequence[tuple[Features, float]]) -> list[tuple[Features, float]]:
        """What the prior, fitted to these labels, leaves for the words to say."""
        plain = deepcopy(self._blend)
        for features, gain in rows:
            plain.learn((1.0, features.prior, 0.0), gain)
        return [
            (features, gain - plain.predict((1.0, features.prior, 0.0))) for features, gain in rows
        ]

    def forget(self, share: float) -> None:
        """Believe less of what was learned: the traffic has changed."""
        self._words.forget(share)
        self._taught *= 1 - share
        prior = GainModel.prior()._blend
        blend = self._blend
        blend.weights = [
            (1 - share) * old + share * new
            for old, new in zip(blend.weights, prior.weights, strict=True)
        ]
        blend.covariance = [
            [(1 - share) * old + share * new for old, new in zip(one, other, strict=True)]
            for one, other in zip(blend.covariance, prior.covariance, strict=True)
        ]

    def dumps(self) -> bytes:
        """For a store; what it passes over again is left out."""
        dump = _Dump(
            self._blend,
            self._words.dumps(),
            self.labels,
            self._taught,
            self._squared,
            self._weight,
            self._sum,
        )
        return msgspec.msgpack.encode(dump)

    @classmethod
    def loads(cls, data: bytes) -> "GainModel":
        """What `dumps` gave.

        Raises:
            ValueError: It is something else, or of another version.
        """
        dump = msgspec.msgpack.decode(data, type=_Dump)
        if dump.version != VERSION:
            raise ValueError(f"a model of version {dump.version}, not {VERSION}")
        model = cls(dump.blend, WordRidge.loads(dump.words))
        model.labels, model._taught = dump.labels, dump.taught
        model._squared, model._weight, model._sum = dump.squared, dump.weight, dump.sum
        return model

    def _plain(self, features: Features) -> float:
        """What is expected without the words."""
        return self._blend.predict((1.0, features.prior, 0.0))

    def _blend_in(self, features: Features, gain: float, words: float, weight: float) -> None:
        row = (1.0, features.prior, words)
        missed = gain - self._blend.predict(row)
        self._squared += weight * missed * missed
        self._weight += weight
        self._sum += weight * gain
        self._blend.learn(row, gain, weight)


def _reach(blend: Ridge, row: Sequence[float]) -> float:
    """How far the blend's weights are from sure, in the direction of `row`."""
    reach: float = sum(
        one * sum(map(mul, line, row)) for one, line in zip(row, blend.covariance, strict=True)
    )
    return reach


def _bounded(gain: float) -> float:
    return max(-1.0, min(1.0, gain))
