"""Backends' complete responses."""

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Answer, Finished, Started, Used
from headgate.wire.fold import Folder
from headgate.wire.members import UNREADABLE
from headgate.wire.responses.shapes import (
    CALLS,
    events_of_item,
    finish_reason_of,
    read_item,
    reported_usage,
    response_decoder,
)

_ENDED = frozenset({"completed", "incomplete", None})


def decode_answer(body: bytes) -> Answer:
    """Read a backend's complete response.

    Raises:
        UpstreamGarbled: It is none, or one that failed.
    """
    try:
        response = response_decoder.decode(body)
        items = [item for raw in response.output or () if (item := read_item(raw))]
    except UNREADABLE as error:
        raise UpstreamGarbled("the backend's response is not what its API promises") from error
    # Its own words stay out of ours: ours go to the ledger, and it may quote the prompt.
    if response.error or response.status not in _ENDED:
        raise UpstreamGarbled("the backend sent a response that failed under a good status")
    if response.output is None:
        raise UpstreamGarbled("the backend's response has no output")
    folder = Folder()
    created = int(response.created_at or 0)
    folder.add(Started(id=response.id or "", model=response.model or "", created=created))
    calls = 0
    for item in items:
        for event in events_of_item(item, calls, is_told=False, is_named=False):
            folder.add(event)
        calls += item.type in CALLS
    folder.add(Finished(finish_reason_of(response, has_calls=bool(calls))))
    if usage := reported_usage(response):
        folder.add(Used(usage))
    return folder.answer()
