"""`/v1/moderations`: relayed only, for no two APIs mean the same by a category."""

import msgspec
from msgspec import Raw, Struct

from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.stream import Answer
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, split

ANY_MODEL = "auto"
"""What a request without a model asks for: this API chooses one itself, and so do we."""


class _View(Struct, gc=False):
    input: str | list[Raw] | None = None
    model: str | None = None


class _Reply(Struct, gc=False):
    results: list[Raw]
    model: str | None = None


_view = msgspec.json.Decoder(_View)
_reply = msgspec.json.Decoder(_Reply)


def decode_moderation(dialect: str, body: bytes) -> Inbound:
    """Read a client's request; without a model it goes to the default route.

    Raises:
        InvalidRequest: With the field at fault.
    """
    try:
        fields = split(body)
        view = _view.decode(body)
    except UNREADABLE as error:
        raise complaint(error, body) from error
    if not view.input:
        raise InvalidRequest("input: something to be judged is needed", param="input")
    return Inbound(
        dialect=dialect,
        operation="moderation",
        body=body,
        fields=fields,
        model=view.model or ANY_MODEL,
    )


def account_of_moderation(body: bytes) -> Answer:
    """Which model judged. What it read is not said, and OpenAI does not charge for it.

    Raises:
        UpstreamGarbled: It is no reply of this API.
    """
    try:
        reply = _reply.decode(body)
    except UNREADABLE as error:
        raise UpstreamGarbled("the backend's reply is not what its API promises") from error
    return Answer(model=reply.model or "")
