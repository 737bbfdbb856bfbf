"""The load: wrk for whole answers, an own client for streams, both on the other core."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench import LOAD_CORE, MODEL, ROOT

REQUEST_BYTES = 2048
_SCRIPT = Path(__file__).with_name("load.lua")
_TEXT = "The quick brown fox jumps over the lazy dog while the band plays on. "


@dataclass(frozen=True, slots=True)
class Whole:
    """What wrk saw of one gateway at one number of connections."""

    requests: int
    requests_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float = 0.0
    """The gateway's own time for each request, in microseconds."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """What streams through one gateway looked like to their reader."""

    first_token_ms: float
    """Median, from the request being sent."""
    transit_p50_ms: float
    """Of a chunk, from the upstream's write to its arrival here."""
    transit_p99_ms: float
    streams: int


def request_body(*, stream: bool = False) -> bytes:
    """A chat request of `REQUEST_BYTES`."""

    def body(text: str) -> bytes:
        messages = [
            {"role": "system", "content": "You answer in one sentence."},
            {"role": "user", "content": text},
        ]
        settings = {"model": MODEL, "messages": messages, "temperature": 0.2, "stream": stream}
        return json.dumps(settings).encode()

    return body((_TEXT * 40)[: REQUEST_BYTES - len(body(""))])


def run_wrk(url: str, connections: int, seconds: float) -> Whole:
    """Closed loop: every connection sends its next request when the last is answered.

    Raises:
        RuntimeError: A request failed; a figure with errors in it would mean nothing.
    """
    with tempfile.NamedTemporaryFile(suffix=".json") as body:
        body.write(request_body())
        body.flush()
        command = [
            *("taskset", "--cpu-list", str(LOAD_CORE), "wrk"),
            *("--threads", "1", "--connections", str(connections)),
            *("--duration", f"{max(1, round(seconds))}s", "--timeout", "30s"),
            *("--script", str(_SCRIPT), f"{url}/v1/chat/completions"),
        ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env={**os.environ, "BENCH_BODY": body.name},
            check=False,
        )
    said = [line for line in done.stdout.splitlines() if line.startswith("BENCH ")]
    if done.returncode or not said:
        raise RuntimeError(f"wrk failed: {done.stdout}{done.stderr}")
    found = json.loads(said[0].removeprefix("BENCH "))
    if found["errors"] or not found["requests"]:
        raise RuntimeError(f"{found['errors']} of {found['requests']} requests failed at {url}")
    return Whole(
        found["requests"],
        found["requests"] / found["seconds"],
        found["p50_ms"],
        found["p99_ms"],
    )


def run_streams(url: str, at_once: int, streams: int) -> Streamed:
    """Read `streams` streams, `at_once` at a time, in a process on the load's core."""
    command = [sys.executable, "-m", "bench.stream_client", url, str(at_once), str(streams)]
    done = subprocess.run(
        ["taskset", "--cpu-list", str(LOAD_CORE), *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"reading streams failed: {done.stderr[-2000:]}")
    return Streamed(**json.loads(done.stdout))
