"""`python -m bench`: measure, print one table, keep the figures in `bench/results`."""

import argparse
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import RESULTS
from bench.gateways import Bench, Running
from bench.machine import Missing, check_cores, description, need
from bench.measure import Figures, Plan, measure
from bench.report import terminal, write

FULL = Plan(rounds=3, seconds=6, streams_each=6, memory_limit_s=60)
QUICK = Plan(rounds=1, seconds=2, streams_each=2, memory_limit_s=10)
QUIET_LOAD = 0.5
"""Above it, what else runs shows in the figures; CPU time for each request stays about right."""
NAMES = ("nginx", "headgate", "headgate-privacy", "litellm")


def main() -> int:
    """Run the bench; 1 when something that it needs is missing."""
    options = _options()
    # A polite end also ends what was started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    plan = QUICK if options.quick else FULL
    if options.seconds:
        plan = Plan(
            rounds=plan.rounds,
            seconds=options.seconds,
            streams_each=plan.streams_each,
            memory_limit_s=plan.memory_limit_s,
        )
    try:
        check_cores()
        need("wrk", *(["nginx"] if "nginx" in options.only else []))
        about = description()
        if float(about["load_average"]) > QUIET_LOAD:
            print(f"the machine is busy (load {about['load_average']})", file=sys.stderr)
        figures = _measure(options.only, plan)
    except Missing as problem:
        print(problem, file=sys.stderr)
        return 1
    about |= {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    about |= {"rounds": plan.rounds, "seconds": plan.seconds}
    write(figures, about, RESULTS)
    print(" · ".join(f"{name} {value}" for name, value in about.items()), end="\n\n")
    print(terminal(figures))
    print(f"\nfigures of every round: {RESULTS / 'latest.json'}", file=sys.stderr)
    return 0


def _measure(only: list[str], plan: Plan) -> list[Figures]:
    with tempfile.TemporaryDirectory(prefix="headgate-bench-") as scratch:
        # nginx's worker runs as nobody and has to reach its own folders.
        Path(scratch).chmod(0o755)
        bench = Bench(Path(scratch))
        try:
            gateways = [bench.direct(), *_start(bench, only)]
            figures = measure(gateways, plan)
        finally:
            bench.close()
        # Whatever was still on its way to the ledger has been written by now.
        for gateway, found in zip(gateways, figures, strict=True):
            found.ledger_rows = _ledger_rows(gateway)
    return figures


def _start(bench: Bench, only: list[str]) -> list[Running]:
    starts: dict[str, Callable[[], Running]] = {
        "nginx": bench.nginx,
        "headgate": bench.headgate,
        "headgate-privacy": lambda: bench.headgate(with_privacy=True),
        "litellm": bench.litellm,
    }
    running = []
    for name in NAMES:
        if name in only:
            print(f"starting {name}", file=sys.stderr)
            running.append(starts[name]())
            running[-1].pause()
    return running


def _ledger_rows(gateway: Running) -> int | None:
    if gateway.ledger is None or not gateway.ledger.exists():
        return None
    connection = sqlite3.connect(gateway.ledger)
    try:
        count: int = connection.execute("SELECT count(*) FROM attempts").fetchone()[0]
        return count
    finally:
        connection.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--seconds", type=float, help="of load, for each figure")
    parser.add_argument(
        "--only",
        type=lambda text: text.split(","),
        default=list(NAMES),
        help=f"some of {','.join(NAMES)}",
    )
    options = parser.parse_args()
    if unknown := set(options.only) - set(NAMES):
        parser.error(
            f"no such gateway: {', '.join(sorted(unknown))} (choose from {', '.join(NAMES)})"
        )
    return options


if __name__ == "__main__":
    sys.exit(main())
