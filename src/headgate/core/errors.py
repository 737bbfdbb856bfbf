"""Every error Headgate raises on purpose.

    HeadgateError
    ├── CallerError            the request is wrong                      4xx
    │   ├── InvalidRequest · NotAuthenticated · Forbidden
    │   └── ModelNotFound · TooLarge
    ├── OperatorError          the installation is wrong                 exit 3
    │   ├── ConfigError
    │   └── EngineError        a local engine cannot start or died
    ├── UpstreamError          a backend failed                          502/503/504, exit 4
    │   ├── UpstreamUnavailable   no connection
    │   ├── Timeout               too slow, in the phase it names
    │   ├── UpstreamCut           ended before it was complete
    │   ├── UpstreamGarbled       not what its dialect promises
    │   ├── UpstreamRejected      answered with an error status
    │   └── QualityError          answered, but not well enough
    └── NoTarget               the rules left nowhere to go              503
        └── BudgetSpent           there is no money left for it          429

A class answers whose fault it is, which HTTP status it becomes, whether the same
target is worth another try (`retryable`), and the exit code of the command line.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

Phase = Literal["connect", "first_token", "stall", "total"]
QualityProblem = Literal[
    "empty",
    "truncated",
    "refusal",
    "invalid_json",
    "invalid_tool_call",
    "repetition",
    "wrong_language",
]


class HeadgateError(Exception):
    """Anything Headgate raises on purpose; `str()` is a sentence for a person."""

    code: ClassVar[str] = "internal_error"
    http_status: int = 500
    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1
    decision_id: str | None = None
    """Of the request that failed, once a decision was made for it."""
    attempts: int = 0
    """How often a backend was tried for it."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CallerError(HeadgateError):
    """The request cannot be served as it was sent."""

    code = "invalid_request_error"
    http_status = 400
    exit_code = 2


class InvalidRequest(CallerError):
    """A field is missing, malformed or over a limit; `param` names it."""

    def __init__(self, message: str, *, param: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.param = param


class NotAuthenticated(CallerError):
    """No key, or one we do not know."""

    code, http_status = "invalid_api_key", 401


class Forbidden(CallerError):
    """The key is known but may not do this."""

    code, http_status = "permission_denied", 403


class ModelNotFound(CallerError):
    """The `model` names no route, target or model of the configuration."""

    code, http_status = "model_not_found", 404


class TooLarge(CallerError):
    """The body, its headers or its lists are over a configured limit."""

    code, http_status = "request_too_large", 413


class OperatorError(HeadgateError):
    """The installation is at fault, not the caller."""

    code = "operator_error"
    exit_code = 3


class ConfigError(OperatorError):
    """The configuration cannot be used; one line a problem, each with its place."""

    code = "config_error"


class EngineError(OperatorError):
    """A local engine could not start, or died; the message carries its own words."""

    code, http_status, retryable = "engine_error", 503, False
    exit_code = 4


class UpstreamError(HeadgateError):
    """A backend failed; `target` is filled in by whoever knows it."""

    code, http_status, retryable = "upstream_error", 502, True
    exit_code = 4
    target: str | None = None


class UpstreamUnavailable(UpstreamError):
    """No connection could be made."""

    code, http_status = "upstream_unavailable", 503


class Timeout(UpstreamError):
    """The backend was too slow in `phase`."""

    code, http_status = "upstream_timeout", 504

    def __init__(self, message: str, *, phase: Phase, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.phase: Phase = phase


class UpstreamCut(UpstreamError):
    """The answer ended before its terminator or its declared length."""

    code = "upstream_cut"


class UpstreamGarbled(UpstreamError):
    """The answer is not what the backend's dialect promises."""

    code = "upstream_garbled"


class UpstreamRejected(UpstreamError):
    """The backend answered with an error status.

    `body` is the upstream's own error body, `headers` its headers with lower-case
    names. 408, 409, 429 and 5xx are worth trying elsewhere or again; the rest is
    about the request and would fail the same way.
    """

    code = "upstream_rejected"

    def __init__(
        self, message: str, *, status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        super().__init__(message)
        self.status = status
        self.http_status = status
        self.headers = headers
        self.body = body

    @property
    def is_transient(self) -> bool:
        """Whether another try, here or elsewhere, may succeed."""
        return self.status in {408, 409, 425, 429} or self.status >= 500


class QualityError(UpstreamError):
    """The backend answered, but a check the route asks for failed."""

    code, retryable = "quality_error", False

    def __init__(self, message: str, *, problem: QualityProblem) -> None:
        super().__init__(message)
        self.problem: QualityProblem = problem


class NoTarget(HeadgateError):
    """Every candidate was refused; `reasons` maps target to why."""

    code, http_status, exit_code = "no_target", 503, 4

    def __init__(
        self,
        message: str,
        *,
        reasons: Mapping[str, str] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.reasons = dict(reasons or {})
        self.retry_after_s = retry_after_s


class BudgetSpent(NoTarget):
    """A budget has no money left for the request; `retry_after_s` where some may be given back."""

    # As OpenAI says it, so that clients know it from having sent too much at once.
    code, http_status = "insufficient_quota", 429
