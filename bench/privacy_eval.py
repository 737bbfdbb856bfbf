"""Precision and recall of the detectors on labelled data, and hits in clean text.

    python bench/privacy_eval.py ../shared/data/privacy/synth_dataset_v2.jsonl [--misses 20]
    python bench/privacy_eval.py --clean FILE …

A finding counts when it overlaps a labelled span of its type by at least half (intersection
over union). `--fold even|odd` scores the templates with an even or odd number alone.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from headgate.privacy.scan import Finding, findings, known_labels

LABEL_OF = {
    "EMAIL_ADDRESS": "email",
    "EMAIL": "email",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "IBAN": "iban",
    "PHONE_NUMBER": "phone",
    "PHONE": "phone",
    "US_SSN": "ssn",
    "SSN": "ssn",
    "IP_ADDRESS": "ip",
}
CLEAN_UNIT = 4096


class Sample(NamedTuple):
    text: str
    gold: list[Finding]
    template: int


def read(path: Path) -> Iterator[Sample]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for line in lines:
            row = json.loads(line)
            yield Sample(
                row.get("full_text") or row["text"], _gold(row), row.get("template_id") or 0
            )


def _gold(row: dict[str, Any]) -> list[Finding]:
    spans = row.get("spans") or row.get("annotations") or []
    return [
        Finding(
            LABEL_OF[span["entity_type"]],
            span["start_position"] if "start_position" in span else span["start"],
            span["end_position"] if "end_position" in span else span["end"],
        )
        for span in spans
        if span["entity_type"] in LABEL_OF
    ]


def overlap(one: Finding, other: Finding) -> float:
    if one.label != other.label:
        return 0.0
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(0, common) / (max(one.end, other.end) - min(one.start, other.start))


class Score:
    def __init__(self) -> None:
        self.gold: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.hit: Counter[str] = Counter()
        self.requests = self.requests_covered = 0
        self.errors: list[str] = []

    def add(self, sample: Sample) -> None:
        found = findings(sample.text, frozenset(known_labels()))
        for each in found:
            self.found[each.label] += 1
            if any(overlap(each, gold) >= 0.5 for gold in sample.gold):
                self.right[each.label] += 1
            else:
                self.errors.append(_shown("false", each, sample.text))
        missed = [gold for gold in sample.gold if all(overlap(gold, each) < 0.5 for each in found)]
        for gold in sample.gold:
            self.gold[gold.label] += 1
            self.hit[gold.label] += gold not in missed
        self.errors += [_shown("missed", gold, sample.text) for gold in missed]
        if sample.gold:
            self.requests += 1
            self.requests_covered += not missed

    def show(self) -> None:
        print(f"{'label':8} {'n':>5} {'P':>6} {'R':>6} {'F1':>6}")
        for label in (*sorted(self.gold), "all"):
            keys = sorted(self.gold) if label == "all" else [label]
            n, found, right, hit = (
                sum(counter[key] for key in keys)
                for counter in (self.gold, self.found, self.right, self.hit)
            )
            precision, recall = right / max(found, 1), hit / max(n, 1)
            f1 = 2 * precision * recall / max(precision + recall, 1e-9)
            print(f"{label:8} {n:5} {precision:6.3f} {recall:6.3f} {f1:6.3f}")
        print(f"requests with all of it found: {self.requests_covered}/{self.requests}")


def _shown(kind: str, each: Finding, text: str) -> str:
    context = text[max(0, each.start - 40) : each.end + 15]
    return f"{kind} {each.label} {text[each.start : each.end]!r} in {context!r}"


def count_clean(paths: list[Path], shown: int) -> None:
    hits: Counter[str] = Counter()
    size = 0
    errors: list[str] = []
    for path in paths:
        text = path.read_text(errors="replace")
        size += len(text)
        found = findings(text, frozenset(known_labels()))
        hits.update(each.label for each in found)
        errors += [f"{path.name}: {_shown('hit', each, text)}" for each in found]
    for label in known_labels():
        print(f"{label:8} {hits[label]:6} hits, {hits[label] * CLEAN_UNIT / size:.4f} per 4 KB")
    print("\n".join(errors[:shown]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--clean", action="store_true", help="the files hold no personal data")
    parser.add_argument("--fold", choices=["even", "odd"])
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="show N errors")
    options = parser.parse_args()
    if options.clean:
        count_clean(options.files, options.misses)
        return
    for path in options.files:
        score = Score()
        for sample in read(path):
            if options.fold is None or sample.template % 2 == (options.fold == "odd"):
                score.add(sample)
        print(path.name)
        score.show()
        print("\n".join(score.errors[: options.misses]))


if __name__ == "__main__":
    main()
