"""Fuzz every decoder, guided by coverage: `make fuzz RUNS=1000000`.

Inputs begin as the transcripts and cassettes of the tests, and as what earlier runs found
worth keeping (`corpus.tar.xz`; `make fuzz KEEP=--keep` writes it anew). One that raises
what it must not is written to `corpus/`. `tests/conformance/test_corpus.py` replays both
with every run of the suite; the exit status is 1 where there is something new in `corpus/`.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz.targets import CORPUS, TARGETS, keep, kept, seeds


def main(arguments: list[str]) -> int:
    """Run libFuzzer with these arguments."""
    known = set(CORPUS.glob("*"))
    keeps = "--keep" in arguments
    arguments = [argument for argument in arguments if argument != "--keep"]
    with TemporaryDirectory() as found, TemporaryDirectory() as begun:
        for name, data in kept():
            Path(found, name).write_bytes(data)
        for index, seed in enumerate(seeds()):
            for number in range(len(TARGETS)):
                Path(begun, f"{index}-{number}").write_bytes(bytes([number]) + seed)
        command = [sys.executable, "-m", "fuzz.guided", *arguments, found, begun]
        status = subprocess.run(command, check=False).returncode
        if keeps:
            keep(Path(found))
    surprises = set(CORPUS.glob("*")) - known
    print(f"{len(surprises)} kinds of surprise")
    return 1 if surprises else status


sys.exit(main(sys.argv[1:]))
