"""How well the complexity prior ranks prompts by what a stronger model gains on them.

    python bench/complexity_eval.py ../shared/data/routing/{routellm_*,mmlupro,llm*,zero*}.jsonl.gz

APGR, CPT(50) and CPT(80) as RouteLLM defines them, for chance, prompt length and `score`.
"""

import argparse
import gzip
import json
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

from headgate.estimate.complexity import score

Row = dict[str, Any]


class Result(NamedTuple):
    apgr: float
    cpt_50: float
    cpt_80: float


def evaluate(rows: list[Row], rank: Callable[[str], float]) -> Result:
    weak = mean(row["weak"] for row in rows)
    gap = mean(row["strong"] for row in rows) - weak
    recovered = [0.0]
    for row in sorted(rows, key=lambda row: -rank(row["prompt"])):
        recovered.append(recovered[-1] + (row["strong"] - row["weak"]) / len(rows) / gap)
    apgr = mean((one + other) / 2 for one, other in pairwise(recovered))
    return Result(apgr, _share(recovered, 0.5), _share(recovered, 0.8))


def _share(recovered: list[float], wanted: float) -> float:
    """The smallest share of traffic sent to the strong model that recovers `wanted` of the gap."""
    reached = next(index for index, value in enumerate(recovered) if value >= wanted)
    return reached / (len(recovered) - 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    generator = random.Random(1)
    rankers: dict[str, Callable[[str], float]] = {
        "chance": lambda _: generator.random(),
        "length": len,
        "score": score,
    }
    totals: dict[str, list[float]] = {name: [] for name in rankers}
    print(f"{'set':20} {'by':8} {'APGR':>6} {'CPT50':>6} {'CPT80':>6}")
    for path in parser.parse_args().files:
        with gzip.open(path, "rt") as lines:
            rows = [json.loads(line) for line in lines]
        for name, rank in rankers.items():
            result = evaluate(rows, rank)
            totals[name].append(result.apgr)
            shown = f"{result.apgr:6.3f} {result.cpt_50:6.2f} {result.cpt_80:6.2f}"
            print(f"{path.name.split('.')[0]:20} {name:8} {shown}")
    for name, values in totals.items():
        print(f"{'average':20} {name:8} {mean(values):6.3f}")


if __name__ == "__main__":
    main()
