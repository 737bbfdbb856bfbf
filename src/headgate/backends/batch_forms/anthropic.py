"""Anthropic's Message Batches: all requests in one body, results as lines.

https://platform.claude.com/docs/en/api/creating-message-batches, read 2026-11-28.
"""

from collections.abc import AsyncIterator, Sequence

import msgspec
from msgspec import Raw, Struct

from headgate.backends.batch_form import (
    RemoteLine,
    RemoteResult,
    RemoteState,
    read_json,
    read_lines,
)
from headgate.backends.upstream import Upstream
from headgate.core.errors import UpstreamGarbled
from headgate.core.inbound import Operation

PATH = "/v1/messages/batches"
ERROR_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 529,
}
_ABSENT = Raw()
_encoder = msgspec.json.Encoder()


class _Batch(Struct):
    id: str
    processing_status: str = ""


class _Kind(Struct):
    type: str = ""


class _Error(Struct):
    error: _Kind = msgspec.field(default_factory=_Kind)


class _Outcome(Struct):
    type: str
    message: Raw = _ABSENT
    error: Raw = _ABSENT


class _Result(Struct):
    custom_id: str
    result: _Outcome


class AnthropicForm:
    """What expired or was cancelled has no result: it was not begun, and is not charged."""

    most_lines = 100_000
    most_bytes = 200 * 1024 * 1024

    async def submit(
        self, upstream: Upstream, operation: Operation, lines: Sequence[RemoteLine], *, mark: str
    ) -> str:
        """Send all requests."""
        requests = [{"custom_id": line.id, "params": Raw(line.body)} for line in lines]
        body = _encoder.encode({"requests": requests})
        return (await read_json(upstream, PATH, _Batch, body=body)).id

    async def find(self, upstream: Upstream, mark: str) -> str | None:
        """Not to be found: a batch holds nothing of ours that is listed."""
        return None

    async def state(self, upstream: Upstream, remote_id: str) -> RemoteState:
        """How it stands."""
        batch = await read_json(upstream, f"{PATH}/{remote_id}", _Batch)
        is_over = batch.processing_status == "ended"
        # Not `results_url`: where the key is sent is what is configured, not what is answered.
        return RemoteState(is_over, (f"{PATH}/{remote_id}/results",) if is_over else ())

    async def cancel(self, upstream: Upstream, remote_id: str) -> None:
        """Ask for its end."""
        await read_json(upstream, f"{PATH}/{remote_id}/cancel", _Batch, body=b"{}")

    async def results(self, upstream: Upstream, state: RemoteState) -> AsyncIterator[RemoteResult]:
        """Messages, and errors with the status that they would have had alone."""
        for place in state.places:
            async for line in read_lines(upstream, place):
                try:
                    result = msgspec.json.decode(line, type=_Result)
                    found = _found(result)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise UpstreamGarbled(
                        f"`{upstream.provider.name}`: {error} in a batch's results"
                    ) from error
                if found is not None:
                    yield found


def _found(result: _Result) -> RemoteResult | None:
    outcome = result.result
    if outcome.type == "succeeded" and bytes(outcome.message):
        return RemoteResult(result.custom_id, 200, bytes(outcome.message))
    if outcome.type == "errored" and bytes(outcome.error):
        kind = msgspec.json.decode(outcome.error, type=_Error).error.type
        return RemoteResult(result.custom_id, ERROR_STATUS.get(kind, 500), bytes(outcome.error))
    return None


FORM = AnthropicForm()
