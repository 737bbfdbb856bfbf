"""What restoring placeholders costs a stream, and masking a request.

    python -m bench.restore_speed

Prints microseconds of wall time: for a streamed delta in which nothing is held, as events and
as frames that are passed on; for one that ends or holds a placeholder; and for a body of 4 KB.
Exits 1 when the median delta on the event path is above the limit.
"""

import sys
from itertools import pairwise
from statistics import median, quantiles
from time import perf_counter_ns
from typing import Any

import msgspec

from headgate.core.plugins import load
from headgate.core.stream import Frame, TextDelta
from headgate.privacy.answers import AnswerRestorer
from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.replace import Masking
from headgate.privacy.scan import Finding

LIMIT_US = 5.0
DELTAS, BODIES, VALUES = 100_000, 500, 200
LABELS = ("email", "phone", "person", "card", "iban", "ssn", "ip", "address")
PROSE = (
    "The", " invoice", " for", " March", " was", " sent", " to", " the", " office", " on",
    " Monday", ",", " and", " I", " have", " not", " heard", " back", " from", " them", ".",
)  # fmt: skip


def live() -> Pseudonyms:
    names = Pseudonyms(b"0123456789abcdef")
    for number in range(VALUES):
        label = LABELS[number % len(LABELS)]
        names.name_of(label, f"value {number} of {label}")
    return names


def frame_of(text: str) -> Frame:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice]}
    return Frame(b"data: " + msgspec.json.encode(chunk) + b"\n\n", (TextDelta(text),))


def timed(frames: list[list[Frame]], restorer: AnswerRestorer) -> list[float]:
    marks = [perf_counter_ns()]
    for each in frames:
        restorer.frames(each)
        marks.append(perf_counter_ns())
    return [(after - before) / 1000 for before, after in pairwise(marks)]


def show(what: str, costs: list[float]) -> float:
    middle = median(costs)
    print(f"{what:44} p50 {middle:8.2f} µs   p99 {quantiles(costs, n=100)[98]:8.2f} µs")
    return middle


def masking(names: Pseudonyms) -> list[float]:
    said = " ".join(PROSE[:10]) * 20
    emails = [f"user{number}@example.com" for number in range(10)]
    content = said.join(emails)[:4096]
    body = {"model": "m", "messages": [{"role": "user", "content": content}]}

    def find(text: str) -> list[Finding]:
        places = [(text.find(each), len(each)) for each in emails]
        return [Finding("email", at, at + size) for at, size in places if at >= 0]

    costs = []
    for _ in range(BODIES):
        begun = perf_counter_ns()
        Masking(names, {"email": "mask"}).body(body, find)
        costs.append((perf_counter_ns() - begun) / 1000)
    return costs


def main() -> int:
    names = live()
    speech: Any = load("headgate.wire.dialects", "openai_chat", "DIALECT").speech
    plain = [[frame_of(PROSE[number % len(PROSE)])] for number in range(DELTAS)]
    name = names.name_of("email", "value 0 of email")
    cut = [name[:5], name[5:9], name[9:]]
    masked = [[frame_of(cut[number % 3])] for number in range(DELTAS // 10)]
    middle = show("a delta, events", timed(plain, AnswerRestorer(names)))
    show("a delta, frames passed on", timed(plain, AnswerRestorer(names, speech)))
    show("a piece of a placeholder, events", timed(masked, AnswerRestorer(names)))
    show("a piece of a placeholder, frames", timed(masked, AnswerRestorer(names, speech)))
    show("a body of 4 KB with 10 values masked", masking(names))
    if middle > LIMIT_US:
        print(f"a delta takes longer than {LIMIT_US} µs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
