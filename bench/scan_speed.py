"""How fast a scan for personal data is, beside Presidio where that is installed.

    python -m bench.scan_speed [--plain] [--presidio .venv-presidio/bin/python] [--labels …]

Processor time of one core; `--plain` does without compiled code for finding words. Presidio
runs without a model, in its own virtual environment (`make bench` sets it up). Exits 1 above
the limits, which are for prose and code: in text full of numbers or personal data, work grows
with what there is to look at.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from time import process_time

from bench.scan_texts import KINDS, pieces
from headgate.core.plugins import load_all
from headgate.privacy.scan import DETECTORS, findings, usual_labels

PROMPT, PROMPTS, ROUNDS = 4096, 250, 3
SIZES = {"10 KB": 10_240, "100 KB": 102_400, "1 MB": 1_048_576}
PRESIDIO_TEXTS = 12
LIMIT_P99_MS, LIMIT_PLAIN_P99_MS, LIMIT_IMPORT_S, LIMIT_MIB = 0.5, 1.5, 0.3, 40.0
LIMITED = ("prose", "code")
_IMPORT = """
import re, time, msgspec, html, ipaddress, hashlib, importlib.metadata

def resident_kib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

base, started = resident_kib(), time.process_time()
from headgate.privacy.scan import scan, usual_labels
scan("nothing", usual_labels())
print(time.process_time() - started, (resident_kib() - base) / 1024)
"""


def taken_ms(texts: list[str], labels: frozenset[str]) -> list[float]:
    """For each text the least of `ROUNDS`, so that what else runs shows less; sorted."""
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        for place, text in enumerate(texts):
            began = process_time()
            findings(text, labels)
            best[place] = min(best[place], (process_time() - began) * 1e3)
    return sorted(best)


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def row(kind: str, labels: frozenset[str]) -> tuple[str, float]:
    text = KINDS[kind]()
    prompts = pieces(text, PROMPT, PROMPTS)
    findings(prompts[0], labels)
    prompt_ms = taken_ms(prompts, labels)
    rates = []
    for size in SIZES.values():
        large = pieces(text, size, max(1, 2_097_152 // size))
        rates.append(sum(map(len, large)) / 1e3 / sum(taken_ms(large, labels)))
    p99 = percentile(prompt_ms, 0.99)
    figures = " ".join(f"{rate:7.1f}" for rate in rates)
    return f"{kind:14} {percentile(prompt_ms, 0.5):8.3f} {p99:8.3f}   {figures}", p99


def import_cost() -> tuple[float, float]:
    """Seconds of processor time, and mebibytes over what the base already needs."""
    shown = subprocess.run(
        [sys.executable, "-c", _IMPORT], capture_output=True, text=True, check=True
    ).stdout
    seconds, mebibytes = map(float, shown.split())
    return seconds, mebibytes


def presidio(python: Path) -> None:
    for kind, text in KINDS.items():
        texts = pieces(text(), PROMPT, PRESIDIO_TEXTS)
        shown = subprocess.run(
            [python, Path(__file__).with_name("scan_presidio.py")],
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found = json.loads(shown)
        ms = sorted(found["ms"][1:])
        rate = PROMPT * len(ms) / 1e3 / sum(ms)
        print(f"{'presidio, ' + kind:24} p50 {percentile(ms, 0.5):.1f} ms, {rate:.2f} MB/s")
    print(f"presidio, import: {found['import_s']:.1f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presidio", type=Path, default=Path(".venv-presidio/bin/python"))
    parser.add_argument("--labels", choices=["usual", "identifiers", "everything"], default="usual")
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    if options.plain:
        sys.modules["ahocorasick_rs"] = None  # type: ignore[assignment]
    every = load_all(DETECTORS, "DETECTOR")
    labels = {
        "usual": usual_labels(),
        "identifiers": frozenset(n for n, d in every.items() if d.certainty == "identifier"),
        "everything": frozenset(every),
    }[options.labels]
    engine = "without compiled code" if options.plain else "with the native engine"
    print(f"{len(labels)} detectors {engine}, processor time of one core")
    print(
        f"{'4 KB':14} {'p50 ms':>8} {'p99 ms':>8}   " + " ".join(f"{s:>7}" for s in SIZES), "(MB/s)"
    )
    worst = 0.0
    for kind in KINDS:
        line, p99 = row(kind, labels)
        worst = max(worst, p99) if kind in LIMITED else worst
        print(line)
    seconds, mebibytes = import_cost()
    print(f"import: {seconds:.2f} s, {mebibytes:.0f} MiB over the base")
    if options.presidio.exists() and not options.plain:
        presidio(options.presidio)
    elif not options.plain:
        print(f"presidio: not measured, there is no {options.presidio}")
    limit_ms = LIMIT_PLAIN_P99_MS if options.plain else LIMIT_P99_MS
    print(f"limits: {limit_ms} ms p99, {LIMIT_IMPORT_S} s, {LIMIT_MIB:.0f} MiB")
    is_within = worst <= limit_ms and seconds <= LIMIT_IMPORT_S and mebibytes <= LIMIT_MIB
    return 0 if is_within else 1


if __name__ == "__main__":
    sys.exit(main())
