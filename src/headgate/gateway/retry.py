"""What a failure allows: another try here, the next candidate, or neither. Pure."""

from headgate.core.errors import (
    EngineError,
    HeadgateError,
    QualityError,
    Timeout,
    UpstreamCut,
    UpstreamGarbled,
    UpstreamRejected,
    UpstreamUnavailable,
)
from headgate.gateway.route import FallbackCause
from headgate.ledger.entry import Outcome

FIRST_BACKOFF_S = 0.25
LONGEST_BACKOFF_S = 4.0
LONGEST_WAIT_WITH_OTHERS_S = 1.0
"""Rather than wait longer than this for a target, try the next one."""
LONGEST_WAIT_ALONE_S = 10.0
OUR_FAULT = frozenset({401, 403})
"""Our key at the backend is at fault, not the client's request."""


_CAUSES: tuple[tuple[type[HeadgateError], FallbackCause, Outcome], ...] = (
    (Timeout, "timeout", "timeout"),
    (UpstreamUnavailable, "unavailable", "unavailable"),
    (EngineError, "unavailable", "engine"),
    (UpstreamCut, "cut", "truncated"),
    (UpstreamGarbled, "cut", "garbled"),
    (QualityError, "quality", "quality"),
)


def cause_of(error: HeadgateError) -> FallbackCause | None:
    """The kind of failure, in the words a route uses; `None` for the caller's own mistakes."""
    if isinstance(error, UpstreamRejected):
        if error.status == 429:
            return "rate_limit"
        return "server_error" if error.is_transient or error.status in OUR_FAULT else None
    return next((cause for kind, cause, _ in _CAUSES if isinstance(error, kind)), None)


def outcome_of(error: HeadgateError) -> Outcome:
    """The ledger's word for a failed attempt."""
    if isinstance(error, UpstreamRejected):
        return "rejected"
    return next((outcome for kind, _, outcome in _CAUSES if isinstance(error, kind)), "failed")


def retry_delay_s(
    error: HeadgateError,
    tries: int,
    *,
    asked_for_s: float | None,
    has_next: bool,
    jitter: float,
) -> float | None:
    """How long to wait before the same target is tried again; `None`: do not.

    Back-off doubles from `FIRST_BACKOFF_S`; `jitter` (0 … 1) takes up to half of it off. A
    `retry-after` of the backend (`asked_for_s`) is a lower bound, and is never cut short.
    Time-outs are not repeated: the target has shown how slow it is.
    """
    cause = cause_of(error)
    if cause not in {"rate_limit", "server_error", "unavailable", "cut"} or not error.retryable:
        return None
    if isinstance(error, UpstreamRejected) and error.status in OUR_FAULT:
        return None
    delay = min(FIRST_BACKOFF_S * 2.0 ** (tries - 1), LONGEST_BACKOFF_S) * (1 - jitter / 2)
    delay = max(delay, asked_for_s or 0.0)
    longest = LONGEST_WAIT_WITH_OTHERS_S if has_next else LONGEST_WAIT_ALONE_S
    return delay if delay <= longest else None
