"""The page of replays of public traces says what a replay says now."""

import os
import subprocess
import sys
from pathlib import Path

from support.usage import TRACES

ROOT = Path(__file__).parents[2]


def test_the_page_of_trace_replays_is_current() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "bench.trace_replays", str(TRACES)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    page = (ROOT / "docs" / "reference" / "replay.md").read_text("utf-8")
    assert made.stdout == page, "make docs"
