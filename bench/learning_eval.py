"""Learning on a stream that the prior never saw, with labels for what was explored only.

    python -m bench.learning_eval ../shared/data/routing/{llm*,routellm_mmlu,mmlupro}.jsonl.gz

Each prompt asks for the stronger tier or not, so that 30 % do. Regret is what the best
choice of as many prompts would have gained more, added up, divided by the prior's own regret
on the same prompts. `worst` is the greatest after the first 200: of the runs' mean, and of any
run. `flip`: half way the gains of the two tiers change places, so that what was learned is
wrong from there on.
"""

import argparse
import random
from pathlib import Path
from statistics import fmean, pstdev
from typing import NamedTuple

from headgate.estimate.learning.features import features_of
from headgate.estimate.learning.labelled import LabelledPrompt
from headgate.gateway.learned_tiers import LearnedTiers, TierSettings
from headgate.runtime.labelled_rows import read_prompts

LENGTH, SHARE, EXPLORE = 5000, 0.30, 0.10
MARKS = (500, 1000, 2500, 5000)


class Run(NamedTuple):
    relative: list[float]
    """Regret over that of the prior, after each prompt."""
    labels: int
    share: float
    alarms: int


def stream(rows: list[LabelledPrompt], generator: random.Random, *, flip: bool):
    chosen = list(rows)
    generator.shuffle(chosen)
    while len(chosen) < LENGTH:
        more = list(rows)
        generator.shuffle(more)
        chosen += more
    for index, row in enumerate(chosen[:LENGTH]):
        gain = row.gain
        yield row.prompt, -gain if flip and index >= LENGTH // 2 else gain


def run(rows: list[LabelledPrompt], seed: int, *, flip: bool) -> Run:
    generator = random.Random(seed)
    prompts = list(stream(rows, generator, flip=flip))
    settings = TierSettings(shares=(1 - SHARE,), explore=EXPLORE)
    learner = LearnedTiers(settings, random.Random(seed + 1))
    prior = LearnedTiers(TierSettings(shares=(1 - SHARE,), explore=0.0), random.Random(0))
    best = _best(prompts)
    mine = others = 0.0
    relative, labels, ups = [], 0, 0
    for (prompt, gain), ideal in zip(prompts, best, strict=True):
        choice, usual = learner.choose(prompt, ()), prior.choose(prompt, ())
        ups += choice.tier or 0
        mine += ideal - gain * (choice.tier or 0)
        others += ideal - gain * (usual.tier or 0)
        relative.append(mine / others if others > 0 else 1.0)
        if choice.gain is not None and choice.gain.explores:
            labels += 1
            learner.learn_gain(features_of(prompt), gain)
    return Run(relative, labels, ups / LENGTH, learner.drift.alarms)


def _best(prompts) -> list[float]:
    """Gain of each prompt where the best choice of the share would take it."""
    ranked = sorted(range(len(prompts)), key=lambda index: -prompts[index][1])
    taken = set(ranked[: round(SHARE * len(prompts))])
    return [gain if index in taken else 0.0 for index, (_, gain) in enumerate(prompts)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    marks = " ".join(f"@{mark:<11}" for mark in MARKS)
    print(f"{'set':24}{marks} worst        labels  share  alarms")
    for path in asked.files:
        rows = read_prompts(path)
        for flip in (False, True):
            runs = [run(rows, seed, flip=flip) for seed in range(asked.seeds)]
            cells = " ".join(
                f"{fmean(values):.3f} ±{pstdev(values):.3f}"
                for mark in MARKS
                for values in [[each.relative[mark - 1] for each in runs]]
            )
            # Ratios of the first few prompts are chance.
            worst = max(max(each.relative[200:]) for each in runs)
            mean = max(map(fmean, zip(*(each.relative[200:] for each in runs), strict=True)))
            name = path.name.split(".")[0] + (" flip" if flip else "")
            print(
                f"{name:24}{cells} {mean:.3f}/{worst:.3f}  "
                f"{fmean(e.labels for e in runs) / LENGTH:6.1%} "
                f"{fmean(e.share for e in runs):6.1%} {[e.alarms for e in runs]}",
                flush=True,
            )


if __name__ == "__main__":
    main()
