"""What a number rests on."""

from typing import Literal

from msgspec import Struct

BasisKind = Literal["measured", "published", "estimated"]
"""Measured here on own traffic or hardware; published by somebody, with a date; calculated."""


class Basis(Struct, frozen=True, kw_only=True):
    """The provenance of one number."""

    kind: BasisKind
    method: str
    """How it was found, in a few words."""
    source: str | None = None
    as_of: str | None = None
    error_share: float | None = None
    """Half the width of the band it is believed to lie in, as a share: .3 is ± 30 %."""
