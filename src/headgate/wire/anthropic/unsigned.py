"""Thoughts of models that sign none, on their way through a client of this API.

A thinking block must have a signature, and Anthropic takes back only its own. So another
model's thought gets one that we know again: it is left out where the conversation goes on
at a backend of this API, and is a thought without a signature anywhere else.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Raw, Struct

from headgate.core.chat import Thought
from headgate.core.inbound import Inbound
from headgate.wire.members import UNREADABLE, join, split

UNSIGNED = "headgate-unsigned"
_MARK = UNSIGNED.encode()


class _Block(Struct, gc=False):
    type: str = ""
    signature: str | None = None


_items = msgspec.json.Decoder(list[Raw])
_block = msgspec.json.Decoder(_Block)
_encoder = msgspec.json.Encoder()


def signed(thought: Thought) -> str:
    """The signature that a client of this API is given."""
    return thought.signature or UNSIGNED


def signature_of(given: str | None) -> str | None:
    """What a signature proves; ours, or an empty one, proves nothing."""
    return None if not given or given == UNSIGNED else given


def without_unsigned(inbound: Inbound) -> Mapping[str, Raw]:
    """Changes that leave unsigned thoughts out of the messages; all else keeps its bytes."""
    messages = inbound.fields.get("messages")
    if messages is None or _MARK not in inbound.body:
        return {}
    kept = [_message(message) for message in _items.decode(messages)]
    return {"messages": Raw(_encoder.encode([each for each in kept if each is not None]))}


def _message(message: Raw) -> Raw | None:
    """The same without them; `None` where it holds nothing else."""
    if _MARK not in bytes(message):
        return message
    members = split(bytes(message))
    try:
        blocks = _items.decode(members.get("content", b""))
    except UNREADABLE:
        # Words that speak of it.
        return message
    kept = [block for block in blocks if not _is_unsigned(block)]
    return Raw(join(members, {"content": kept})) if kept or not blocks else None


def _is_unsigned(block: Raw) -> bool:
    try:
        read = _block.decode(block)
    except UNREADABLE:
        return False
    return read.type == "thinking" and read.signature == UNSIGNED
