"""What Prometheus reads, checked with its own parser."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from headgate.core.usage import Usage
from headgate.estimate.cost import UNKNOWN, Cost
from headgate.ledger.metrics import (
    TTFT_BUCKETS_S,
    BudgetCounts,
    LearningCounts,
    Metrics,
    QueueCounts,
    Spread,
)
from support.entries import attempt_entry, decision_entry


def samples(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = metrics.text()[0].decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_and_end() -> None:
    metrics = Metrics()
    for status in ("answered", "answered", "failed"):
        metrics.decided(decision_entry("d", status=status, duration_ms=250))
    found = samples(metrics)
    assert found["headgate_requests_total", (("route", "default"), ("status", "answered"))] == 2
    assert found["headgate_requests_total", (("route", "default"), ("status", "failed"))] == 1
    assert found["headgate_request_duration_seconds_count", (("route", "default"),)] == 3
    assert found["headgate_request_duration_seconds_sum", (("route", "default"),)] == 0.75


def test_refusals_are_counted_by_rule() -> None:
    metrics = Metrics()
    metrics.decided(decision_entry("d", vetoed_by=("residency", "spend", "residency")))
    found = samples(metrics)
    assert found["headgate_vetoes_total", (("rule", "residency"),)] == 2
    assert found["headgate_vetoes_total", (("rule", "spend"),)] == 1


def test_attempts_are_counted_with_their_tokens_and_known_cost() -> None:
    metrics = Metrics()
    usage = Usage(input_tokens=100, cache_read_tokens=40, cache_write_tokens=5, output_tokens=7)
    metrics.tried(attempt_entry("d", usage=usage, ttft_ms=30), Cost(Decimal("0.25")))
    metrics.tried(attempt_entry("d", outcome="timeout", usage=None), UNKNOWN)
    found = samples(metrics)
    cloud = ("target", "cloud")
    assert found["headgate_attempts_total", (("outcome", "answered"), cloud)] == 1
    assert found["headgate_attempts_total", (("outcome", "timeout"), cloud)] == 1
    tokens = {kind: found["headgate_tokens_total", (("kind", kind), cloud)] for kind in KINDS}
    assert tokens == {"input": 100, "output": 7, "cache_read": 40, "cache_write": 5}
    assert found["headgate_cost_usd_total", (cloud,)] == 0.25
    assert found["headgate_attempts_of_unknown_cost_total", (cloud,)] == 1
    assert found["headgate_time_to_first_token_seconds_count", (cloud,)] == 1
    assert found["headgate_attempt_duration_seconds_count", (cloud,)] == 2


LEARNED = {"labels": 40, "requests_total": 900, "explored_total": 45, "drift_alarms": 1}
KINDS = ("input", "output", "cache_read", "cache_write")


def test_what_changes_by_itself_is_asked_when_it_is_read() -> None:
    metrics, in_flight = Metrics(), {"cloud": 1}
    metrics.watch_targets(lambda: in_flight)
    metrics.watch_ledger(lambda: QueueCounts(queued=3, dropped=2))
    metrics.watch_budgets(lambda: [BudgetCounts("team", 5.0, 2.0, 0.5)])
    metrics.watch_learning(lambda: [LearningCounts("smart", 40, 900, 45, 1)])
    in_flight["cloud"] = 5
    found = samples(metrics)
    assert found["headgate_in_flight_requests", (("target", "cloud"),)] == 5
    assert found["headgate_ledger_queued_entries", ()] == 3
    assert found["headgate_ledger_dropped_entries_total", ()] == 2
    for kind, usd in (("limit", 5.0), ("spent", 2.0), ("reserved", 0.5)):
        assert found["headgate_budget_usd", (("budget", "team"), ("kind", kind))] == usd
    for name, count in LEARNED.items():
        assert found[f"headgate_learning_{name}", (("route", "smart"),)] == count


def test_nothing_a_client_wrote_becomes_a_label() -> None:
    metrics = Metrics()
    metrics.decided(decision_entry("d", requested_model="hostile", key_name="hostile"))
    entry = attempt_entry("d", model="hostile", response_model="hostile", error="hostile")
    metrics.tried(entry, UNKNOWN)
    assert b"hostile" not in metrics.text()[0]


def test_the_process_itself_is_shown() -> None:
    assert samples(Metrics())["process_resident_memory_bytes", ()] > 0


@given(st.lists(st.floats(0, 100), max_size=50))
def test_each_bucket_holds_all_values_up_to_its_bound(values: list[float]) -> None:
    spread = Spread("s", "Help.", "target", TTFT_BUCKETS_S)
    for value in values:
        spread.add("cloud", value)
    (family,) = spread.collect()
    buckets = {s.labels["le"]: s.value for s in family.samples if s.name == "s_bucket"}
    expected = {
        str(bound): sum(value <= bound for value in values)
        for bound in (*TTFT_BUCKETS_S, float("inf"))
    }
    assert buckets == ({k.replace("inf", "+Inf"): v for k, v in expected.items()} if values else {})
