"""What one decision costs: 20 candidates, every rule there is.

    python -m bench.decision_cost

Prints microseconds of processor time a decision, median of several rounds; exits 1 above
the limit. The facts use what rules look at: tiers, prices, regions, sessions, a split, a
queue, conditions, a budget.
"""

import sys
from collections.abc import Callable
from statistics import median
from time import process_time

from headgate.policy.decide import decide
from headgate.policy.decision import Applied, Bend, Candidate, RequestFacts
from headgate.policy.registry import all_rules
from headgate.policy.split import places

CANDIDATES, LIMIT_US = 20, 200.0
ROUNDS, DECISIONS = 15, 400
REGIONS = ("eu", "us", "de")


def facts(*, is_plain: bool) -> RequestFacts:
    plain = RequestFacts(operation="chat", route="r", input_tokens=800, expected_output_tokens=200)
    if is_plain:
        return plain
    return RequestFacts(
        operation="chat",
        route="r",
        input_tokens=800,
        expected_output_tokens=200,
        allowed_regions=frozenset({"eu", "de", "us"}),
        tier=1,
        max_usd=0.5,
        max_ttft_ms=5000.0,
        max_wait_ms=2000.0,
        slo_ttft_ms=3000.0,
        session="5e55",
        held_by="target-3",
        draw=77,
        applied=(
            Applied(name="long", refuse=frozenset({"target-1"})),
            Applied(name="team", prefer=frozenset({"target-2", "target-5"})),
        ),
        bend=Bend(budget="team", how="tiers_down", spent=0.8),
    )


def candidates() -> list[Candidate]:
    weights = {f"target-{n}": 1.0 + n for n in range(CANDIDATES)}
    drawn = places(77, weights)
    return [
        Candidate(
            name=f"target-{n}",
            model="m",
            provider="p",
            is_local=n % 3 == 0,
            region=REGIONS[n % 3],
            position=n,
            tier=n % 3,
            context_tokens=8192,
            usd_per_input_mtok=0.1 * n,
            usd_per_output_mtok=0.4 * n,
            in_flight=n % 4,
            max_concurrency=4,
            ttft_ms=200.0 + n,
            p95_ttft_ms=400.0 + n,
            output_tokens_per_s=50.0,
            wait_ms=10.0 * n,
            weight=weights[f"target-{n}"],
            drawn=drawn[f"target-{n}"],
        )
        for n in range(CANDIDATES)
    ]


def measured_us(work: Callable[[], object]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        started = process_time()
        for _ in range(DECISIONS):
            work()
        rounds.append((process_time() - started) / DECISIONS * 1e6)
    return median(rounds)


def main() -> int:
    rules, field = all_rules(), candidates()
    worst = 0.0
    for name, is_plain in (("everything asked for", False), ("a plain request", True)):
        known = facts(is_plain=is_plain)
        cost = measured_us(lambda known=known: decide(known, field, rules))
        worst = max(worst, cost)
        print(f"{name:22} {CANDIDATES} candidates, {len(rules)} rules: {cost:6.1f} µs a decision")
    print(f"limit: {LIMIT_US:.0f} µs")
    return 0 if worst <= LIMIT_US else 1


if __name__ == "__main__":
    sys.exit(main())
