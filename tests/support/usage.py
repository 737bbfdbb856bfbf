"""Usage files of a few lines."""

from collections.abc import Sequence
from pathlib import Path

HEADER = "timestamp,model,input_tokens,output_tokens"
TRACES = Path(__file__).parents[3] / "shared" / "data" / "traces"
"""Real traces; their origin and licences are in the README beside them."""


def write(folder: Path, *lines: str, name: str = "usage.csv", encoding: str = "utf-8") -> Path:
    """A file with these lines."""
    path = folder / name
    path.write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))
    return path


def write_rows(folder: Path, rows: Sequence[Sequence[object]], name: str = "usage.csv") -> Path:
    """A CSV file of requests: time, model, input and output tokens."""
    return write(folder, HEADER, *(",".join(map(str, row)) for row in rows), name=name)
