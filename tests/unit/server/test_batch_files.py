"""Forms with files, told apart by their first bytes."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from headgate.core.errors import InvalidRequest, TooLarge
from headgate.gateway.batches.folder import BatchFolder
from headgate.server.batch_files import LOOKED_AT, is_for_batch, keep_upload

BOUNDARY = b"xx"
HEADERS = [(b"content-type", b"multipart/form-data; boundary=xx")]


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename else ""
    head = f'--xx\r\ncontent-disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def request(body: bytes, size: int = 1000, headers: Any = HEADERS) -> Request:
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    messages = [
        {"type": "http.request", "body": piece, "more_body": n < len(pieces) - 1}
        for n, piece in enumerate(pieces)
    ]

    async def receive() -> Any:
        return messages.pop(0)

    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--xx--\r\n"


LINE = b'{"custom_id": "a"}\n'
USUAL = form(part("purpose", b"batch"), part("file", LINE * 500, "in.jsonl"))


@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (USUAL, True),
        (form(part("purpose", b"fine-tune"), part("file", LINE, "a")), False),
        (form(part("file", LINE, "a"), part("purpose", b"batch")), True),
        (form(part("file", LINE * LOOKED_AT, "a"), part("purpose", b"batch")), False),
        (b"", False),
    ],
)
def test_the_purpose_is_found_however_the_bytes_come(
    body: bytes, expected: bool, size: int
) -> None:
    if size == 1 and len(body) > LOOKED_AT:
        pytest.skip("the same, byte by byte, takes its time")
    assert asyncio.run(is_for_batch(request(body, size)))[0] == expected


def keep(request: Request, folder: Path, limit: int = 10**6) -> Any:
    async def inside() -> Any:
        _, again = await is_for_batch(request)
        batches = BatchFolder(folder)
        try:
            return await keep_upload(
                again, batches, {"id": "file-hg-1", "created_at": 1, "key_name": None}, limit
            )
        finally:
            batches.close()

    return asyncio.run(inside())


def test_a_file_is_kept_as_it_came(tmp_path: Path) -> None:
    record = keep(request(USUAL), tmp_path)
    assert (record.filename, record.size) == ("in.jsonl", len(LINE) * 500)
    assert (tmp_path / "files" / "file-hg-1").read_bytes() == LINE * 500


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        keep(request(USUAL), tmp_path, limit=1000)
    assert not (tmp_path / "files" / "file-hg-1").exists()


def test_a_form_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="`file` is missing"):
        keep(request(form(part("purpose", b"batch"))), tmp_path)
