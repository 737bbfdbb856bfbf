"""How fast targets answer: measured, published, or said. Nothing is made up."""

from collections.abc import Callable, Iterable, Mapping
from math import exp, log
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from headgate.estimate.serving import Z_95

Source = Literal["said", "calculated", "measured", "published"]
BUCKET_EDGES = (512, 2_048, 8_192, 32_768)
"""Prompts of about one length start about as fast."""
FEWEST_SAMPLES = 20
MOST_SAMPLES = 400
"""Of one bucket, the newest."""


class Took(NamedTuple):
    """How long one answer takes once it is begun; `None` is unknown."""

    ttft_s: float | None
    total_s: float


Random = Callable[[], float]
"""From 0 to 1, seeded by whoever asks."""


class Speed(Protocol):
    """How fast one target answers."""

    @property
    def source(self) -> Source:
        """Where we have it from."""
        ...

    def take(self, input_tokens: int, output_tokens: int, random: Random) -> Took:
        """The times of one answer."""
        ...

    def usual(self) -> tuple[float | None, float | None]:
        """Time to the first token in milliseconds, and tokens a second, as routing sees them."""
        ...


class Steady(Struct, frozen=True, kw_only=True):
    """As somebody says: so long before the first token, and so fast from then on."""

    ttft_s: float = 0.0
    read_tokens_per_s: float | None = None
    """Prompt tokens; `None` reads at once."""
    write_tokens_per_s: float
    source: Source = "said"

    def take(self, input_tokens: int, output_tokens: int, random: Random) -> Took:
        """Always the same."""
        ttft_s = self.ttft_s
        if self.read_tokens_per_s is not None:
            ttft_s += input_tokens / self.read_tokens_per_s
        return Took(ttft_s, ttft_s + max(output_tokens - 1, 0) / self.write_tokens_per_s)

    def usual(self) -> tuple[float | None, float | None]:
        """Of a prompt of a thousand tokens."""
        read = 0.0 if self.read_tokens_per_s is None else 1000 / self.read_tokens_per_s
        return (self.ttft_s + read) * 1000, self.write_tokens_per_s


class Published(Struct, frozen=True, kw_only=True):
    """As others measured it: log-normal through the percentiles they tell."""

    ttft_p50_s: float
    ttft_p95_s: float | None = None
    tokens_per_s_p50: float
    tokens_per_s_p5: float | None = None
    source: Source = "published"

    def take(self, input_tokens: int, output_tokens: int, random: Random) -> Took:
        """One draw; a slow start and a slow answer are drawn apart."""
        ttft_s = _drawn(self.ttft_p50_s, self.ttft_p95_s, random)
        slow = None if self.tokens_per_s_p5 is None else 1 / self.tokens_per_s_p5
        each_s = _drawn(1 / self.tokens_per_s_p50, slow, random)
        return Took(ttft_s, ttft_s + max(output_tokens - 1, 0) * each_s)

    def usual(self) -> tuple[float | None, float | None]:
        """The medians."""
        return self.ttft_p50_s * 1000, self.tokens_per_s_p50


class Sample(NamedTuple):
    """One answer of past traffic."""

    target: str
    model: str
    input_tokens: int
    output_tokens: int
    ttft_ms: float | None
    duration_ms: float


class Measured:
    """As past traffic was answered: one of its answers, drawn from those of like length."""

    source: Source = "measured"

    def __init__(self, samples: Iterable[Sample]) -> None:
        """Keep the first `MOST_SAMPLES` of each bucket: give the newest first."""
        self._buckets: list[list[tuple[float | None, float]]] = [[] for _ in (*BUCKET_EDGES, 0)]
        for sample in samples:
            bucket = self._buckets[_bucket(sample.input_tokens)]
            if len(bucket) < MOST_SAMPLES:
                bucket.append(_paced(sample))
        self._all = [each for bucket in self._buckets for each in bucket]

    def __len__(self) -> int:
        """How many answers it has to draw from."""
        return len(self._all)

    def take(self, input_tokens: int, output_tokens: int, random: Random) -> Took:
        """The start of another answer, and its speed over this one's length."""
        bucket = self._buckets[_bucket(input_tokens)]
        drawn = bucket if len(bucket) >= FEWEST_SAMPLES else self._all
        ttft_s, each_s = drawn[int(random() * len(drawn))]
        return Took(ttft_s, (ttft_s or 0.0) + max(output_tokens - 1, 0) * each_s)

    def usual(self) -> tuple[float | None, float | None]:
        """The medians of everything."""
        starts = sorted(start for start, _ in self._all if start is not None)
        paces = sorted(pace for _, pace in self._all)
        ttft_ms = starts[len(starts) // 2] * 1000 if starts else None
        pace = paces[len(paces) // 2]
        return ttft_ms, 1 / pace if pace else None


Speeds = Mapping[str, Speed]
"""By target; what is not in it is unknown."""


def measured(samples: Iterable[Sample]) -> dict[tuple[str, str], Measured]:
    """What past traffic tells of each target and its model, where it is enough."""
    grouped: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        grouped.setdefault((sample.target, sample.model), []).append(sample)
    made = {key: Measured(group) for key, group in grouped.items()}
    return {key: each for key, each in made.items() if len(each) >= FEWEST_SAMPLES}


def _paced(sample: Sample) -> tuple[float | None, float]:
    """Start, and seconds a token; all of the time is spread where nobody saw the start."""
    start_ms = sample.ttft_ms or 0.0
    pace_s = max(sample.duration_ms - start_ms, 0.0) / 1000 / max(sample.output_tokens - 1, 1)
    return None if sample.ttft_ms is None else sample.ttft_ms / 1000, pace_s


def _bucket(input_tokens: int) -> int:
    for place, edge in enumerate(BUCKET_EDGES):
        if input_tokens <= edge:
            return place
    return len(BUCKET_EDGES)


def _drawn(median: float, p95: float | None, random: Random) -> float:
    if p95 is None or p95 <= median:
        return median
    return median * exp(log(p95 / median) / Z_95 * _normal(random))


def _normal(random: Random) -> float:
    """About normal, from uniform ones: the sum of twelve, less six, by the central limit."""
    return sum(random() for _ in range(12)) - 6
