"""Batches over HTTP: what is refused, and pages; tests/end_to_end/test_batches.py runs them."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
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


def test_a_file_over_the_limit_is_413_whether_its_length_is_said_or_not(tmp_path: Path) -> None:
    form = b'--x\r\ncontent-disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
    parts = [form % (b"purpose", b"", b"batch"), form % (b"file", b'; filename="a"', b"y" * 9000)]
    headers = {"content-type": "multipart/form-data; boundary=x"}
    target = {"backend": "vllm", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
    config = {"targets": {"box": target}, "server": {"limits": {"file_mib": 0.005}}}
    with HeadgateServer(tmp_path, config) as server:
        for content in (b"".join(parts), iter(parts)):
            answer = httpx.post(f"{server.base_url}/files", content=content, headers=headers)
            assert answer.status_code == 413
            assert "server.limits.file_mib" in answer.json()["error"]["message"]
        assert httpx.get(f"{server.base_url}/files").json()["data"] == []


KEYS = {"ann": "key-of-ann", "bob": "key-of-bob"}
BEARER = {name: {"authorization": f"Bearer {key}"} for name, key in KEYS.items()}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadgateServer]:
    with Upstream(OK) as upstream:
        hashes = {name: f"sha256:{sha256(key.encode()).hexdigest()}" for name, key in KEYS.items()}
        config: dict[str, Any] = {
            "targets": {"box": {"backend": "vllm", "base_url": upstream.base_url, "model": "m"}},
            "server": {"keys": [{"name": name, "hash": each} for name, each in hashes.items()]},
        }
        with HeadgateServer(tmp_path_factory.mktemp("keys"), config) as server:
            yield server


def test_nobody_lists_shows_ends_or_deletes_what_is_another_keys(keyed: HeadgateServer) -> None:
    files = {"purpose": (None, "batch"), "file": ("a.jsonl", b"no batch")}
    url = keyed.base_url
    assert httpx.post(f"{url}/files", files=files).status_code == 401
    file = httpx.post(f"{url}/files", files=files, headers=BEARER["ann"]).json()["id"]
    asked = {"input_file_id": file, "endpoint": "/v1/chat/completions"}
    batch = httpx.post(f"{url}/batches", json=asked, headers=BEARER["ann"]).json()["id"]
    for method, path in (
        ("GET", f"files/{file}"),
        ("GET", f"files/{file}/content"),
        ("DELETE", f"files/{file}"),
        ("GET", f"batches/{batch}"),
        ("POST", f"batches/{batch}/cancel"),
    ):
        answer = httpx.request(method, f"{url}/{path}", headers=BEARER["bob"])
        assert answer.status_code == 404, path
        assert httpx.request(method, f"{url}/{path}").status_code == 401, path
    for path, own in (("files", file), ("batches", batch)):
        found = {
            name: [
                each["id"] for each in httpx.get(f"{url}/{path}", headers=headers).json()["data"]
            ]
            for name, headers in BEARER.items()
        }
        assert found == {"ann": [own], "bob": []}


def test_batches_come_in_pages(server: HeadgateServer) -> None:
    url = f"{server.base_url}/batches"
    asked = {"input_file_id": upload(server), "endpoint": "/v1/chat/completions"}
    made = [httpx.post(url, json=asked).json()["id"] for _ in range(5)]
    seen: list[str] = []
    page: dict[str, Any] = {"has_more": True, "last_id": None}
    while page["has_more"]:
        after = {"after": page["last_id"]} if page["last_id"] else {}
        page = httpx.get(url, params={"limit": 2, **after}).json()
        seen += [each["id"] for each in page["data"]]
    assert seen == made[::-1]
    assert httpx.get(url, params={"after": "batch_hg_0"}).json()["data"] == []
