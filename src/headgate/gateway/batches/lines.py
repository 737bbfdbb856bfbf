"""The lines of a batch: requests going in, one result each coming out.

The form is that of OpenAI's Batch API. A file for the command line may hold bare request
bodies, too: their number stands for the `custom_id` then.
"""

from collections.abc import Collection
from typing import Any

import msgspec
from msgspec import Raw, Struct

LONGEST_ID = 256
_OPENS, _STREAMS = b"{", b"true"
_ABSENT = Raw()
_encoder = msgspec.json.Encoder()


class Line(Struct, frozen=True, gc=False):
    """One request of a batch."""

    number: int
    """From 1."""
    custom_id: str
    url: str
    body: bytes


class BadLine(Struct, frozen=True, gc=False):
    """A line that is no request."""

    number: int
    message: str
    custom_id: str | None = None


class _Written(Struct):
    custom_id: str | None = None
    method: str = "POST"
    url: str | None = None
    body: Raw = _ABSENT
    messages: Raw = _ABSENT
    input: Raw = _ABSENT
    prompt: Raw = _ABSENT


class _Body(Struct):
    stream: Raw = _ABSENT


_written = msgspec.json.Decoder(_Written)
_body = msgspec.json.Decoder(_Body)


def read_line(
    raw: bytes, number: int, *, endpoint: str, urls: Collection[str], takes_bare: bool = False
) -> Line | BadLine:
    """One line as a request.

    Args:
        raw: The line, without its end.
        number: Its place in the file, from 1.
        endpoint: Where it is for, unless it says so itself; it must not say otherwise
            unless bare bodies are taken.
        urls: Where requests can go.
        takes_bare: Whether a line may be a request's body alone.
    """
    try:
        written = _written.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return BadLine(number, f"not a JSON object of a batch: {error}")
    if not bytes(written.body):
        members = (written.messages, written.input, written.prompt)
        if not takes_bare or not any(map(bytes, members)):
            return BadLine(number, "`body` is missing", written.custom_id)
        body, custom_id = raw, written.custom_id or str(number)
    else:
        body, custom_id = bytes(written.body), written.custom_id or ""
    url = written.url or endpoint
    if problem := _problem(written, custom_id, url, (endpoint, urls, takes_bare)):
        return BadLine(number, problem, custom_id)
    if problem := _body_problem(body):
        return BadLine(number, problem, custom_id)
    return Line(number, custom_id or str(number), url, body)


def _problem(
    written: _Written, custom_id: str, url: str, allowed: tuple[str, Collection[str], bool]
) -> str | None:
    endpoint, urls, takes_bare = allowed
    if not custom_id and not takes_bare:
        return "`custom_id` is missing"
    if len(custom_id) > LONGEST_ID:
        return f"`custom_id` is longer than {LONGEST_ID} characters"
    if written.method != "POST":
        return "`method` must be `POST`"
    if url not in urls:
        return f"`url` must be one of {', '.join(f'`{each}`' for each in sorted(urls))}"
    if url != endpoint and not takes_bare:
        return f"`url` must be the batch's own endpoint, `{endpoint}`"
    return None


def _body_problem(body: bytes) -> str | None:
    if not body.lstrip().startswith(_OPENS):
        return "`body` must be a JSON object"
    try:
        asked = _body.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"`body` is no request: {error}"
    if bytes(asked.stream) == _STREAMS:
        return "`stream` has no meaning in a batch: leave it out"
    return None


def answered(line_id: str, custom_id: str, status: int, body: bytes) -> bytes:
    """The result of a line that was answered, with whatever status, as one line of JSON."""
    response = {"status_code": status, "request_id": line_id, "body": Raw(_on_one_line(body))}
    return _encoder.encode(
        {"id": f"batch_req_{line_id}", "custom_id": custom_id, "response": response, "error": None}
    )


def failed(line_id: str, custom_id: str | None, code: str, message: str) -> bytes:
    """The result of a line that got no answer at all."""
    error: dict[str, Any] = {"code": code, "message": message}
    return _encoder.encode(
        {"id": f"batch_req_{line_id}", "custom_id": custom_id, "response": None, "error": error}
    )


def _on_one_line(body: bytes) -> bytes:
    """JSON without line ends; those inside strings are escaped anyway."""
    if b"\n" not in body and b"\r" not in body:
        return body
    return _encoder.encode(msgspec.json.decode(body))
