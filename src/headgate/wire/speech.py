"""Where the frames of a dialect carry what a model says, for those who change its words.

A text comes in pieces, each in a frame of its own; pieces of one lane, put together, are one
text. All other strings of a frame are whole. Dialects that no client speaks need not say: their
frames are never passed on.
"""

from collections.abc import Callable

from msgspec import Struct

EACH = "*"
"""In a path: every element of a list."""


class Piece(Struct, frozen=True, kw_only=True):
    """A member that carries a piece of a text."""

    path: tuple[str, ...]
    lane: str = ""
    """Pieces of one lane are of one text, where their indices agree; its own if empty."""
    types: frozenset[str] = frozenset()
    """Only in frames of these types; in all if empty."""
    is_json: bool = False
    """The text is JSON."""
    is_answer: bool = False
    """It is what the user asked for, not a thought or a refusal."""


class Speech(Struct, frozen=True, kw_only=True):
    """What a dialect says of its frames; all of it is JSON objects."""

    pieces: tuple[Piece, ...]
    data_of: Callable[[bytes], bytes | None]
    """The JSON of a frame; `None` where it has none."""
    with_data: Callable[[bytes, bytes], bytes]
    """A frame with other JSON."""
    indices: tuple[str, ...] = ()
    """Top-level members that tell apart texts of one kind. Elements of lists do, too, by
    their `index`."""
    ending_types: frozenset[str] = frozenset()
    """Frames of these types end every text begun so far."""
    ending_members: tuple[tuple[str, ...], ...] = ()
    """Members that end the texts beside them (in their list element, if there is one) where
    they are neither null nor false."""
    needed: frozenset[str] = frozenset({"index", "type"})
    """Members beside a piece without which a frame cannot be read."""
