"""Thoughts of models that are asked by another API than this one.

A client gets them as reasoning items, with what only their provider can read in the place
that this API has for secrets, and sends them back in the next turn. That turn may go to
another model: a secret is marked as not OpenAI's, and never reaches OpenAI, which would
refuse the whole request for it; nor does an item that OpenAI would look for by its id.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

Kind = Literal["signature", "sealed"]
"""The proof of a readable thought, or a thought that only its provider can read."""
ID_PREFIX = "rs_headgate_"
"""Of every reasoning item that we write."""
_MARK = "headgate:"
_KINDS: tuple[Kind, ...] = ("signature", "sealed")


class _Item(Struct, gc=False):
    type: Any = None
    id: Any = None
    encrypted_content: Any = None

    @property
    def is_foreign(self) -> bool:
        """Whether it is a thought that this API's own models did not have."""
        marks = ((self.id, ID_PREFIX), (self.encrypted_content, _MARK))
        return self.type == "reasoning" and any(
            isinstance(text, str) and text.startswith(mark) for text, mark in marks
        )


_items = msgspec.json.Decoder(list[Raw])
_item = msgspec.json.Decoder(_Item)


def marked(kind: Kind, secret: str) -> str:
    """A secret as a client gets it."""
    return f"{_MARK}{kind}:{secret}"


def secret_in(encrypted: str) -> tuple[Kind, str] | None:
    """What `marked` made it of; `None` for a secret of this API's own models."""
    for kind in _KINDS:
        mark = marked(kind, "")
        if encrypted.startswith(mark):
            return kind, encrypted.removeprefix(mark)
    return None


def without_foreign_thoughts(fields: Mapping[str, Raw]) -> Mapping[str, Raw]:
    """Members of a request for a backend of this API; the very same where there are none."""
    given = bytes(fields.get("input", b""))
    if ID_PREFIX.encode() not in given and f'"{_MARK}'.encode() not in given:
        return fields
    try:
        items = _items.decode(given)
    except msgspec.ValidationError:
        # Text that speaks of it.
        return fields
    kept = b",".join(bytes(raw) for raw in items if not _item.decode(raw).is_foreign)
    return {**fields, "input": Raw(b"[" + kept + b"]")}
