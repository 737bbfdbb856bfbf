"""OpenAI's Batch API: a file of requests goes up, files of results come down.

https://developers.openai.com/api/docs/guides/batch, read 2026-11-28.
"""

from collections.abc import AsyncIterator, Sequence

import msgspec
from msgspec import Raw, Struct

from headgate.backends.batch_form import (
    TIMEOUTS,
    RemoteLine,
    RemoteResult,
    RemoteState,
    in_one_piece,
    read_json,
    read_lines,
)
from headgate.backends.upstream import Upstream
from headgate.core.errors import UpstreamGarbled
from headgate.core.inbound import Operation

MARK = "headgate"
_BOUNDARY = "headgate-batch-5f0c"
_OVER = frozenset({"completed", "failed", "expired", "cancelled"})
_encoder = msgspec.json.Encoder()


class _File(Struct):
    id: str


class _Problem(Struct):
    code: str | None = None
    line: int | None = None


class _Problems(Struct):
    data: list[_Problem] = []


class _Batch(Struct):
    id: str
    status: str = ""
    output_file_id: str | None = None
    error_file_id: str | None = None
    metadata: dict[str, str] | None = None
    errors: _Problems | None = None


class _Listed(Struct):
    data: list[_Batch] = []


class _Response(Struct):
    status_code: int
    body: Raw


class _Result(Struct):
    custom_id: str
    response: _Response | None = None


class OpenAiForm:
    """Also Groq's."""

    most_lines = 50_000
    most_bytes = 100 * 1024 * 1024

    async def submit(
        self, upstream: Upstream, operation: Operation, lines: Sequence[RemoteLine], *, mark: str
    ) -> str:
        """Upload a file, and make a batch of it."""
        url = f"/v1{upstream.provider.paths[operation]}"
        content = b"\n".join(
            _encoder.encode(
                {"custom_id": line.id, "method": "POST", "url": url, "body": Raw(line.body)}
            )
            for line in lines
        )
        path = upstream.provider.passes["files"]
        upload = in_one_piece(_form(content), f"multipart/form-data; boundary={_BOUNDARY}")
        exchange = await upstream.send("POST", path, timeouts=TIMEOUTS, upload=upload)
        try:
            answer = await exchange.read(65_536)
        finally:
            exchange.close()
        try:
            file = msgspec.json.decode(answer, type=_File)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UpstreamGarbled(
                f"`{upstream.provider.name}` took a file, but: {error}"
            ) from error
        wanted = {
            "input_file_id": file.id,
            "endpoint": url,
            "completion_window": "24h",
            "metadata": {MARK: mark},
        }
        return (await read_json(upstream, _path(upstream), _Batch, body=_encoder.encode(wanted))).id

    async def find(self, upstream: Upstream, mark: str) -> str | None:
        """By its metadata, among the newest hundred."""
        listed = await read_json(upstream, f"{_path(upstream)}?limit=100", _Listed)
        found = (each.id for each in listed.data if (each.metadata or {}).get(MARK) == mark)
        return next(found, None)

    async def state(self, upstream: Upstream, remote_id: str) -> RemoteState:
        """How it stands; a batch that failed was not begun."""
        batch = await read_json(upstream, f"{_path(upstream)}/{remote_id}", _Batch)
        ids = (batch.output_file_id, batch.error_file_id)
        files = upstream.provider.passes["files"]
        return RemoteState(
            is_over=batch.status in _OVER,
            places=tuple(f"{files}/{each}/content" for each in ids if each),
            refused=_why(batch) if batch.status == "failed" else None,
        )

    async def cancel(self, upstream: Upstream, remote_id: str) -> None:
        """Ask for its end."""
        await read_json(upstream, f"{_path(upstream)}/{remote_id}/cancel", _Batch, body=b"{}")

    async def results(self, upstream: Upstream, state: RemoteState) -> AsyncIterator[RemoteResult]:
        """Of both files; a request that was never sent to a model has none."""
        for place in state.places:
            async for line in read_lines(upstream, place):
                try:
                    result = msgspec.json.decode(line, type=_Result)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise UpstreamGarbled(
                        f"`{upstream.provider.name}`: {error} in a batch's results"
                    ) from error
                if result.response is not None:
                    response = result.response
                    yield RemoteResult(result.custom_id, response.status_code, bytes(response.body))


def _path(upstream: Upstream) -> str:
    return upstream.provider.passes["batches"]


def _why(batch: _Batch) -> str:
    problems = batch.errors.data if batch.errors else []
    codes = {each.code or "unknown" for each in problems} or {"unknown"}
    return f"the batch was refused: {', '.join(sorted(codes))}"


def _form(content: bytes) -> bytes:
    """A multipart form of a purpose and a file."""
    head = (
        f"--{_BOUNDARY}\r\n"
        'content-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        f"--{_BOUNDARY}\r\n"
        'content-disposition: form-data; name="file"; filename="batch.jsonl"\r\n'
        "content-type: application/jsonl\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()


FORM = OpenAiForm()
