"""Fuzz every decoder, guided by coverage: `make fuzz RUNS=1000000`.

Inputs begin as the transcripts and cassettes of the tests. An input that raises what it
must not is written to `tests/fuzz/corpus`, which `tests/conformance/test_corpus.py`
replays with every run of the suite.
"""

import sys
import traceback
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["headgate.wire", "headgate.core"]):
    from fuzz.targets import CORPUS, TARGETS, seeds

_ORDER = sorted(TARGETS)
_SURPRISES: set[tuple[object, ...]] = set()
"""Kinds of what was raised; each is written down once."""


def one_input(data: bytes) -> None:
    """The first byte chooses what reads the rest."""
    if not data:
        return
    target = _ORDER[data[0] % len(_ORDER)]
    try:
        TARGETS[target](target.partition(":")[2], data[1:])
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = (target, type(error).__name__, place.filename, place.lineno)
        if where not in _SURPRISES:
            _SURPRISES.add(where)
            CORPUS.mkdir(exist_ok=True)
            (CORPUS / sha256(data[1:]).hexdigest()[:16]).write_bytes(data[1:])
            print(*where, error, file=sys.stderr)


def main() -> None:
    """Run libFuzzer with what stands on the command line."""
    with TemporaryDirectory() as folder:
        for index, seed in enumerate(seeds()):
            for number in range(len(_ORDER)):
                Path(folder, f"{index}-{number}").write_bytes(bytes([number]) + seed)
        atheris.Setup([*sys.argv, folder], one_input)
        atheris.Fuzz()


main()
