"""Batches over HTTP: what is refused, and pages; tests/end_to_end/test_batches.py runs them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from support.behaviours import OK
from support.headgate_server import HeadgateServer
from support.upstream import Upstream


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadgateServer]:
    with Upstream(OK) as upstream:
        target = {"backend": "vllm", "base_url": upstream.base_url, "model": "m"}
        config: dict[str, Any] = {"targets": {"box": target}}
        with HeadgateServer(tmp_path_factory.mktemp("batches"), config) as server:
            yield server


def upload(server: HeadgateServer, content: bytes = b"{}") -> str:
    files = {"purpose": (None, "batch"), "file": ("a.jsonl", content)}
    identity: str = httpx.post(f"{server.base_url}/files", files=files).json()["id"]
    return identity


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"endpoint": "/v1/rerank"}, "`endpoint` must be one of"),
        ({"completion_window": "soon"}, "`completion_window` must be hours"),
        ({"completion_window": "999h"}, "from `1h` to `168h`"),
        ({"input_file_id": "file-1"}, "is no file of this gateway"),
        ({"input_file_id": None}, "not a request for a batch"),
        ({"metadata": []}, "not a request for a batch"),
    ],
)
def test_what_is_no_batch_is_refused(
    server: HeadgateServer, change: dict[str, Any], complaint: str
) -> None:
    asked = {"input_file_id": upload(server), "endpoint": "/v1/chat/completions", **change}
    answer = httpx.post(f"{server.base_url}/batches", json=asked)
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "path", ["files/file-hg-0", "files/file-hg-0/content", "batches/batch_hg_0"]
)
def test_what_is_not_there_is_404(server: HeadgateServer, path: str) -> None:
    assert httpx.get(f"{server.base_url}/{path}").status_code == 404


def test_lists_come_in_pages_the_newest_first(server: HeadgateServer) -> None:
    made = [upload(server) for _ in range(5)]
    first = httpx.get(f"{server.base_url}/files", params={"limit": 2}).json()
    assert [each["id"] for each in first["data"]] == made[:-3:-1]
    assert first["has_more"]
    after = {"limit": 2, "after": first["last_id"]}
    second = httpx.get(f"{server.base_url}/files", params=after).json()
    assert [each["id"] for each in second["data"]] == made[-3:-5:-1]
    answer = httpx.get(f"{server.base_url}/files", params={"limit": "many"})
    assert answer.status_code == 400


def test_a_file_can_be_deleted(server: HeadgateServer) -> None:
    identity = upload(server, b"kept")
    url = f"{server.base_url}/files/{identity}"
    assert httpx.get(f"{url}/content").content == b"kept"
    assert httpx.delete(url).json() == {"id": identity, "object": "file", "deleted": True}
    assert httpx.get(url).status_code == 404
