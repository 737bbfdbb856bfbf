"""The files under `data/`, read and checked against their types."""

from importlib.resources import files
from typing import TypeVar

import msgspec

T = TypeVar("T")


def read(name: str, kind: type[T]) -> T:
    """What one file holds; a file that does not fit its type is a bug, and says where."""
    return msgspec.yaml.decode((files("headgate.catalog") / "data" / name).read_bytes(), type=kind)
