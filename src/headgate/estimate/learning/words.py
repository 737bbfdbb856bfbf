"""Least squares over hashed words, one label at a time and over again.

Stochastic dual coordinate ascent (Shalev-Shwartz and Zhang, JMLR 14, 2013) for ridge
regression: every row keeps its share of the weights, so passing over a row again moves
towards the exact solution instead of counting it twice. Rows are TF-IDF vectors of length
one, with the shape beside them.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log, sqrt
from operator import mul
from typing import Any

import msgspec
from msgspec import Struct

from headgate.estimate.learning.features import BUCKETS, SHAPES, Features

RIDGE = 8.0
"""How many rows it takes to move a weight half the way."""
SHAPE_SCALE = 0.08
"""What the shape counts beside the words."""
MOST_STANDARD = 3.0
"""Standard deviations beyond which an odd shape is as odd as that."""
KEPT = 4096
"""Rows that are passed over again; older ones keep what they taught."""
AGAIN = 6
"""Rows passed over again with each new one."""
PASSES = 8
FEWEST = 2
"""Prompts that must have a bucket before it says anything: most words come once."""
_LENGTH = BUCKETS + SHAPES
_PER_RIDGE = 1.0 / RIDGE
_SHAPE_INDICES = tuple(range(BUCKETS, _LENGTH))
_MOST = 32
_DAMPED = [0.0, *(1.0 + log(count) for count in range(1, _MOST + 1))]


class WordRidge:
    """Weights over buckets and shape."""

    def __init__(self) -> None:
        """Nothing learned."""
        self.weights = array("d", bytes(8 * _LENGTH))
        self.mass = array("d", bytes(8 * _LENGTH))
        """Sum of squares of what was seen, by weight: how sure each is."""
        self.doubts = array("d", [1.0]) * _LENGTH
        """Share of the first doubt that `mass` leaves."""
        self.spread = Spread()
        self.rows: list[_Row] = []
        """Those that are passed over again."""
        self._oldest = 0
        self._again = 0

    def predict(self, features: Features) -> tuple[float, float]:
        """What is expected, and the share of the first doubt that is left, 0 to 1."""
        weights, doubts, common = self.weights, self.doubts, self.spread.common
        most, damped = self.spread.most, _DAMPED
        expected = square = doubt = 0.0
        # As in `Spread.vector`, but in one go: this is done for every request.
        for bucket, count in zip(features.buckets, features.counts, strict=True):
            log_times = common.get(bucket)
            if log_times is not None:
                value = (most - log_times) * damped[count if count < _MOST else _MOST]
                expected += weights[bucket] * value
                energy = value * value
                square += energy
                doubt += energy * doubts[bucket]
        if square:
            expected, doubt = expected / sqrt(square), doubt / square
        for index, value in zip(_SHAPE_INDICES, self.spread.shape(features.shape), strict=True):
            expected += weights[index] * value
            doubt += value * value * doubts[index]
        return expected, doubt

    def learn(self, features: Features, label: float, weight: float = 1.0) -> None:
        """Take in one row, and pass over some of the earlier ones again."""
        self.spread.count(features)
        row = self._keep(features, label, weight)
        self._step(row)
        for _ in range(min(AGAIN, len(self.rows) - 1)):
            self._again = (self._again + 1) % len(self.rows)
            self._step(self.rows[self._again])

    def fit(self, rows: Iterable[tuple[Features, float]], passes: int = PASSES) -> None:
        """Take in many rows, and pass over all of them several times."""
        given = list(rows)
        for features, _ in given:
            self.spread.count(features)
        kept = [self._keep(features, label, 1.0) for features, label in given]
        for _ in range(passes):
            for row in kept:
                self._step(row)

    def forget(self, share: float) -> None:
        """Be less sure of everything, and begin to let go of it."""
        self.mass = array("d", [each * (1 - share) for each in self.mass])
        self.doubts = array("d", map(_doubt, self.mass))
        self.weights = array("d", [each * (1 - share) for each in self.weights])
        self.rows.clear()
        self._oldest = self._again = 0

    def dumps(self) -> bytes:
        """For a store, without the rows."""
        used = [index for index, mass in enumerate(self.mass) if mass]
        spread = self.spread
        dump = _Dump(
            indices=array("I", used).tobytes(),
            weights=array("f", [self.weights[index] for index in used]).tobytes(),
            mass=array("f", [self.mass[index] for index in used]).tobytes(),
            rows=spread.rows,
            buckets=array("I", spread.seen.keys()).tobytes(),
            times=array("I", spread.seen.values()).tobytes(),
            sums=spread.sums,
            squares=spread.squares,
        )
        return msgspec.msgpack.encode(dump)

    @classmethod
    def loads(cls, data: bytes) -> "WordRidge":
        """What `dumps` gave."""
        dump = msgspec.msgpack.decode(data, type=_Dump)
        model, spread = cls(), Spread()
        indices = _unpacked("I", dump.indices)
        for index, weight, mass in zip(
            indices, _unpacked("f", dump.weights), _unpacked("f", dump.mass), strict=True
        ):
            model.weights[index], model.mass[index] = weight, mass
            model.doubts[index] = _doubt(mass)
        spread.sums, spread.squares = dump.sums, dump.squares
        times = zip(_unpacked("I", dump.buckets), _unpacked("I", dump.times), strict=True)
        spread.restore(dict(times), dump.rows)
        model.spread = spread
        return model

    def _keep(self, features: Features, label: float, weight: float) -> "_Row":
        indices, values = self.spread.vector(features)
        row = _Row(indices, values, label, weight, sum(map(mul, values, values)))
        for index, value in zip(indices, values, strict=True):
            mass = self.mass[index] = self.mass[index] + weight * value * value
            self.doubts[index] = _doubt(mass)
        if len(self.rows) < KEPT:
            self.rows.append(row)
        else:
            self.rows[self._oldest] = row
            self._oldest = (self._oldest + 1) % KEPT
        return row

    def _step(self, row: "_Row") -> None:
        weights, values = self.weights, row.values
        expected = sum(map(mul, map(weights.__getitem__, row.indices), values))
        missed = row.label - expected - row.dual / row.weight
        step = missed / (1 / row.weight + row.square / RIDGE)
        row.dual += step
        step /= RIDGE
        for index, value in zip(row.indices, values, strict=True):
            weights[index] += step * value


def _doubt(mass: float) -> float:
    return 1.0 / (1.0 + mass * _PER_RIDGE)


class _Dump(Struct):
    """A model as it is stored; numbers packed."""

    indices: bytes
    weights: bytes
    mass: bytes
    rows: int
    buckets: bytes
    times: bytes
    sums: list[float]
    squares: list[float]


def _unpacked(kind: str, data: bytes) -> "array[Any]":
    numbers: array[Any] = array(kind)
    numbers.frombytes(data)
    return numbers


class _Row(Struct, gc=False):
    """A row, and its share of the weights."""

    indices: Sequence[int]
    values: Sequence[float]
    label: float
    weight: float
    square: float
    dual: float = 0.0


class Spread:
    """How often buckets occur, and how shapes usually are: what makes features a vector."""

    def __init__(self) -> None:
        """Nothing seen."""
        self.rows = 0
        self.seen: Counter[int] = Counter()
        self.common: dict[int, float] = {}
        """Logarithms of how often, of buckets that came often enough to say anything."""
        self.most = 1.0
        """What a bucket would count that never came."""
        self.sums = [0.0] * SHAPES
        self.squares = [0.0] * SHAPES

    def count(self, features: Features) -> None:
        """Take one prompt in."""
        self.rows += 1
        self.most = log(self.rows + 1.0) + 1.0
        seen, common = self.seen, self.common
        for bucket in features.buckets:
            times = seen[bucket] = seen[bucket] + 1
            if times >= FEWEST:
                common[bucket] = log(times + 1.0)
        for index, value in enumerate(features.shape):
            self.sums[index] += value
            self.squares[index] += value * value

    def restore(self, seen: Mapping[int, int], rows: int) -> None:
        """As `count` left it."""
        self.seen, self.rows = Counter(seen), rows
        self.most = log(rows + 1.0) + 1.0
        self.common = {b: log(times + 1.0) for b, times in seen.items() if times >= FEWEST}

    def vector(self, features: Features) -> tuple[Sequence[int], Sequence[float]]:
        """Rarer buckets count more, many no more than few; the shape in standard deviations."""
        common, most = self.common, self.most
        indices: list[int] = []
        values: list[float] = []
        for bucket, count in zip(features.buckets, features.counts, strict=True):
            log_times = common.get(bucket)
            if log_times is not None:
                indices.append(bucket)
                values.append((most - log_times) * _DAMPED[count if count < _MOST else _MOST])
        length = sqrt(sum(map(mul, values, values))) or 1.0
        return (
            (*indices, *_SHAPE_INDICES),
            [*(value / length for value in values), *self.shape(features.shape)],
        )

    def shape(self, shape: Sequence[float]) -> list[float]:
        """In standard deviations, scaled."""
        rows = self.rows
        if rows < FEWEST:
            return [0.0] * SHAPES
        scaled = []
        for value, total, square in zip(shape, self.sums, self.squares, strict=True):
            mean = total / rows
            deviation = sqrt(max(square / rows - mean * mean, 0.0)) or 1.0
            standard = (value - mean) / deviation
            scaled.append(SHAPE_SCALE * max(-MOST_STANDARD, min(MOST_STANDARD, standard)))
        return scaled
