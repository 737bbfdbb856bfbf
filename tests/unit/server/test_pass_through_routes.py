"""Files and batches through the official SDK, the real server, and a store that keeps them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI

from support.file_store import FileStore
from support.headgate_server import HeadgateServer
from support.raw_http import RawClient, request_bytes

KEY = "sk-a-secret-of-the-store"
LINES = b'{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{}}\n'


@pytest.fixture(scope="module")
def store() -> Iterator[FileStore]:
    with FileStore(KEY) as store:
        yield store


def config(store: FileStore, **route: Any) -> dict[str, Any]:
    return {
        "targets": {
            "box": {"backend": "vllm", "base_url": store.base_url, "model": "m"},
            "cloud": {
                "backend": "openai",
                "base_url": store.base_url,
                "model": "gpt-4o-mini",
                "api_key": "${STORE_KEY}",
            },
        },
        "routes": {"chat": {"targets": ["box", "cloud"], **route}},
        "server": {"limits": {"file_mib": 1}},
        "batches": {"enabled": False},
    }


@pytest.fixture(scope="module")
def server(store: FileStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadgateServer]:
    folder = tmp_path_factory.mktemp("headgate")
    with HeadgateServer(folder, config(store), env={"STORE_KEY": KEY}) as server:
        yield server
        assert KEY not in server.said


@pytest.fixture
def client(server: HeadgateServer, store: FileStore) -> Iterator[OpenAI]:
    store.manner = "whole"
    with server.client(key="the-clients-own") as client:
        yield client


def test_the_stand_in_suits_the_sdk_directly(store: FileStore) -> None:
    with OpenAI(base_url=store.base_url, api_key=KEY, max_retries=0) as direct:
        made = direct.files.create(file=("direct.jsonl", LINES), purpose="batch")
        assert direct.files.content(made.id).read() == LINES
        assert direct.files.delete(made.id).deleted


def test_files_live_their_whole_life_at_the_target_that_has_them(
    client: OpenAI, store: FileStore
) -> None:
    content = LINES * 5000
    made = client.files.create(file=("in.jsonl", content), purpose="batch")
    assert (made.filename, made.bytes) == ("in.jsonl", len(content))
    assert [file.id for file in client.files.list(purpose="batch")] == [made.id]
    assert not list(client.files.list(purpose="vision"))
    assert client.files.retrieve(made.id) == made
    assert client.files.content(made.id).read() == content
    assert client.files.delete(made.id).deleted
    with pytest.raises(openai.NotFoundError, match="no such thing"):
        client.files.retrieve(made.id)


def test_batches_do_too(client: OpenAI) -> None:
    file = client.files.create(file=("in.jsonl", LINES), purpose="batch")
    made = client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    assert made.input_file_id == file.id
    assert client.batches.retrieve(made.id) == made
    assert made.id in [batch.id for batch in client.batches.list(limit=5)]
    assert client.batches.cancel(made.id).status == "cancelling"


def test_only_what_describes_the_body_passes(
    client: OpenAI, server: HeadgateServer, store: FileStore
) -> None:
    client.files.create(file=("in.jsonl", LINES), purpose="batch")
    _, _, sent = store.asked[-1]
    assert sent["authorization"] == f"Bearer {KEY}"
    assert not [name for name in sent if name.lower().startswith(("x-", "cookie", "openai-"))]
    assert "the-clients-own" not in str(sent)
    with RawClient(server.root_url) as raw:
        answer = raw.ask(request_bytes(method="GET", path="/v1/files"))
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-headgate-target"] == "cloud"


def test_a_target_can_be_named(client: OpenAI) -> None:
    assert list(client.files.list(extra_headers={"x-headgate-target": "cloud"})) is not None
    for name in ("box", "nobody"):
        with pytest.raises(openai.BadRequestError, match="no target of that name"):
            client.files.list(extra_headers={"x-headgate-target": name})


def test_a_file_that_is_too_large_is_refused_whether_it_says_so_or_not(
    client: OpenAI, server: HeadgateServer
) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.files.create(file=("big.bin", os.urandom(1 << 20)), purpose="batch")
    assert caught.value.status_code == 413
    assert "file_mib" in caught.value.message
    head = b"POST /v1/files HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    piece = b"%x\r\n%b\r\n" % (1 << 19, bytes(1 << 19))
    with RawClient(server.root_url) as raw:
        assert raw.ask(head + 3 * piece + b"0\r\n\r\n").status == 413


@pytest.mark.parametrize("path", ["/v1/files/../models", "/v1/files/a/b", "/v1/files/a%2f..%2fb"])
def test_no_other_path_of_the_backend_can_be_reached(
    server: HeadgateServer, store: FileStore, path: str
) -> None:
    before = len(store.asked)
    with RawClient(server.root_url) as raw:
        assert raw.ask(request_bytes(method="GET", path=path)).status in {400, 404}
    assert len(store.asked) == before


def test_only_the_methods_of_this_api_are_served(client: OpenAI, store: FileStore) -> None:
    before = len(store.asked)
    for method in ("HEAD", "PUT", "PATCH"):
        assert httpx.request(method, f"{client.base_url}files").status_code == 405
    assert httpx.delete(f"{client.base_url}files").status_code == 405
    assert len(store.asked) == before


def test_an_api_beside_chat_completions_has_its_files_too(store: FileStore, tmp_path: Path) -> None:
    data = config(store)
    data["targets"]["cloud"]["backend"] = "openai_responses"
    with (
        HeadgateServer(tmp_path, data, env={"STORE_KEY": KEY}) as server,
        server.client() as client,
    ):
        made = client.files.create(file=("in.jsonl", LINES), purpose="batch")
        assert client.files.content(made.id).read() == LINES


def test_a_key_that_the_store_refuses_is_ours_and_is_not_told(
    store: FileStore, tmp_path: Path
) -> None:
    with (
        HeadgateServer(tmp_path, config(store), env={"STORE_KEY": "sk-wrong-key"}) as server,
        server.client() as client,
        pytest.raises(openai.InternalServerError) as caught,
    ):
        client.files.list()
    assert "sk-wrong-key" not in str(caught.value)
    assert "`cloud` refuses the key" in str(caught.value)


@pytest.mark.parametrize(
    "restriction", [{"privacy": {}}, {"labels": ["phi"]}, {"regions": ["eu"]}], ids=str
)
def test_where_a_route_restricts_data_no_file_leaves(
    store: FileStore, tmp_path: Path, restriction: dict[str, Any]
) -> None:
    before = len(store.asked)
    with (
        HeadgateServer(tmp_path, config(store, **restriction), env={"STORE_KEY": KEY}) as server,
        server.client() as client,
        pytest.raises(openai.PermissionDeniedError, match="restricts where data may go"),
    ):
        client.files.create(file=("in.jsonl", LINES), purpose="batch")
    assert len(store.asked) == before


def test_what_carries_a_label_stays_here(client: OpenAI, store: FileStore) -> None:
    before = len(store.asked)
    with pytest.raises(openai.PermissionDeniedError, match="label"):
        client.files.list(extra_headers={"x-headgate-label": "phi"})
    assert len(store.asked) == before


def test_a_target_of_another_environment_gets_nothing(store: FileStore, tmp_path: Path) -> None:
    data = config(store) | {"environments": {"development": ["box"]}, "environment": "development"}
    before = len(store.asked)
    with (
        HeadgateServer(tmp_path, data, env={"STORE_KEY": KEY}) as server,
        server.client() as client,
    ):
        with pytest.raises(openai.BadRequestError, match="no target here has files"):
            client.files.list()
        with pytest.raises(openai.BadRequestError, match="no target of that name"):
            client.files.list(extra_headers={"x-headgate-target": "cloud"})
    assert len(store.asked) == before


@pytest.mark.parametrize(("of", "is_counted"), [({"tag": "night"}, True), ({"tag": "day"}, False)])
def test_what_a_budget_counts_is_not_passed_on_where_nobody_could_count_it(
    store: FileStore, tmp_path: Path, of: dict[str, str], is_counted: bool
) -> None:
    budgets = {"budgets": {"small": {"usd": 1, "per": "day", "of": of}}}
    data = {**config(store), **budgets}
    with (
        HeadgateServer(tmp_path, data, env={"STORE_KEY": KEY}) as server,
        server.client() as client,
    ):
        tagged = client.with_options(default_headers={"x-headgate-tag": "night"})
        given = tagged.files.create(file=("lines.jsonl", LINES), purpose="batch")
        asked = {"input_file_id": given.id, "endpoint": "/v1/chat/completions"}
        if not is_counted:
            assert tagged.batches.create(**asked, completion_window="24h").id
            return
        with pytest.raises(openai.PermissionDeniedError, match="budget `small` counts"):
            tagged.batches.create(**asked, completion_window="24h")
