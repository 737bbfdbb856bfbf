"""What a scan reports."""

from msgspec import Struct


class Finding(Struct, frozen=True, gc=False):
    """One piece of personal data: its label, and where it stands in the text."""

    label: str
    start: int
    end: int
    kind: str = ""
    """See `detector.Hit`, as is `score`."""
    score: float = 1.0
