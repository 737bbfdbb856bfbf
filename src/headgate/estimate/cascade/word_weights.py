"""What single words add to an estimate, and how far that is to be believed.

Weights of hashed words, learned by small steps towards what the estimate left over. Each row
is predicted before it is learned, so the belief rests on rows that the weights had not seen:
words that teach nothing are given no say, however many there are.
"""

import math
from collections.abc import Sequence

from msgspec import Struct

STEP = 0.2
"""Share of an error that one row corrects."""
DOUBT = 2.0
"""Squared predictions that have to be earned before half is believed."""


class WordWeights(Struct):
    """Weights by hashed word."""

    weights: dict[int, float] = {}
    seen: dict[int, int] = {}
    """Rows that have the word."""
    rows: int = 0
    together: float = 0.0
    """Sum of prediction times what was left over: whether they point the same way."""
    squared: float = 0.0
    """Sum of squared predictions."""

    @property
    def belief(self) -> float:
        """0 to 1: the share of a prediction that unseen rows bore out."""
        return min(1.0, max(0.0, self.together / (self.squared + DOUBT)))

    def predict(self, words: Sequence[int]) -> float:
        """What the words add, cut down to what is believed of it."""
        belief = self.belief
        return belief * self._raw(words, self._values(words)) if belief else 0.0

    def learn(self, words: Sequence[int], left_over: float) -> None:
        """Take in what an estimate without words was short of."""
        values = self._values(words)
        guess = self._raw(words, values)
        self.together += guess * left_over
        self.squared += guess * guess
        step = STEP * (left_over - guess)
        for word, value in zip(words, values, strict=True):
            self.weights[word] = self.weights.get(word, 0.0) + step * value
            self.seen[word] = self.seen.get(word, 0) + 1
        self.rows += 1

    def _raw(self, words: Sequence[int], values: Sequence[float]) -> float:
        weights = self.weights
        return sum(
            weights.get(word, 0.0) * value for word, value in zip(words, values, strict=True)
        )

    def _values(self, words: Sequence[int]) -> list[float]:
        """Rarer words count more (inverse document frequency); the row's length does not."""
        seen, most = self.seen, self.rows + 1
        rare = [math.log(most / (seen.get(word, 0) + 1)) + 0.1 for word in words]
        length = math.sqrt(sum(value * value for value in rare)) or 1.0
        return [value / length for value in rare]
