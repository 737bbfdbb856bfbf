"""`/v1/batches` answered here, in the form of OpenAI's API.

What belongs to a provider (a file for another purpose, an id of its own, a request that
names a target in `x-headgate-target`) is passed on, as if this were not there. A key sees
its own batches and files only.
"""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from anyio.to_thread import run_sync
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from headgate.core.errors import CallerError, InvalidRequest
from headgate.gateway.batches.folder import read_pieces
from headgate.gateway.batches.record import (
    BATCH_PREFIX,
    FILE_PREFIX,
    BatchRecord,
    FileRecord,
    read_batch,
    read_file,
)
from headgate.gateway.handle import Caller
from headgate.runtime.build import Runtime
from headgate.server.asgi import by_name
from headgate.server.auth import Keys
from headgate.server.batch_files import is_for_batch, keep_upload
from headgate.server.compression import read_unpacked
from headgate.server.pass_through_routes import PassThroughRoutes
from headgate.server.said import said_in

LARGEST_REQUEST = 65_536
LARGEST_PAGE, USUAL_PAGE = 100, 20
MOST_HOURS = 24 * 7
_WINDOW = re.compile(r"([1-9][0-9]{0,2})h")
_TARGET = b"x-headgate-target"


class BatchNotFound(CallerError):
    """There is no such batch or file, or it is somebody else's."""

    code, http_status = "not_found", 404


class _Asked(Struct):
    input_file_id: str
    endpoint: str
    completion_window: str = "24h"
    metadata: dict[str, str] | None = None


class BatchRoutes:
    """Batches and their files."""

    def __init__(self, runtime: Runtime, keys: Keys, passed: PassThroughRoutes) -> None:
        """Serve those of `runtime`; what is none of ours goes on to `passed`."""
        self._runtime = runtime
        self._keys = keys
        self._passed = passed
        self._folder = runtime.batches.folder

    def routes(self) -> list[BaseRoute]:
        """Where they are served."""
        return [
            Route("/v1/files", self.files, methods=["GET", "POST"]),
            Route("/v1/files/{id}", self.file, methods=["GET", "DELETE"]),
            Route("/v1/files/{id}/content", self.content),
            Route("/v1/batches", self.batches, methods=["GET", "POST"]),
            Route("/v1/batches/{id}", self.batch),
            Route("/v1/batches/{id}/cancel", self.cancel, methods=["POST"]),
        ]

    async def files(self, request: Request) -> Response:
        """Upload one, or list them."""
        if self._names_target(request):
            return await self._passed.collection(request)
        caller = self._caller(request)
        if request.method == "GET":
            return await self._list(request, caller, self._folder.store.files, read_file)
        is_ours, request = await is_for_batch(request)
        if not is_ours:
            return await self._passed.collection(request)
        limit = self._runtime.settings.server.limits.file_bytes
        identity = {
            "id": FILE_PREFIX + self._new_id(),
            "created_at": int(self._runtime.clock.now()),
            "key_name": caller.name,
        }
        record = await keep_upload(request, self._folder, identity, limit)
        return _json(record.shown())

    async def file(self, request: Request) -> Response:
        """Show one, or delete it."""
        if not self._is_ours(request, FILE_PREFIX):
            return await self._passed.collection(request)
        record = await self._file(request)
        if request.method == "DELETE":
            await run_sync(self._folder.delete, record.id)
            return _json({"id": record.id, "object": "file", "deleted": True})
        return _json(record.shown())

    async def content(self, request: Request) -> Response:
        """The content of one."""
        if not self._is_ours(request, FILE_PREFIX):
            return await self._passed.collection(request)
        record = await self._file(request)
        path = self._folder.content(record.id)
        headers = {"content-length": str(record.size)}
        return StreamingResponse(read_pieces(path), 200, headers, "application/jsonl")

    async def batches(self, request: Request) -> Response:
        """Begin one, or list them."""
        if self._names_target(request):
            return await self._passed.collection(request)
        caller = self._caller(request)
        if request.method == "GET":
            return await self._list(request, caller, self._folder.store.batches, read_batch)
        headers = by_name(request.scope["headers"])
        body = await read_unpacked(headers, request.receive, LARGEST_REQUEST)
        asked = _asked(body)
        if not asked.input_file_id.startswith(FILE_PREFIX):
            raise InvalidRequest(
                f"`{asked.input_file_id}` is no file of this gateway",
                param="input_file_id",
                hint="upload it here with the purpose `batch`; for a provider's own batches, "
                "name the target in `x-headgate-target`",
            )
        record = await run_sync(self._new_batch, asked, caller, headers)
        self._runtime.batches.begin(record)
        return await self._shown(record)

    async def batch(self, request: Request) -> Response:
        """How one stands."""
        if not self._is_ours(request, BATCH_PREFIX):
            return await self._passed.collection(request)
        return await self._shown(await self._batch(request))

    async def cancel(self, request: Request) -> Response:
        """End one; what is answered by then can be had."""
        if not self._is_ours(request, BATCH_PREFIX):
            return await self._passed.collection(request)
        record = await self._batch(request)
        if record.is_over:
            raise InvalidRequest(f"batch `{record.id}` is {record.status} already")
        if record.status != "cancelling":
            await self._runtime.batches.cancel(record)
        return await self._shown(record)

    def _new_batch(
        self, asked: _Asked, caller: Caller, headers: Mapping[bytes, bytes]
    ) -> BatchRecord:
        if asked.endpoint not in self._runtime.batches.endpoints:
            known = ", ".join(f"`{each}`" for each in sorted(self._runtime.batches.endpoints))
            raise InvalidRequest(f"`endpoint` must be one of {known}", param="endpoint")
        hours = _hours(asked.completion_window)
        self._of_caller(self._folder.find(asked.input_file_id), caller, asked.input_file_id)
        now, said = self._runtime.clock.now(), said_in(headers)
        record = BatchRecord(
            id=BATCH_PREFIX + self._new_id(),
            endpoint=asked.endpoint,
            input_file_id=asked.input_file_id,
            key_name=caller.name,
            labels=said.get("labels", frozenset()),
            tags=said.get("tags", frozenset()),
            completion_window=asked.completion_window,
            metadata=asked.metadata,
            created_at=int(now),
            expires_at=int(now) + hours * 3600,
        )
        self._folder.store.put_batch(record.id, record.encoded(), is_over=False)
        return record

    async def _shown(self, record: BatchRecord) -> Response:
        return _json(record.shown(await run_sync(self._folder.store.counts, record.id)))

    async def _list(
        self,
        request: Request,
        caller: Caller,
        read: Callable[[], list[bytes]],
        decode: Callable[[bytes], BatchRecord | FileRecord],
    ) -> Response:
        found = [decode(document) for document in await run_sync(read)]
        own = [each for each in found if each.key_name == caller.name]
        query = request.query_params
        if purpose := query.get("purpose"):
            own = [each for each in own if getattr(each, "purpose", purpose) == purpose]
        if after := query.get("after"):
            ids = [each.id for each in own]
            own = own[ids.index(after) + 1 :] if after in ids else []
        limit = _limit(query.get("limit"))
        page = [await run_sync(self._document, each) for each in own[:limit]]
        return _json(_page(page, has_more=len(own) > limit))

    def _document(self, record: BatchRecord | FileRecord) -> dict[str, Any]:
        if isinstance(record, FileRecord):
            return record.shown()
        return record.shown(self._folder.store.counts(record.id))

    async def _file(self, request: Request) -> FileRecord:
        caller, file_id = self._caller(request), request.path_params["id"]
        found = await run_sync(self._folder.find, file_id)
        return self._of_caller(found, caller, file_id)

    def _of_caller(self, file: FileRecord | None, caller: Caller, file_id: str) -> FileRecord:
        if file is None or file.key_name != caller.name:
            raise BatchNotFound(f"there is no file `{file_id}`")
        return file

    async def _batch(self, request: Request) -> BatchRecord:
        caller, batch_id = self._caller(request), request.path_params["id"]
        document = await run_sync(self._folder.store.batch, batch_id)
        record = None if document is None else read_batch(document)
        if record is None or record.key_name != caller.name:
            raise BatchNotFound(f"there is no batch `{batch_id}`")
        return record

    def _caller(self, request: Request) -> Caller:
        return self._keys.caller(by_name(request.scope["headers"]))

    def _is_ours(self, request: Request, prefix: str) -> bool:
        return not self._names_target(request) and request.path_params["id"].startswith(prefix)

    def _names_target(self, request: Request) -> bool:
        return _TARGET in by_name(request.scope["headers"])

    def _new_id(self) -> str:
        """Sorts by time, and cannot be guessed."""
        return f"{int(self._runtime.clock.now() * 1000):012x}{secrets.token_hex(8)}"


def _asked(body: bytes) -> _Asked:
    try:
        return msgspec.json.decode(body, type=_Asked)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"not a request for a batch: {error}") from error


def _hours(window: str) -> int:
    found = _WINDOW.fullmatch(window)
    if found is None or int(found[1]) > MOST_HOURS:
        raise InvalidRequest(
            f"`completion_window` must be hours, from `1h` to `{MOST_HOURS}h`",
            param="completion_window",
        )
    return int(found[1])


def _limit(value: str | None) -> int:
    if value is None:
        return USUAL_PAGE
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:6]) <= 10_000:
        raise InvalidRequest("`limit` must be a whole number from 1 to 10000", param="limit")
    return min(int(value), LARGEST_PAGE)


def _page(documents: Sequence[dict[str, Any]], *, has_more: bool) -> dict[str, Any]:
    return {
        "object": "list",
        "data": documents,
        "first_id": documents[0]["id"] if documents else None,
        "last_id": documents[-1]["id"] if documents else None,
        "has_more": has_more,
    }


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
