"""What a backend says when it refuses, made fit to be repeated."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from headgate.backends.exchange import Exchange
from headgate.backends.google_errors import with_details
from headgate.core.errors import UpstreamError, UpstreamRejected

MAX_BODY_BYTES = 64 * 1024
MAX_MESSAGE = 500
BODY_WITHIN_S = 5.0
"""The status is known; its explanation is not worth a longer wait."""

_LOOKED_AT = 4 * MAX_MESSAGE
_HIDDEN = "[key]"
_SHORTEST_KEY = 8
_MASKED = re.compile(r"[\w-]*\*{3,}[\w-]*")
"""A key as an API repeats it: its ends, and stars between them."""


async def rejection(
    exchange: Exchange, name: str, key: str | None, caller_faults: Sequence[str] = ()
) -> UpstreamRejected:
    """The error for an exchange with a bad status; `key` is ours and never repeated.

    `caller_faults` are words by which a 5xx really blames the request.
    """
    status = exchange.status
    body = _without_key(await _beginning(exchange), key, status)
    if status < 400:
        # To a client a redirect of ours would be one of its own to follow.
        return UpstreamRejected(
            f"{name} redirects ({status}), and redirects are not followed: check `base_url`",
            status=HTTPStatus.BAD_GATEWAY,
            headers=exchange.headers,
            body=b"",
        )
    message = _message(body) or f"{name} answered {_words(status)}"
    headers = exchange.headers
    if b"google.rpc" in body:
        status, headers = with_details(body, status, headers)
    if status == HTTPStatus.FAILED_DEPENDENCY:
        # AWS: what we depend on depends on a model that failed.
        status = HTTPStatus.BAD_GATEWAY
    if status >= 500 and any(words in message for words in caller_faults):
        # Another try would fail the same way, here and elsewhere.
        status, body = HTTPStatus.BAD_REQUEST, b""
    return UpstreamRejected(message, status=status, headers=headers, body=body)


async def _beginning(exchange: Exchange) -> bytes:
    """As much of the body as comes in time, up to a limit."""
    body = b""
    exchange.expect("stall", BODY_WITHIN_S)
    try:
        while len(body) < MAX_BODY_BYTES and (chunk := await exchange.chunk()):
            body += chunk
    except UpstreamError:
        pass
    finally:
        exchange.close()
    return body[:MAX_BODY_BYTES]


def _without_key(body: bytes, key: str | None, status: int) -> bytes:
    if key is not None and len(key) >= _SHORTEST_KEY:
        body = body.replace(key.encode("latin-1", "replace"), _HIDDEN.encode())
    if status in {401, 403} and b"***" in body:
        body = _MASKED.sub(_HIDDEN, body.decode("utf-8", "replace")).encode()
    return body


def _message(body: bytes) -> str | None:
    """The sentence in an error body of OpenAI's, Ollama's or a like shape."""
    try:
        decoded: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if isinstance(decoded, list) and decoded:
        decoded = decoded[0]
    said = _member(decoded, "error") or decoded
    for name in ("message", "detail", "Message"):
        said = _member(said, name) or said
    if not isinstance(said, str):
        return None
    # What is not printable could steer the terminal that shows it.
    sentence = " ".join("".join(c if c.isprintable() else " " for c in said[:_LOOKED_AT]).split())
    return sentence if len(sentence) <= MAX_MESSAGE else sentence[: MAX_MESSAGE - 1] + "…"


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
