"""How long usage files take to read, and how much memory: `python -m bench.usage_files`.

Each file is read by a process of its own, whose peak of resident memory is reported.
`--large` adds files of 2 GB. They are written to a temporary folder (`--folder` names another).
"""

import json
import random
import resource
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

ROWS = 1_000_000
LARGE_BYTES = 2 * 10**9
START = 1_790_000_000
FILLER = {"user_api_key_alias": "bench", "tags": ["x" * 600]}
Row = tuple[float, str, int, int]
Writer = Callable[[Row], str]


def rows() -> Iterator[Row]:
    """Requests of two weeks with daily rush hours, in no special order of length."""
    random_numbers = random.Random(1)
    lengths = [
        (
            int(random_numbers.lognormvariate(7, 1.3)) + 1,
            int(random_numbers.lognormvariate(5, 1)) + 1,
        )
        for _ in range(65_536)
    ]
    for number in count():
        input_tokens, output_tokens = lengths[number % 65_536]
        yield START + number * 1.21, f"model-{number % 7}", input_tokens, output_tokens


def csv_line(row: Row) -> str:
    return f"{row[0]:.3f},{row[1]},{row[2]},{row[3]}\n"


def json_line(row: Row) -> str:
    at, model, read, written = row
    return (
        f'{{"timestamp": {at:.3f}, "model": "{model}", "input_tokens": {read},'
        f' "output_tokens": {written}}}\n'
    )


def litellm_line(row: Row) -> str:
    at, model, read, written = row
    usage = {"cache_read_input_tokens": read // 3}
    fields = {
        "request_id": f"chatcmpl-{at}",
        "call_type": "acompletion",
        "startTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
        "model": model,
        "spend": 0.001,
        "prompt_tokens": read,
        "completion_tokens": written,
        "status": "success",
        "metadata": {**FILLER, "additional_usage_values": usage},
    }
    return json.dumps(fields) + "\n"


def write(path: Path, line: Writer, *, header: str = "", size: int | None = None) -> None:
    """Write a million rows, or as many as fill `size` bytes."""
    written = 0
    with path.open("w") as file:
        file.write(header)
        for number, row in enumerate(rows()):
            if (number >= ROWS) if size is None else (written >= size):
                return
            written += file.write(line(row))


def read(path: Path) -> None:
    """In a process of its own: read a file and say what it took."""
    from headgate.traffic.read import read_file

    began = time.perf_counter()
    traffic = read_file(path)
    seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size_mb = path.stat().st_size / 1e6
    print(
        f"{path.name:<22}{size_mb:>8,.0f} MB{traffic.requests:>12,} requests"
        f"{seconds:>8.1f} s{peak_mb:>8,.0f} MB peak"
    )


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also files of 2 GB")
    parser.add_argument("--folder", type=Path, help="where to write the files")
    parser.add_argument("--read", type=Path, help="only read this file, in this process")
    options = parser.parse_args()
    if options.read:
        read(options.read)
        return
    with TemporaryDirectory(dir=options.folder) as folder:
        measure(Path(folder), LARGE_BYTES if options.large else None)


def measure(folder: Path, large: int | None) -> None:
    """Write each file, read it, delete it."""
    header = "timestamp,model,input_tokens,output_tokens\n"
    files: list[tuple[str, Writer, str, int | None]] = [
        ("million.csv", csv_line, header, None),
        ("million.jsonl", json_line, "", None),
        ("million-litellm.jsonl", litellm_line, "", None),
    ]
    if large:
        files += [
            ("large.csv", csv_line, header, large),
            ("large.jsonl", json_line, "", large),
            ("large-litellm.jsonl", litellm_line, "", large),
        ]
    for name, line, first, size in files:
        path = folder / name
        write(path, line, header=first, size=size)
        subprocess.run([sys.executable, "-m", "bench.usage_files", "--read", path], check=True)
        path.unlink()


if __name__ == "__main__":
    main()
