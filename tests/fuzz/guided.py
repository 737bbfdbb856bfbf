"""The part that runs inside libFuzzer, which never returns: see `__main__`."""

import sys
import traceback
from hashlib import sha256

import atheris

with atheris.instrument_imports(include=["headgate.wire", "headgate.core"]):
    from fuzz.targets import CORPUS, TARGETS

ORDER = sorted(TARGETS)
_surprises: set[tuple[object, ...]] = set()
"""Kinds of what was raised; each is written down once."""


def one_input(data: bytes) -> None:
    """The first byte chooses what reads the rest."""
    if not data:
        return
    target = ORDER[data[0] % len(ORDER)]
    try:
        TARGETS[target](target.partition(":")[2], data[1:])
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = (target, type(error).__name__, place.filename, place.lineno)
        if where not in _surprises:
            _surprises.add(where)
            CORPUS.mkdir(exist_ok=True)
            (CORPUS / sha256(data[1:]).hexdigest()[:16]).write_bytes(data[1:])
            print(*where, error, file=sys.stderr)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
