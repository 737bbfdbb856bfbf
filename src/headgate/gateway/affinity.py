"""Which targets have read the beginning of a prompt lately.

A prompt is cut into blocks of `BLOCK_BYTES`, from its start, and each block's hash covers
all before it. Two prompts with the same hash begin with the same bytes, so that a target
that has read one still holds the state of that part, as long as its cache keeps it. The
hashes are Python's own, with this process's secret: they mean nothing to anybody else, and
are never stored.
"""

from collections import OrderedDict
from collections.abc import Sequence

from msgspec import Struct

from headgate.core.inbound import Inbound

BLOCK_BYTES = 1024
MOST_BLOCKS_READ = 256
"""Of one prompt; what comes after them is not compared."""
MOST_BLOCKS_KEPT = 4096
"""Of one target: about a million tokens, more than most caches hold."""
KEPT_S = 600.0
"""Hosted prompt caches live for five to ten minutes; an idle engine's live longer."""
_TURNS = ("messages", "input", "prompt")
_BEFORE = ("system", "instructions", "tools")
"""What models read before the turns, wherever it stands in the body."""


class Prompt(Struct, frozen=True, gc=False):
    """The beginning of a request, as hashes of its whole blocks, the shortest first."""

    blocks: tuple[int, ...]
    size_bytes: int
    """Of all the model reads."""


def prompt_of(inbound: Inbound) -> Prompt:
    """What can be compared of a request, cheaply: 32 KB in some 20 µs."""
    fields = inbound.fields
    before = [bytes(fields[name]) for name in _BEFORE if name in fields]
    sofar = hash((inbound.model, *before))
    turns = next((bytes(fields[name]) for name in _TURNS if name in fields), b"")
    blocks = []
    last = min(len(turns), MOST_BLOCKS_READ * BLOCK_BYTES) - BLOCK_BYTES
    for start in range(0, last + 1, BLOCK_BYTES):
        sofar = hash((sofar, turns[start : start + BLOCK_BYTES]))
        blocks.append(sofar)
    return Prompt(tuple(blocks), len(turns) + sum(map(len, before)))


class Prefixes:
    """Those one target has read; the least lately used are forgotten."""

    __slots__ = ("_read_at",)

    def __init__(self) -> None:
        self._read_at: OrderedDict[int, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._read_at)

    def note(self, blocks: Sequence[int], now: float) -> None:
        """A prompt was read."""
        read_at = self._read_at
        # Longest first, so that the end of a prompt is forgotten before its beginning.
        for block in reversed(blocks):
            read_at[block] = now
            read_at.move_to_end(block)
        while len(read_at) > MOST_BLOCKS_KEPT:
            read_at.popitem(last=False)

    def bytes_read(self, blocks: Sequence[int], now: float) -> int:
        """How much of the beginning it still holds."""
        read_at = self._read_at
        for count in range(len(blocks), 0, -1):
            at = read_at.get(blocks[count - 1])
            if at is not None and now - at < KEPT_S:
                return count * BLOCK_BYTES
        return 0
