"""How well and how fast secrets are found: `python -m bench.secrets_eval DATA [CLEAN ...]`.

DATA is a JSONL file (plain or gzip) of texts with one labelled secret each; CLEAN are folders
of code and documents that hold none. Recall is told apart by what the rules were tuned on:
even samples of rules with an even CRC-32 first, then even samples of the others.
"""

import gzip
import json
import random
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headgate.privacy.gate import plain_gate
from headgate.privacy.secrets.find import Finder, finder, keywords

PIECE = 4_096
SPEED_PIECES = 400


def main(data: str, *clean: str) -> None:
    recall(Path(data))
    pieces: list[str] = []
    for folder in clean:
        pieces += quiet(Path(folder))
    if pieces:
        random.Random(1).shuffle(pieces)
        plain = Finder(plain_gate(tuple(keywords())), finder().rules, finder().guesses)
        speed("native gate", finder(), pieces[:SPEED_PIECES])
        speed("plain gate", plain, pieces[:SPEED_PIECES])


def samples(path: Path) -> Iterator[dict[str, Any]]:
    written = path.read_bytes()
    text = gzip.decompress(written) if path.suffix == ".gz" else written
    yield from map(json.loads, text.splitlines())


def part(sample: dict[str, Any]) -> str:
    is_even_rule = zlib.crc32(sample["rule"].encode()) % 2 == 0
    is_even_sample = int(sample["id"].rpartition("-")[2]) % 2 == 0
    if is_even_sample:
        return "tuned on" if is_even_rule else "tuned on later"
    return "samples not tuned on"


def recall(path: Path) -> None:
    total, touched, covered, named = Counter(), Counter(), Counter(), Counter()
    for sample in samples(path):
        which, start, end = part(sample), sample["start"], sample["end"]
        hits = [h for h in finder().find(sample["text"]) if h.start < end and h.end > start]
        total[which] += 1
        touched[which] += bool(hits)
        covered[which] += any(hit.start <= start and hit.end >= end for hit in hits)
        named[which] += any(hit.kind == sample["rule"] for hit in hits)
    for which, count in sorted(total.items()):
        print(
            f"{which}: {count} samples, found {touched[which] / count:.4f},"
            f" covered {covered[which] / count:.4f}, of the same kind {named[which] / count:.4f}"
        )


def quiet(folder: Path) -> list[str]:
    """Count findings in clean text; half of the files, by name, were looked at in tuning."""
    pieces: list[str] = []
    hits, size = Counter(), Counter()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".py", ".md", ".rst", ".txt", ".html"} or not path.is_file():
            continue
        text = path.read_text("utf-8", "replace")
        which = "tuned on" if zlib.crc32(path.name.encode()) % 2 == 0 else "not tuned on"
        size[which] += len(text)
        hits[which] += sum(1 for _ in finder().find(text))
        pieces += [text[at : at + PIECE] for at in range(0, len(text) - PIECE + 1, PIECE)]
    for which, characters in sorted(size.items()):
        amount = characters / PIECE
        print(
            f"{folder}, {which}: {hits[which]} hits in {amount:,.0f} × 4 KB,"
            f" {hits[which] / amount:.4f} each"
        )
    return pieces


def speed(name: str, found_by: Finder, pieces: list[str]) -> None:
    for piece in pieces[:50]:
        list(found_by.find(piece))
    taken = []
    for piece in pieces * 3:
        before = time.process_time_ns()
        list(found_by.find(piece))
        taken.append((time.process_time_ns() - before) / 1e3)
    taken.sort()
    p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
    whole = "".join(pieces)
    before = time.process_time_ns()
    list(found_by.find(whole))
    rate = len(whole) * 1e3 / (time.process_time_ns() - before)
    print(f"{name}: 4 KB in p50 {p50:.0f} µs, p99 {p99:.0f} µs of CPU; {rate:.0f} MB/s at once")


if __name__ == "__main__":
    main(*sys.argv[1:])
