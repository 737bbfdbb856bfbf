"""What an error tells a client beside its body: whether and when to try again."""

from math import ceil

from headgate.backends.upstream import retry_after_s
from headgate.core.errors import HeadgateError, NoTarget, UpstreamRejected
from headgate.server.asgi import Headers

RETRIED_BY_SDKS = frozenset({408, 409, 429})


def problem_headers(error: HeadgateError, now: float) -> Headers:
    """Headers of an error answer; `now` is in Unix seconds.

    SDKs repeat 408, 409, 429 and 5xx by themselves. Where the chain of targets has
    been walked they are told not to, or every try of theirs would walk it again; a
    wait that somebody asked for is passed on instead.
    """
    headers: Headers = [(b"content-type", b"application/json")]
    if error.decision_id is not None:
        headers.append((b"x-headgate-decision", error.decision_id.encode()))
        headers.append((b"x-headgate-attempts", b"%d" % error.attempts))
        headers.append((b"x-request-id", error.decision_id.encode()))
        headers.append((b"request-id", error.decision_id.encode()))
    wait_s = _wait_s(error, now)
    if wait_s is not None:
        headers.append((b"retry-after", b"%d" % max(1, ceil(wait_s))))
    elif error.http_status in RETRIED_BY_SDKS or error.http_status >= 500:
        headers.append((b"x-should-retry", b"false"))
    return headers


def _wait_s(error: HeadgateError, now: float) -> float | None:
    if isinstance(error, NoTarget):
        return error.retry_after_s
    if isinstance(error, UpstreamRejected):
        return retry_after_s(error.headers, now)
    return None
