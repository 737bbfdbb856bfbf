"""Uploads for batches: told from other files by their first bytes, and kept in the folder."""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from anyio.to_thread import run_sync
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from headgate.core.errors import InvalidRequest
from headgate.gateway.batches.folder import BatchFolder
from headgate.gateway.batches.record import FileRecord
from headgate.server.asgi import ClientGone, by_name, check_declared_length, too_large
from headgate.server.passing import SETTING

LOOKED_AT = 65_536
"""Bytes of a form in which its purpose must stand, as it does with every SDK."""
LONGEST_NAME = 200
PIECE = 1 << 18
_PURPOSE = re.compile(rb'name="purpose"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n([a-z_-]+)\r\n')


async def is_for_batch(request: Request) -> tuple[bool, Request]:
    """Whether a form says that its file is for a batch, and the request, to be read again."""
    heard: list[Message] = []
    seen = b""
    while len(seen) < LOOKED_AT and not _PURPOSE.search(seen):
        message = await request.receive()
        heard.append(message)
        seen += message.get("body", b"")
        if not message.get("more_body", False):
            break
    found = _PURPOSE.search(seen)
    again = Request(request.scope, _replay(heard, request.receive))
    return found is not None and found[1] == b"batch", again


async def keep_upload(
    request: Request, folder: BatchFolder, identity: dict[str, Any], limit: int
) -> FileRecord:
    """Keep the file of a form.

    Raises:
        InvalidRequest: There is none, or the form is broken.
        TooLarge: It is over `limit` bytes.
    """
    check_declared_length(by_name(request.scope["headers"]), limit, SETTING)
    bounded = Request(request.scope, _bounded(request.receive, limit))
    try:
        async with bounded.form(max_files=1, max_fields=8) as form:
            upload = form.get("file")
            if not isinstance(upload, UploadFile):
                raise InvalidRequest("`file` is missing", param="file")
            pieces = _pieces(upload)
            size = await run_sync(folder.write, identity["id"], pieces)
            name = (upload.filename or "batch.jsonl")[:LONGEST_NAME]
    except MultiPartException as error:
        raise InvalidRequest(f"the form cannot be read: {error.message}") from error
    except ClientDisconnect as error:
        raise ClientGone from error
    record = FileRecord(filename=name, purpose="batch", size=size, **identity)
    await run_sync(folder.keep, record)
    return record


def _pieces(upload: UploadFile) -> Iterator[bytes]:
    while piece := upload.file.read(PIECE):
        yield piece


def _replay(
    heard: list[Message], then: Callable[[], Awaitable[Message]]
) -> Callable[[], Awaitable[Message]]:
    left = iter(heard)

    async def receive() -> Message:
        for message in left:
            return message
        return await then()

    return receive


def _bounded(
    receive: Callable[[], Awaitable[Message]], limit: int
) -> Callable[[], Awaitable[Message]]:
    total = 0

    async def bounded() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise too_large(limit, SETTING)
        return message

    return bounded
