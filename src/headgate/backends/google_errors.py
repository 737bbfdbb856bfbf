"""What Google's APIs say about an error in its `details`, where others use the status and headers.

Each detail is a message of `google.rpc`, told apart by the end of its `@type`.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

_DECODED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def with_details(
    body: bytes, status: int, headers: Mapping[str, str]
) -> tuple[int, Mapping[str, str]]:
    """The status and headers that say the same.

    A key that is not valid is called an invalid argument, and how long to wait is no header.
    """
    for kind, detail in _details(body):
        if kind == "ErrorInfo" and detail.get("reason") == "API_KEY_INVALID":
            status = HTTPStatus.UNAUTHORIZED
        if kind == "RetryInfo" and "retry-after" not in headers:
            seconds = _seconds(detail.get("retryDelay"))
            headers = headers if seconds is None else {**headers, "retry-after": seconds}
    return status, headers


def _details(body: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        found: Any = msgspec.json.decode(body)
    except _DECODED:
        return
    for name in (0, "error", "details"):
        if name == 0:
            found = found[0] if isinstance(found, list) and found else found
        else:
            found = found.get(name) if isinstance(found, Mapping) else None
    for detail in found if isinstance(found, list) else ():
        if isinstance(detail, Mapping):
            yield str(detail.get("@type", "")).rpartition(".")[2], detail


def _seconds(delay: Any) -> str | None:
    """`3.5s` without its unit."""
    text = delay.removesuffix("s") if isinstance(delay, str) else ""
    return text if text.replace(".", "", 1).isdecimal() and text.isascii() else None
