"""Fuzz every decoder, guided by coverage: `make fuzz RUNS=1000000`.

Inputs begin as the transcripts and cassettes of the tests. One that raises what it must
not is written to `tests/fuzz/corpus`, which `tests/conformance/test_corpus.py` replays
with every run of the suite; the exit status is 1 then.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz.targets import CORPUS, TARGETS, seeds


def main(arguments: list[str]) -> int:
    """Run libFuzzer with these arguments."""
    known = set(CORPUS.glob("*"))
    with TemporaryDirectory() as folder:
        for index, seed in enumerate(seeds()):
            for number in range(len(TARGETS)):
                Path(folder, f"{index}-{number}").write_bytes(bytes([number]) + seed)
        command = [sys.executable, "-m", "fuzz.guided", *arguments, folder]
        status = subprocess.run(command, check=False).returncode
    surprises = set(CORPUS.glob("*")) - known
    print(f"{len(surprises)} kinds of surprise")
    return 1 if surprises else status


sys.exit(main(sys.argv[1:]))
