"""What a format of usage files says about itself."""

from msgspec import Struct

Names = tuple[str, ...]
"""What a value may be called, best first: a column, or a member of a member (`usage.input`).

`details{input}` is the sum of all members of `details` whose names match `input`.
Names are compared without regard to case and punctuation.
"""


class LeftOut(Struct, frozen=True, kw_only=True):
    """Rows that are no requests to a model, by the value of one column."""

    names: Names
    reason: str
    only: Names = ()
    """Values that stay; where empty, all but `never` stay."""
    never: Names = ()


class Format(Struct, frozen=True, kw_only=True):
    """How to read one kind of usage file."""

    name: str
    title: str
    """For people."""
    marks: tuple[Names, ...]
    """The file is of this kind if it has all names of one of these."""
    input_tokens: Names
    output_tokens: Names
    at: Names = ()
    until: Names = ()
    """The end of the time that a row sums up."""
    cache_read_tokens: Names = ()
    cache_write_tokens: Names = ()
    requests: Names = ()
    """How many requests a row sums up."""
    model: Names = ()
    cost_usd: Names = ()
    prefix_blocks: Names = ()
    """A list of hashes: each names a block of the prompt and all before it."""
    counts_ms: bool = False
    """Small numbers of time are milliseconds; otherwise they are seconds."""
    lists: Names = ()
    """Members that hold the rows of a JSON document, outermost first."""
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader of the result must know."""
