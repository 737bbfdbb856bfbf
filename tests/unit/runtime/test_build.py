"""Everything a configuration describes, built and taken down again."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from headgate.backends.image_fetcher import HostedImages
from headgate.config.load import settings_from
from headgate.core.errors import ConfigError, EngineError, InvalidRequest, OperatorError
from headgate.core.plugins import load
from headgate.gateway.attempts import Whole
from headgate.gateway.handle import Call
from headgate.runtime.build import Runtime, build
from support.headgate_server import read_rows
from support.raw_http import chat_body
from support.upstream import Upstream

BOX: dict[str, Any] = {"backend": "vllm", "base_url": "http://127.0.0.1:9/v1", "model": "m"}


def built_and_closed(config: dict[str, Any]) -> Runtime:
    async def both() -> Runtime:
        runtime = await build(settings_from(config, {}))
        await runtime.close()
        return runtime

    return asyncio.run(both())


def ask(runtime: Runtime) -> Call:
    return Call(operation="chat", dialect=runtime.client_dialects["openai_chat"], body=chat_body())


def test_building_and_closing_leaves_nothing_running_and_connects_to_nobody() -> None:
    before = set(threading.enumerate())
    with Upstream() as upstream:
        threads = set(threading.enumerate())
        runtime = built_and_closed({"targets": {"box": {**BOX, "base_url": upstream.base_url}}})
        assert set(threading.enumerate()) == threads
        assert upstream.connections_made == 0
    assert runtime.is_draining
    assert set(threading.enumerate()) == before


def test_closing_drops_the_connections_that_were_kept(tmp_path: Path) -> None:
    async def one_request(base_url: str) -> None:
        config = {
            "targets": {"box": {**BOX, "base_url": base_url}},
            "ledger": {"path": str(tmp_path / "ledger")},
        }
        runtime = await build(settings_from(config, {}))
        assert isinstance(await runtime.gateway.handle(ask(runtime)), Whole)
        await runtime.close()

    with Upstream() as upstream:
        asyncio.run(one_request(upstream.base_url))
        upstream.wait_closed()
    assert [row["status"] for row in read_rows(tmp_path / "ledger", "decisions")] == ["answered"]


def test_the_ledger_is_written_even_when_an_engine_will_not_stop(tmp_path: Path) -> None:
    class Stuck:
        async def stop(self) -> None:
            raise OSError("the worker is gone already")

    async def fails_to_stop() -> bool:
        runtime = await build(settings_from({"targets": {"box": BOX}}, {}))
        runtime.models.by_path[tmp_path] = Stuck()  # type: ignore[assignment]
        with pytest.raises(OSError, match="gone already"):
            await runtime.close()
        return any(thread.is_alive() for thread in set(threading.enumerate()) - before)

    before = set(threading.enumerate())
    assert not asyncio.run(fails_to_stop())


def test_without_a_ledger_requests_are_answered_and_nothing_is_written(tmp_path: Path) -> None:
    async def one_request(base_url: str) -> str:
        config = {"targets": {"box": {**BOX, "base_url": base_url}}, "ledger": {"enabled": False}}
        runtime = await build(settings_from(config, {}))
        try:
            answer = await runtime.gateway.handle(ask(runtime))
            assert isinstance(answer, Whole)
            runtime.writer.flush()
            with pytest.raises(OperatorError, match=r"`ledger\.enabled` is false"):
                runtime.explain(answer.attempt.job.id)
            return runtime.metrics.text()[0].decode()
        finally:
            await runtime.close()

    with Upstream() as upstream:
        metrics = asyncio.run(one_request(upstream.base_url))
    assert 'target="box"' in metrics
    assert not list(tmp_path.rglob("*.sqlite*"))


def test_sessions_are_hashed_with_a_secret_that_a_restart_keeps(tmp_path: Path) -> None:
    def secret(**ledger: Any) -> bytes:
        return built_and_closed({"targets": {"box": BOX}, "ledger": ledger}).gateway.sessions.secret

    kept = secret(path=str(tmp_path / "ledger"))
    assert secret(path=str(tmp_path / "ledger")) == kept
    assert secret(path=str(tmp_path / "other" / "ledger")) != kept
    assert kept.hex().encode() not in (tmp_path / "ledger").read_bytes()
    assert kept not in (tmp_path / "ledger").read_bytes()
    before = list(tmp_path.rglob("*"))
    assert secret(enabled=False) != secret(enabled=False)
    assert list(tmp_path.rglob("*")) == before


def test_embedded_targets_of_one_file_share_one_supervisor(tmp_path: Path) -> None:
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / name).write_bytes(b"GGUF")
    models = {"one": "a", "same": "a.gguf", "path": str(tmp_path / "a.gguf"), "other": "b"}
    config = {
        "engine": {"models_dir": str(tmp_path)},
        "targets": {name: {"backend": "embedded", "model": m} for name, m in models.items()},
    }
    runtime = built_and_closed(config)
    engines = {name: t.engine for name, t in runtime.gateway.routes.targets.items()}
    assert engines["one"] is engines["same"] is engines["path"]
    assert engines["other"] is not engines["one"]
    assert len(runtime.models.by_path) == 2


def test_a_model_file_that_is_not_there_is_said_before_anything_runs(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    config = {
        "engine": {"models_dir": str(tmp_path)},
        "targets": {"box": {"backend": "embedded", "model": "missing"}},
    }
    with pytest.raises(EngineError, match="missing"):
        built_and_closed(config)
    assert set(threading.enumerate()) == before


def test_a_ledger_that_cannot_be_opened_is_said_before_anything_runs(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    (tmp_path / "ledger").write_bytes(b"this is no database " * 100)
    with pytest.raises(OperatorError, match="ledger"):
        built_and_closed({"targets": {"box": BOX}, "ledger": {"path": str(tmp_path / "ledger")}})
    assert set(threading.enumerate()) == before


def test_only_targets_of_the_environment_in_force_need_their_keys() -> None:
    config = {
        "environments": {"dev": ["box"], "prod": ["cloud"]},
        "targets": {"box": BOX, "cloud": {"backend": "openai", "model": "gpt-4o"}},
    }
    built_and_closed({**config, "environment": "dev"})
    with pytest.raises(ConfigError, match=r"targets\.cloud"):
        built_and_closed({**config, "environment": "prod"})


def test_callers_are_known_by_the_hash_of_their_key() -> None:
    key = {"name": "ada", "hash": f"sha256:{'a' * 64}", "labels": ["phi"], "routes": ["default"]}
    config = {"targets": {"box": BOX}, "server": {"keys": [key]}}
    (digest, caller), *none = built_and_closed(config).callers.items()
    assert not none
    assert digest == "a" * 64
    assert (caller.name, caller.labels, caller.routes) == ("ada", {"phi"}, {"default"})


def test_clients_speak_every_dialect_that_has_endpoints() -> None:
    runtime = built_and_closed({"targets": {"box": BOX}})
    served = {path for each in runtime.client_dialects.values() for path in each.endpoints}
    assert "/v1/chat/completions" in served
    for name, dialect in runtime.client_dialects.items():
        assert dialect is load("headgate.wire.dialects", name, "DIALECT")


def test_pictures_are_fetched_only_where_hosts_are_listed() -> None:
    config = {"targets": {"box": BOX}, "ledger": {"enabled": False}}
    assert built_and_closed(config).gateway.sender.images is None
    limits = {"image_mib": 0.5, "image_s": 3}
    listed = config | {"server": {"image_hosts": ["*.example.org"], "limits": limits}}
    images = built_and_closed(listed).gateway.sender.images
    assert isinstance(images, HostedImages)
    assert (images.limit_bytes, images.within_s) == (512 * 1024, 3)
    assert [host.pattern for host in images.hosts] == ["*.example.org"]


def test_the_network_around_headgate_is_not_reached_even_if_every_host_is_listed() -> None:
    async def story(url: str) -> None:
        target = {**BOX, "backend": "ollama"}
        server = {"image_hosts": ["*", f"http://*:{inner.port}"]}
        config = {"targets": {"box": target}, "server": server, "ledger": {"enabled": False}}
        runtime = await build(settings_from(config, {}))
        picture = {"type": "image_url", "image_url": {"url": url}}
        asked = {"model": "auto", "messages": [{"role": "user", "content": [picture]}]}
        dialect = runtime.client_dialects["openai_chat"]
        call = Call(operation="chat", dialect=dialect, body=json.dumps(asked).encode())
        with pytest.raises(InvalidRequest, match="no address on the public Internet"):
            await runtime.gateway.handle(call)
        await runtime.close()

    with Upstream() as inner:
        for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
            asyncio.run(story(f"http://{host}:{inner.port}/a.png"))
        assert inner.connections_made == 0
