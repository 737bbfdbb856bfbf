"""What tools made for Ollama ask beside chats, through Ollama's own SDK and by hand."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import ollama
import pytest
from packaging.version import Version

from headgate.server.ollama_routes import VERSION
from support.behaviours import OK
from support.headgate_server import HeadgateServer
from support.ollama_gateway import over_each
from support.upstream import Upstream

ALL, ONE = "key-for-all", "key-for-one"


def hashed(key: str) -> str:
    return f"sha256:{sha256(key.encode()).hexdigest()}"


def keys() -> list[dict[str, Any]]:
    one = {"name": "one", "hash": hashed(ONE), "routes": ["over_openai", "over_engine"]}
    return [{"name": "all", "hash": hashed(ALL)}, one]


@pytest.fixture(scope="module")
def ollama_upstream() -> Iterator[Upstream]:
    with Upstream(OK, models=("llama-test",)) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(
    ollama_upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    """Clients may manage models, those with a key for everything."""
    config = over_each(ollama_upstream, keys=keys(), allow_model_management=True)
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config) as server:
        yield server
        assert "Traceback" not in server.said


def sdk(server: HeadgateServer, key: str) -> ollama.Client:
    headers = {"authorization": f"Bearer {key}"}
    return ollama.Client(host=server.root_url, headers=headers, timeout=60)


@pytest.fixture
def client(server: HeadgateServer) -> Iterator[ollama.Client]:
    with sdk(server, ALL) as client:
        yield client


@pytest.fixture
def held(server: HeadgateServer) -> Iterator[ollama.Client]:
    """With the key that may use two routes."""
    with sdk(server, ONE) as client:
        yield client


@pytest.fixture(scope="module")
def plain(
    ollama_upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ollama.Client]:
    """Of a gateway with no word about models in its configuration."""
    folder = tmp_path_factory.mktemp("plain")
    with (
        HeadgateServer(folder, over_each(ollama_upstream)) as server,
        ollama.Client(host=server.root_url, timeout=20) as client,
    ):
        yield client
        assert "Traceback" not in server.said


def test_whoever_wants_no_page_is_told_that_an_ollama_runs(server: HeadgateServer) -> None:
    for accept in ("*/*", "application/json"):
        found = httpx.get(server.root_url, headers={"accept": accept})
        assert (found.status_code, found.text) == (200, "Ollama is running")
    assert httpx.head(server.root_url).status_code == 200
    browser = httpx.get(server.root_url, headers={"accept": "text/html,application/xhtml+xml"})
    assert "Ollama is running" not in browser.text
    assert browser.headers["content-security-policy"]


def test_the_version_is_one_that_tools_can_compare(server: HeadgateServer) -> None:
    found = httpx.get(f"{server.root_url}/api/version").json()
    assert found == {"version": VERSION}
    assert Version("0.6.4") < Version(VERSION)
    assert Version("0.33.0") <= Version(VERSION) < Version("0.33.1")
    # As Open WebUI reads it.
    numbers = [int(part) for part in re.sub(r"^v|-.*", "", VERSION).split(".")]
    assert numbers == [0, 33, 0]
    assert VERSION.endswith("headgate")


def test_every_name_is_listed(client: ollama.Client) -> None:
    listed = {model.model: model for model in client.list().models}
    assert all(name and name.endswith(":latest") for name in listed)
    models = {(name or "").removesuffix(":latest"): model for name, model in listed.items()}
    routes = {"auto", "over_ollama", "over_openai", "over_engine"}
    assert set(models) == routes | {"box", "cloud", "here", "llama-test", "real", "demo"}
    here = models["demo"]
    assert here.size
    assert here.details is not None
    assert (here.details.format, here.details.family) == ("gguf", "llama")
    assert here.details.quantization_level == "F16"
    assert models["over_openai"].size == 0
    digests = {model.digest for model in models.values()}
    assert len(digests) == len(models)
    assert all(len(digest or "") == 64 for digest in digests)
    assert all(isinstance(model.modified_at, datetime) for model in models.values())


def test_entries_have_every_key_that_other_clients_read(server: HeadgateServer) -> None:
    headers = {"authorization": f"Bearer {ALL}"}
    entries = httpx.get(f"{server.root_url}/api/tags", headers=headers).json()["models"]
    for entry in entries:
        common = {"name", "model", "modified_at", "size", "digest", "details"}
        assert entry.keys() - {"remote_model"} == common
        assert entry["name"] == entry["model"]
    assert {e["name"]: e.get("remote_model") for e in entries}["over_openai:latest"] == "real"


def test_a_key_sees_its_own_routes_only(held: ollama.Client, server: HeadgateServer) -> None:
    assert [model.model for model in held.list().models] == [
        "over_openai:latest",
        "over_engine:latest",
    ]
    with pytest.raises(ollama.ResponseError) as refused:
        held.show("over_ollama")
    assert refused.value.status_code == 403
    held.chat("over_engine", [])
    assert [model.name for model in held.ps().models] == ["over_engine:latest"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/tags"),
        ("GET", "/api/ps"),
        ("POST", "/api/show"),
        ("POST", "/api/pull"),
        ("DELETE", "/api/delete"),
        ("POST", "/api/create"),
        ("POST", "/api/chat"),
        ("POST", "/api/generate"),
        ("POST", "/api/embed"),
        ("POST", "/api/embeddings"),
    ],
)
def test_without_a_key_nothing_is_told(server: HeadgateServer, method: str, path: str) -> None:
    found = httpx.request(method, server.root_url + path, json={"model": "demo"})
    assert found.status_code == 401
    assert found.json()["error"].startswith("no valid key was sent")


def test_a_model_is_shown_with_what_it_can_do(client: ollama.Client) -> None:
    engine = client.show("over_engine")
    assert engine.capabilities == ["completion", "tools"]
    assert engine.modelinfo["general.architecture"] == "llama"
    assert engine.modelinfo["llama.context_length"] == 8192
    assert engine.details is not None
    assert engine.details.format == "gguf"
    cloud = client.show("over_openai")
    assert cloud.capabilities == ["completion", "tools"]
    assert cloud.modelinfo["general.architecture"] == "headgate"


def test_of_an_ollamas_model_is_shown_what_that_ollama_says(
    client: ollama.Client, ollama_upstream: Upstream
) -> None:
    shown = client.show("over_ollama")
    assert shown.parameters == 'stop "<end>"'
    assert shown.modelinfo["llama.context_length"] == 4096
    assert ollama_upstream.requests[-1].json == {"model": "llama-test"}
    try:
        ollama_upstream.models = ()
        assert client.show("over_ollama").capabilities == ["completion", "tools"]
    finally:
        ollama_upstream.models = ("llama-test",)


def test_an_unknown_model_is_not_found(client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="nobody") as missing:
        client.show("nobody")
    assert missing.value.status_code == 404


def test_a_loaded_model_is_seen_until_it_is_unloaded(client: ollama.Client) -> None:
    assert client.chat("demo", []).done_reason == "load"
    (model,) = client.ps().models
    assert (model.name, model.model) == ("demo:latest", "demo:latest")
    assert model.context_length == 8192
    assert model.size
    assert model.size_vram == 0
    assert model.expires_at is not None
    left_s = (model.expires_at - datetime.now(UTC)).total_seconds()
    assert 800 < left_s <= 900
    assert client.generate("demo", keep_alive=0).done_reason == "unload"
    assert client.ps().models == []


def test_clients_may_not_manage_models_unless_they_are_let(plain: ollama.Client) -> None:
    for ask in (lambda: plain.pull("new"), lambda: plain.delete("llama-test")):
        with pytest.raises(ollama.ResponseError, match="allow_model_management") as refused:
            ask()
        assert refused.value.status_code == 403
    with pytest.raises(ollama.ResponseError) as refused:
        list(plain.pull("new", stream=True))
    assert refused.value.status_code == 403
    # What is served from elsewhere is here already: tools pull before they ask.
    assert plain.pull("over_openai").status == "success"


def test_a_model_is_pulled_to_the_ollama_that_is_configured(
    client: ollama.Client, ollama_upstream: Upstream
) -> None:
    lines = list(client.pull("new", stream=True, insecure=True))
    assert lines[0].status == "pulling manifest"
    assert lines[-1].status == "success"
    assert [line.completed for line in lines] == [None, None, 100, None]
    sent = ollama_upstream.requests[-1]
    assert (sent.path, sent.json) == (
        "/api/pull",
        {"model": "new", "stream": True, "insecure": True},
    )
    assert client.pull("new").status == "success"
    client.pull("over_ollama")
    assert ollama_upstream.requests[-1].json["model"] == "llama-test"


def test_a_pull_that_fails_says_so(client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="does not exist") as failed:
        client.pull("no-such-model")
    assert failed.value.status_code == 500
    lines = client.pull("no-such-model", stream=True)
    assert next(iter(lines)).status == "pulling manifest"
    with pytest.raises(ollama.ResponseError, match="does not exist"):
        list(lines)


@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_is_served_from_elsewhere_is_here(
    client: ollama.Client, ollama_upstream: Upstream, stream: bool
) -> None:
    before = len(ollama_upstream.exchanges)
    found: Any = client.pull("over_openai", stream=stream)
    assert [each.status for each in (found if stream else [found])] == ["success"]
    assert len(ollama_upstream.exchanges) == before


@pytest.mark.parametrize("name", ["over_openai", "demo"])
def test_a_name_may_bear_the_tag_that_it_is_listed_with(client: ollama.Client, name: str) -> None:
    tagged = f"{name}:latest"
    assert client.show(tagged).modelinfo == client.show(name).modelinfo
    assert client.chat(tagged, []).model == client.chat(name, []).model
    assert client.pull(tagged).status == "success"


def test_a_model_is_deleted_under_its_own_name(
    client: ollama.Client, ollama_upstream: Upstream
) -> None:
    assert client.delete("over_ollama").status == "success"
    sent = ollama_upstream.exchanges[-1]
    assert (sent.method, sent.path, sent.json) == (
        "DELETE",
        "/api/delete",
        {"model": "llama-test"},
    )
    with pytest.raises(ollama.ResponseError, match="not found") as missing:
        client.delete("never-pulled")
    assert missing.value.status_code == 404
    with pytest.raises(ollama.ResponseError, match="kept by no Ollama"):
        client.delete("over_openai")


def test_a_key_that_is_held_to_routes_manages_no_models(held: ollama.Client) -> None:
    for ask in (lambda: held.pull("new"), lambda: held.delete("new")):
        with pytest.raises(ollama.ResponseError, match="held to some routes") as refused:
            ask()
        assert refused.value.status_code == 403


def test_an_embedded_engine_says_where_files_go(tmp_path: Path) -> None:
    config = {
        "server": {"allow_model_management": True},
        "targets": {"here": {"backend": "embedded", "model": "demo"}},
    }
    with (
        HeadgateServer(tmp_path, config) as server,
        ollama.Client(host=server.root_url, timeout=20) as client,
        pytest.raises(ollama.ResponseError, match="put its GGUF file into") as refused,
    ):
        client.pull("llama3.2")
    assert refused.value.status_code == 400


@pytest.mark.parametrize("path", ["create", "push", "copy", "blobs/sha256:00"])
def test_what_is_not_served_is_refused_in_words(server: HeadgateServer, path: str) -> None:
    headers = {"authorization": f"Bearer {ALL}"}
    found = httpx.post(f"{server.root_url}/api/{path}", headers=headers, json={"model": "a"})
    assert found.status_code == 400
    assert " here" in found.json()["error"]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"nonsense", b'{"model":7}'])
def test_a_body_without_a_model_is_refused_in_words(server: HeadgateServer, body: bytes) -> None:
    headers = {"authorization": f"Bearer {ALL}"}
    for path in ("show", "pull"):
        found = httpx.post(f"{server.root_url}/api/{path}", headers=headers, content=body)
        assert found.status_code == 400
        assert len(found.json()["error"]) > 10


def test_an_older_clients_word_for_the_model_is_understood(server: HeadgateServer) -> None:
    headers = {"authorization": f"Bearer {ALL}"}
    found = httpx.post(f"{server.root_url}/api/show", headers=headers, json={"name": "demo"})
    assert found.json()["details"]["family"] == "llama"
