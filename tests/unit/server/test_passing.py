"""Bodies on their way through, when something happens to them."""

import gzip
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI

from support.file_store import FileStore
from support.headgate_server import HeadgateServer
from support.raw_http import RawClient, request_bytes

KEY = "sk-a-secret-of-the-store"
LIMIT = 1 << 20
SOON_S = 0.2


@pytest.fixture(scope="module")
def store() -> Iterator[FileStore]:
    with FileStore(KEY) as store:
        yield store


@pytest.fixture(scope="module")
def server(store: FileStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadgateServer]:
    target = {"backend": "openai", "base_url": store.base_url, "model": "m"}
    config: dict[str, Any] = {
        "targets": {"cloud": target | {"api_key": "${STORE_KEY}"}},
        "routes": {"chat": {"targets": ["cloud"]}},
        "batches": {"enabled": False},
        "server": {"limits": {"file_mib": LIMIT / (1 << 20)}},
    }
    folder = tmp_path_factory.mktemp("headgate")
    with HeadgateServer(folder, config, env={"STORE_KEY": KEY}) as server:
        yield server


@pytest.fixture
def client(server: HeadgateServer, store: FileStore) -> Iterator[OpenAI]:
    store.manner = "whole"
    store.heard.clear()
    store.left.clear()
    with server.client() as client:
        yield client
    store.manner = "whole"


def keep(store: FileStore, size: int) -> str:
    """A file that came some other way."""
    store.files["file-kept"] = ({"id": "file-kept", "purpose": "batch"}, bytes(size))
    return "file-kept"


@pytest.mark.parametrize("manner", ["whole", "chunked"])
def test_a_file_at_the_limit_comes_back_whole_and_one_beyond_it_does_not(
    client: OpenAI, store: FileStore, manner: Any
) -> None:
    store.manner = manner
    assert client.files.content(keep(store, LIMIT)).read() == bytes(LIMIT)
    # Once an answer has begun, breaking it off is all that can still be done.
    kind = openai.InternalServerError if manner == "whole" else openai.APIConnectionError
    with pytest.raises(kind, match="file_mib" if manner == "whole" else None):
        client.files.content(keep(store, LIMIT + 1)).read()


def test_an_answer_that_breaks_off_breaks_off_for_the_client_too(
    client: OpenAI, store: FileStore
) -> None:
    store.manner = "cut"
    with pytest.raises(openai.APIConnectionError):
        client.files.content(keep(store, 1000)).read()


@pytest.mark.parametrize(
    ("method", "body"), [("GET", b""), ("DELETE", b""), ("POST", b""), ("POST", b"{}")]
)
def test_a_client_that_leaves_takes_the_backend_s_connection_with_it(
    client: OpenAI, server: HeadgateServer, store: FileStore, method: str, body: bytes
) -> None:
    store.manner = "silent"
    with RawClient(server.root_url) as raw:
        raw.send(request_bytes(body, method=method, path="/v1/batches/batch_1"))
        assert store.heard.wait(5)
        assert not store.left.is_set()
        left_at = time.monotonic()
    assert store.left.wait(5)
    assert time.monotonic() - left_at < SOON_S


def test_a_client_that_leaves_in_the_middle_of_its_file_does_too(
    client: OpenAI, server: HeadgateServer, store: FileStore
) -> None:
    before = len(store.asked)
    with RawClient(server.root_url) as raw:
        raw.send(request_bytes(bytes(1000), path="/v1/files", length=LIMIT))
    # It is not kept, and what comes next is served.
    assert client.files.list() is not None
    assert [method for method, _, _ in store.asked[before:]] == ["GET"]


def test_a_body_that_is_packed_is_refused_since_the_backend_would_not_be_told(
    client: OpenAI, server: HeadgateServer, store: FileStore
) -> None:
    before = len(store.asked)
    packed = gzip.compress(b"{}")
    with RawClient(server.root_url) as raw:
        headers = ("content-encoding: gzip",)
        answer = raw.ask(request_bytes(packed, path="/v1/batches", headers=headers))
    assert answer.status == 415
    assert "not unpacked here" in answer.error["message"]
    assert len(store.asked) == before


def test_a_body_where_none_belongs_is_not_passed_on(
    client: OpenAI, server: HeadgateServer, store: FileStore
) -> None:
    with RawClient(server.root_url) as raw:
        asked = request_bytes(b"{}", method="GET", path="/v1/files")
        assert raw.ask(asked).status == 200
        assert raw.ask(asked).status == 200
    _, _, headers = store.asked[-1]
    assert "content-length" not in {name.lower() for name in headers}
