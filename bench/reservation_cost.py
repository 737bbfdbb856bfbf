"""What keeping money for a request costs: three budgets, leases in a ledger on disk.

    python -m bench.reservation_cost

Prints microseconds of wall time to reserve, to settle, and to look how budgets bend; exits 1
when the median reservation is above the limit. The slowest are those that grow a lease.
"""

import asyncio
import sys
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, time

from headgate.config.load import settings_from
from headgate.core.usage import Usage
from headgate.gateway.budgets import Budgets
from headgate.gateway.target import Target
from headgate.ledger.entry import AttemptEntry, Pricing
from headgate.policy.decision import RequestFacts
from headgate.runtime.build import build

REQUESTS, LIMIT_US = 20_000, 20.0
FACTS = RequestFacts(
    operation="chat",
    route="default",
    input_tokens=800,
    expected_output_tokens=200,
    max_output_tokens=400,
    key="alice",
    team="search",
)
PRICING = Pricing(usd_per_input_mtok=Decimal(1), usd_per_output_mtok=Decimal(4))
SHARES = (0.5, 0.99, 1.0)


def settings(folder: Path) -> dict[str, object]:
    budget = {"usd": 100_000, "per": "month"}
    price = {"input_usd_per_mtok": 1, "output_usd_per_mtok": 4}
    target = {"backend": "vllm", "base_url": "http://127.0.0.1:9/v1", "model": "m", "price": price}
    return {
        "targets": {"paid": target},
        "server": {"keys": [{"name": "alice", "hash": f"sha256:{'0' * 64}", "team": "search"}]},
        "ledger": {"path": str(folder / "ledger.sqlite3")},
        "budgets": {
            "everything": budget,
            "teams": {**budget, "of": {"team": "*"}, "bend": {"tiers_down": 0.7}},
            "keys": {**budget, "of": {"key": "*"}, "per": "day"},
        },
    }


def entry(at: float) -> AttemptEntry:
    return AttemptEntry(
        decision_id="d",
        number=1,
        target="paid",
        provider="vllm",
        model="m",
        is_local=True,
        started_at=at,
        duration_ms=1000.0,
        outcome="answered",
        usage=Usage(input_tokens=800, output_tokens=200),
        pricing=PRICING,
    )


async def measure(budgets: Budgets, target: Target) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"reserve": [], "settle": [], "bend": []}
    at = time()
    answered = entry(at)
    for _ in range(REQUESTS):
        began = perf_counter()
        hold = await budgets.reserve(target, "m", FACTS, at=at)
        reserved = perf_counter()
        assert hold is not None
        budgets.settle(hold, answered)
        settled = perf_counter()
        budgets.bend(FACTS)
        bent = perf_counter()
        for name, took in zip(
            found, (reserved - began, settled - reserved, bent - settled), strict=True
        ):
            found[name].append(took * 1e6)
    return found


async def run(folder: Path) -> int:
    runtime = await build(settings_from(settings(folder), {}))
    try:
        assert runtime.gateway.budgets is not None
        target = runtime.gateway.routes.targets["paid"]
        found = await measure(runtime.gateway.budgets, target)
    finally:
        await runtime.close()
    for name, times in found.items():
        times.sort()
        p50, p99, most = (times[min(len(times) - 1, int(len(times) * s))] for s in SHARES)
        print(f"{name:8} p50 {p50:6.1f} µs   p99 {p99:6.1f} µs   most {most:7.0f} µs")
    return int(found["reserve"][REQUESTS // 2] > LIMIT_US)


def main() -> int:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        return asyncio.run(run(Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
