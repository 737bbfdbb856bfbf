"""Least squares that learn one row at a time and start from a guess.

Recursive least squares with a ridge around the guess: the weights are exactly those that
minimise the squared errors so far plus `strength` times the squared distance from the guess
(Sherman and Morrison's formula, 1950, keeps the inverse), whatever the order of the rows.
"""

from collections.abc import Sequence
from operator import mul

from msgspec import Struct


class Ridge(Struct):
    """Weights, and how sure each pair of them is; made by `ridge`."""

    weights: list[float]
    covariance: list[list[float]]
    """Inverse of the ridge plus the sum of the rows' outer products."""

    def predict(self, row: Sequence[float]) -> float:
        """What the weights say of `row`."""
        total: float = sum(map(mul, self.weights, row))
        return total

    def learn(self, row: Sequence[float], value: float, weight: float = 1.0) -> None:
        """Take in one row, as if it had been there from the start."""
        reach = [sum(map(mul, line, row)) for line in self.covariance]
        scale = weight / (1 + weight * sum(map(mul, reach, row)))
        step = scale * (value - self.predict(row))
        self.weights = [old + step * way for old, way in zip(self.weights, reach, strict=True)]
        for index, way in enumerate(reach):
            share = scale * way
            self.covariance[index] = [
                old - share * other
                for old, other in zip(self.covariance[index], reach, strict=True)
            ]


def ridge(guess: Sequence[float], strengths: Sequence[float]) -> Ridge:
    """Weights that start at `guess`; each is worth as many rows as its strength says."""
    size = len(guess)
    return Ridge(
        weights=list(guess),
        covariance=[
            [1 / strengths[row] if row == column else 0.0 for column in range(size)]
            for row in range(size)
        ],
    )
