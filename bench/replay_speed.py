"""How fast a ledger is replayed: `python -m bench.replay_speed [DECISIONS]`, a million by default.

A made-up ledger: five targets, two of them with slots, half of the requests streamed, one in
fifty failed once. It is replayed on one core under another policy, queues simulated. Times are
those of the process: what else the machine does is not in them.
"""

import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

import msgspec
from msgspec.structs import replace

from headgate.core.usage import Usage
from headgate.estimate.cost import Pricing
from headgate.ledger.entry import AttemptEntry, DecisionEntry
from headgate.ledger.rows import attempt_row, cost_of, decision_row, insert
from headgate.ledger.schema import attempts, decisions
from headgate.ledger.store import LedgerStore
from headgate.policy.decide import decide
from headgate.policy.decision import Candidate, RequestFacts
from headgate.policy.registry import all_rules, rules_version
from headgate.runtime.replaying import Question, make_replay

DECISIONS = 1_000_000
ROWS_AT_ONCE = 500
FIRST_AT = 1_795_435_200.0
MEAN_GAP_S = 2.0
LIMIT_S = 60.0
POLICY = """
targets:
  small: {backend: vllm, base_url: "http://127.0.0.1:8000/v1", model: llama-3.1-8b, local: true,
          capacity: {max_concurrency: 8}, cost: {watts: 50, usd_per_kwh: 0.3}}
  large: {backend: vllm, base_url: "http://127.0.0.1:8001/v1", model: llama-3.3-70b, local: true,
          capacity: {max_concurrency: 4}, cost: {watts: 150, usd_per_kwh: 0.3}}
  mini: {backend: openai, model: gpt-4o-mini}
  haiku: {backend: anthropic, model: claude-haiku-4-5}
  big: {backend: openai, model: gpt-4o}
routes:
  default:
    tiers:
      - {up_to: 0.5, targets: [small, mini, haiku]}
      - {targets: [large, big]}
    privacy: {detect: [email], labels: [secret]}
"""
TARGETS = (
    ("small", "llama-3.1-8b", "vllm", True, 8, 0),
    ("mini", "gpt-4o-mini", "openai", False, None, 0),
    ("haiku", "claude-haiku-4-5", "anthropic", False, None, 0),
    ("large", "llama-3.3-70b", "vllm", True, 4, 1),
    ("big", "gpt-4o", "openai", False, None, 1),
)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DECISIONS
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        policy = Path(folder) / "new.yaml"
        policy.write_text(POLICY)
        store = LedgerStore.open(Path(folder) / "ledger.sqlite3")
        fill(store, count)
        start = process_time()
        found = make_replay(
            Question(policies=(policy,), source=store, now=datetime.now(UTC), environ=os.environ)
        )
        took_s = process_time() - start
        store.close()
    figures = found.policies[0]
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{found.requests:,} decisions in {took_s:.1f} s, {took_s / count * 1e6:.1f} µs each")
    print(f"{figures.changed:,} changed, {figures.waited:,} waited; {mib:,.0f} MiB at most")
    if took_s / count > LIMIT_S / DECISIONS:
        sys.exit(f"more than {LIMIT_S:g} s for {DECISIONS:,}")


def fill(store: LedgerStore, count: int) -> None:
    random, rules = Random(1), all_rules()
    made = (made_up(random, number, rules) for number in range(count))
    while some := list(islice(made, ROWS_AT_ONCE)):
        with store.engine.begin() as connection:
            insert(connection, decisions, [decision_row(decided) for decided, _ in some])
            tried = [attempt for _, attempts_of in some for attempt in attempts_of]
            insert(connection, attempts, [attempt_row(each, cost_of(each)) for each in tried])


def made_up(
    random: Random, number: int, rules: Any
) -> tuple[DecisionEntry, tuple[AttemptEntry, ...]]:
    at = FIRST_AT + number * MEAN_GAP_S
    complexity = random.random()
    read, written = int(random.lognormvariate(6.5, 1)), int(random.lognormvariate(4.8, 0.8)) + 2
    labels = frozenset({"email"}) if random.random() < 0.03 else frozenset()
    facts = RequestFacts(
        operation="chat",
        route="default",
        input_tokens=read,
        expected_output_tokens=512,
        labels=labels,
        local_labels=labels,
        complexity=complexity,
        tier=int(complexity > 0.35),
    )
    candidates = tuple(candidates_of(random))
    order = tuple(decide(facts, candidates, rules).order)
    id_ = f"{int(at * 1000):x}-{number:012x}"
    usage = Usage(input_tokens=read, output_tokens=written)
    tried = tuple(attempts_of(random, id_, order, usage, at))
    served = tried[-1].target if tried else None
    return (
        DecisionEntry(
            id=id_,
            at=at,
            operation="chat",
            route="default",
            requested_model="auto",
            facts=msgspec.json.encode(facts),
            candidates=msgspec.json.encode(candidates),
            ranked=order,
            status="answered" if served else "refused",
            served_by=served,
            http_status=200 if served else 503,
            attempts=len(tried),
            duration_ms=sum(each.duration_ms for each in tried),
            rules_version=rules_version(),
        ),
        tried,
    )


def candidates_of(random: Random) -> Iterator[Candidate]:
    for position, (name, model, provider, is_local, slots, tier) in enumerate(TARGETS):
        made = Candidate(
            name=name,
            model=model,
            provider=provider,
            is_local=is_local,
            position=position,
            tier=tier,
            max_concurrency=slots,
            usd_per_input_mtok=1.0,
            usd_per_output_mtok=2.0,
            ttft_ms=random.uniform(100, 900),
            output_tokens_per_s=random.uniform(30, 120),
        )
        yield replace(made, in_flight=random.randrange(slots + 1)) if slots else made


def attempts_of(
    random: Random, id_: str, order: tuple[str, ...], usage: Usage, at: float
) -> Iterator[AttemptEntry]:
    by_name = {each[0]: each for each in TARGETS}
    fails = random.random() < 0.02 and len(order) > 1
    for number, name in enumerate(order[: 2 if fails else 1], start=1):
        _, model, provider, is_local, _, _ = by_name[name]
        is_answer = number == (2 if fails else 1)
        ttft_ms = random.uniform(100, 900)
        yield AttemptEntry(
            decision_id=id_,
            number=number,
            target=name,
            provider=provider,
            model=model,
            is_local=is_local,
            started_at=at,
            duration_ms=ttft_ms + usage.output_tokens * random.uniform(8, 30),
            ttft_ms=ttft_ms if random.random() < 0.5 else None,
            outcome="answered" if is_answer else "unavailable",
            usage=usage if is_answer else None,
            pricing=Pricing(catalog_provider=None if is_local else provider),
        )


if __name__ == "__main__":
    main()
