"""What Prometheus sees. Metric and label names live only here.

Labels are names from the configuration and fixed words, never anything a client wrote.

Counts are kept in plain dictionaries and become Prometheus' own objects when they are
read: with its counters and histograms, which lock on every call, counting would cost as
much as writing the ledger. The one writer thread counts; any thread may read.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from typing_extensions import override

from headgate.estimate.cost import Cost
from headgate.ledger.entry import AttemptEntry, DecisionEntry

Labels = tuple[str, ...]
TTFT_BUCKETS_S = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 60.0)
DURATION_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)


class QueueCounts(NamedTuple):
    """How the writer of the ledger is doing."""

    queued: int
    dropped: int


class BudgetCounts(NamedTuple):
    """How the fullest account of a budget is doing, in US dollars."""

    budget: str
    limit: float
    spent: float
    reserved: float


class LearningCounts(NamedTuple):
    """How learning goes on one route."""

    route: str
    labels: int
    requests: int
    """Since the start, as the next."""
    explored: int
    drift_alarms: int
    """Ever."""


class Tally(Collector):
    """A counter by labels."""

    def __init__(self, name: str, help_text: str, labels: Sequence[str]) -> None:
        """Start with no label set."""
        self._name, self._help, self._labels = name, help_text, labels
        self._counts: dict[Labels, float] = {}

    def add(self, labels: Labels, amount: float = 1.0) -> None:
        """Count."""
        self._counts[labels] = self._counts.get(labels, 0.0) + amount

    @override
    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(self._name, self._help, labels=self._labels)
        for labels, count in list(self._counts.items()):
            family.add_metric(labels, count)
        yield family


class Spread(Collector):
    """A histogram by one label."""

    def __init__(self, name: str, help_text: str, label: str, bounds: Sequence[float]) -> None:
        """Start with no label value; `bounds` are the upper ends of the buckets."""
        self._name, self._help, self._label, self._bounds = name, help_text, label, bounds
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def add(self, label: str, value: float) -> None:
        """Count one value."""
        counts = self._counts.get(label)
        if counts is None:
            self._sums[label] = 0.0
            counts = self._counts[label] = [0] * (len(self._bounds) + 1)
        counts[bisect_left(self._bounds, value)] += 1
        self._sums[label] += value

    @override
    def collect(self) -> Iterator[Metric]:
        family = HistogramMetricFamily(self._name, self._help, labels=[self._label])
        for label, counts in list(self._counts.items()):
            family.add_metric([label], list(self._buckets(counts)), self._sums[label])
        yield family

    def _buckets(self, counts: Sequence[int]) -> Iterator[tuple[str, float]]:
        below = 0
        for bound, count in zip((*self._bounds, "+Inf"), tuple(counts), strict=True):
            below += count
            yield str(bound), below


class Metrics(Collector):
    """Everything that is counted."""

    def __init__(self) -> None:
        """Start from nothing; counts are those of this process."""
        self.requests = Tally("headgate_requests", "Requests decided.", ("route", "status"))
        self.request_s = Spread(
            "headgate_request_duration_seconds",
            "From the request to the end of its answer.",
            "route",
            DURATION_BUCKETS_S,
        )
        self.vetoes = Tally("headgate_vetoes", "Candidates refused, by the rule.", ("rule",))
        self.attempts = Tally("headgate_attempts", "Tries at targets.", ("target", "outcome"))
        self.attempt_s = Spread(
            "headgate_attempt_duration_seconds", "Length of a try.", "target", DURATION_BUCKETS_S
        )
        self.ttft_s = Spread(
            "headgate_time_to_first_token_seconds",
            "From a try's start to its first model output.",
            "target",
            TTFT_BUCKETS_S,
        )
        self.tokens = Tally(
            "headgate_tokens", "Tokens; the cached are among the input.", ("target", "kind")
        )
        self.usd = Tally("headgate_cost_usd", "US dollars, where known.", ("target",))
        self.unpriced = Tally(
            "headgate_attempts_of_unknown_cost", "Tries whose cost is not known.", ("target",)
        )
        self._in_flight: Callable[[], Mapping[str, int]] | None = None
        self._ledger: Callable[[], QueueCounts] | None = None
        self._budgets: Callable[[], Iterable[BudgetCounts]] | None = None
        self._learning: Callable[[], Iterable[LearningCounts]] | None = None
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def watch_targets(self, in_flight: Callable[[], Mapping[str, int]]) -> None:
        """Show the requests under way at each target; asked when the metrics are read."""
        self._in_flight = in_flight

    def watch_ledger(self, counts: Callable[[], QueueCounts]) -> None:
        """Show how the ledger is doing; asked when the metrics are read."""
        self._ledger = counts

    def watch_budgets(self, counts: Callable[[], Iterable[BudgetCounts]]) -> None:
        """Show what budgets have left; asked when the metrics are read."""
        self._budgets = counts

    def watch_learning(self, counts: Callable[[], Iterable[LearningCounts]]) -> None:
        """Show how routes learn; asked when the metrics are read."""
        self._learning = counts

    def decided(self, entry: DecisionEntry) -> None:
        """Count one request."""
        self.requests.add((entry.route, entry.status))
        self.request_s.add(entry.route, entry.duration_ms / 1000)
        for rule in entry.vetoed_by:
            self.vetoes.add((rule,))

    def tried(self, entry: AttemptEntry, cost: Cost) -> None:
        """Count one attempt."""
        target = entry.target
        self.attempts.add((target, entry.outcome))
        self.attempt_s.add(target, entry.duration_ms / 1000)
        if entry.ttft_ms is not None:
            self.ttft_s.add(target, entry.ttft_ms / 1000)
        usage = entry.usage
        if usage is not None:
            self.tokens.add((target, "input"), usage.input_tokens)
            self.tokens.add((target, "output"), usage.output_tokens)
            if usage.cache_read_tokens:
                self.tokens.add((target, "cache_read"), usage.cache_read_tokens)
            if usage.cache_write_tokens:
                self.tokens.add((target, "cache_write"), usage.cache_write_tokens)
        if cost.usd is None:
            self.unpriced.add((target,))
        else:
            self.usd.add((target,), float(cost.usd))

    def text(self) -> tuple[bytes, str]:
        """Everything in Prometheus' text format, and its media type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    @override
    def collect(self) -> Iterable[Metric]:
        for counted in (self.requests, self.request_s, self.vetoes):
            yield from counted.collect()
        for counted in (self.attempts, self.attempt_s, self.ttft_s, self.tokens):
            yield from counted.collect()
        yield from self.usd.collect()
        yield from self.unpriced.collect()
        yield from self._gauges()

    def _gauges(self) -> Iterator[Metric]:
        if self._in_flight is not None:
            gauge = GaugeMetricFamily(
                "headgate_in_flight_requests", "Requests under way.", labels=["target"]
            )
            for target, count in self._in_flight().items():
                gauge.add_metric([target], count)
            yield gauge
        if self._ledger is not None:
            queued, dropped = self._ledger()
            yield GaugeMetricFamily(
                "headgate_ledger_queued_entries", "Entries not written yet.", queued
            )
            yield CounterMetricFamily(
                "headgate_ledger_dropped_entries", "Entries lost before they were written.", dropped
            )
        if self._budgets is not None:
            yield from _budget_gauges(self._budgets())
        if self._learning is not None:
            yield from _of_learning(self._learning())


def _budget_gauges(counts: Iterable[BudgetCounts]) -> Iterator[Metric]:
    """What is spent and kept of each budget, beside its limit."""
    gauge = GaugeMetricFamily(
        "headgate_budget_usd",
        "US dollars of a budget's fullest account in the period that runs.",
        labels=["budget", "kind"],
    )
    for budget, limit, spent, reserved in counts:
        for kind, usd in (("limit", limit), ("spent", spent), ("reserved", reserved)):
            gauge.add_metric([budget, kind], usd)
    yield gauge


def _of_learning(counts: Iterable[LearningCounts]) -> Iterator[Metric]:
    labels = GaugeMetricFamily(
        "headgate_learning_labels", "Labels a route has learned from.", labels=["route"]
    )
    tiered = CounterMetricFamily(
        "headgate_learning_requests",
        "Requests whose tier was chosen by what was learned.",
        labels=["route"],
    )
    explored = CounterMetricFamily(
        "headgate_learning_explored", "Those of them that were learned from.", labels=["route"]
    )
    alarms = GaugeMetricFamily(
        "headgate_learning_drift_alarms",
        "Times that labels showed a route's traffic to have changed.",
        labels=["route"],
    )
    for each in counts:
        labels.add_metric([each.route], each.labels)
        tiered.add_metric([each.route], each.requests)
        explored.add_metric([each.route], each.explored)
        alarms.add_metric([each.route], each.drift_alarms)
    yield from (labels, tiered, explored, alarms)
