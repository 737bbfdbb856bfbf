"""How far the roofline is off, on measurements that others published.

    python -m bench.roofline_eval ../shared/data/planner           errors by source and metric
    python -m bench.roofline_eval ../shared/data/planner --fit     also search better constants

Errors are |predicted / measured − 1|: the median, and what four in five rows stay below.
Held-out machines, models and sources took no part in setting the constants.
"""

import argparse
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean, median

from msgspec.structs import replace

from bench.roofline_rows import Row, all_rows
from headgate.estimate.efficiency import EFFICIENCIES, MachineClass
from headgate.estimate.roofline import has_experts, work

BOUNDS = {
    "bandwidth_share": (0.3, 0.92),
    "compute_share": (0.1, 0.95),
    "narrow_share": (0.5, 1.0),
    "expert_share": (0.1, 1.0),
    "request_s": (0.0, 0.1),
    "step_s": (0.0, 5e-3),
    "layer_s": (0.0, 1e-3),
    "prompt_layer_s": (0.0, 1e-3),
    "expert_layer_s": (0.0, 1e-4),
    "expert_prompt_layer_s": (0.0, 1e-3),
    "reduce_s": (3e-6, 5e-5),
}
SERVER_ONLY = (
    "narrow_share",
    "expert_share",
    "request_s",
    "expert_layer_s",
    "expert_prompt_layer_s",
    "reduce_s",
)
STEPS = (0.5, 0.8, 0.9, 0.97, 1.03, 1.1, 1.25, 2.0)
ROUNDS = 25


def report(rows: Iterable[Row]) -> None:
    groups: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for row in rows:
        where = "held out" if row.is_held_out else "fitted"
        kind = "experts" if has_experts(row.deployment.model) else "dense"
        for source in (row.source, "all"):
            groups[row.machine, row.metric, source, kind, where].append(row.error())
    print(f"{'machine':11}{'metric':17}{'source':37} rows  median  4 in 5    bias")
    for key, errors in sorted(groups.items()):
        machine, metric, source, kind, where = key
        sizes = sorted(map(abs, errors))
        most = sizes[math.ceil(0.8 * len(sizes)) - 1]
        print(
            f"{machine:11}{metric:17}{source:20}{kind:8}{where:9}{len(sizes):5}"
            f"{median(sizes):8.1%}{most:8.1%}{median(errors):+8.1%}"
        )


def loss(rows: Sequence[Row]) -> float:
    """Mean absolute error of logarithms; every source, metric and kind of model weighs the same."""
    work.cache_clear()
    groups: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for row in rows:
        kind = "experts" if has_experts(row.deployment.model) else "dense"
        groups[row.source, row.metric, kind].append(abs(math.log1p(row.error())))
    return fmean(fmean(errors) for errors in groups.values())


def fit(machine: MachineClass, rows: Sequence[Row]) -> None:
    """Coordinate descent over the constants of one class."""
    searched = [name for name in BOUNDS if machine == "server gpu" or name not in SERVER_ONLY]
    best = loss(rows)
    for _ in range(ROUNDS):
        before = best
        for name in searched:
            for step in STEPS:
                kept = EFFICIENCIES[machine]
                value = min(BOUNDS[name][1], max(BOUNDS[name][0], getattr(kept, name) * step))
                EFFICIENCIES[machine] = replace(kept, **{name: value})
                tried = loss(rows)
                if tried < best:
                    best = tried
                else:
                    EFFICIENCIES[machine] = kept
        if before - best < 1e-4:
            break
    print(f"{machine}: {best:.3f} {EFFICIENCIES[machine]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    rows = all_rows(arguments.folder)
    if arguments.fit:
        for machine in EFFICIENCIES:
            fit(machine, [row for row in rows if row.machine == machine and not row.is_held_out])
        work.cache_clear()
    report(rows)


if __name__ == "__main__":
    main()
