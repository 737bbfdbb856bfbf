import asyncio
import json
from pathlib import Path

import pytest

from headgate.config.discover import discover
from headgate.config.load import settings_from
from headgate.engine.demo_model import ensure_demo_model

OLLAMA = "http://127.0.0.1:11434/api/tags"
VLLM = "http://127.0.0.1:8000/v1/models"
LM_STUDIO = "http://127.0.0.1:1234/v1/models"


def openai_list(*names: str) -> bytes:
    return json.dumps({"object": "list", "data": [{"id": name} for name in names]}).encode()


def found(tmp_path, environ=None, answers=None):
    async def probe(url):
        return (answers or {}).get(url)

    return asyncio.run(discover(environ or {}, probe=probe, models_dir=tmp_path))


def settings(discovery, environ=None):
    return settings_from(discovery.data, environ or {})


def test_with_nothing_found_there_is_the_demonstration_model(tmp_path):
    discovery = found(tmp_path)
    built = settings(discovery)
    assert built.routes[built.auto_route].target_names == ("demo",)
    assert built.targets["demo"].backend == "embedded"
    assert discovery.found == ["a demonstration model that knows nothing, so that requests work"]
    assert "ollama at 127.0.0.1:11434" in discovery.missing
    assert "openai: $OPENAI_API_KEY" in discovery.missing
    assert "cohere: $COHERE_API_KEY or $CO_API_KEY" in discovery.missing


def test_every_usual_port_is_asked_at_once(tmp_path):
    asked = []
    everyone = asyncio.Event()

    async def probe(url):
        asked.append(url.split("/")[2])
        if len(asked) == 4:
            everyone.set()
        await asyncio.wait_for(everyone.wait(), 5)

    asyncio.run(discover({}, probe=probe, models_dir=tmp_path))
    assert {port.rpartition(":")[2] for port in asked} == {"11434", "8080", "8000", "1234"}


def test_each_model_of_a_local_engine_is_a_target_and_its_first_chat_model_the_default(tmp_path):
    tags = json.dumps({"models": [{"name": "nomic-embed-text:latest"}, {"name": "llama3.2:3b"}]})
    discovery = found(tmp_path, answers={OLLAMA: tags.encode(), VLLM: openai_list("Qwen/Qwen3-8B")})
    built = settings(discovery)
    assert {name: target.model for name, target in built.targets.items()} == {
        "ollama-nomic-embed-text-latest": "nomic-embed-text:latest",
        "ollama-llama3.2-3b": "llama3.2:3b",
        "vllm-qwen-qwen3-8b": "Qwen/Qwen3-8B",
    }
    assert built.routes["default"].target_names == ("ollama-llama3.2-3b", "vllm-qwen-qwen3-8b")
    assert "vllm at 127.0.0.1:8000: 1 model (Qwen/Qwen3-8B)" in discovery.found


def test_something_else_on_a_usual_port_is_no_engine(tmp_path):
    discovery = found(tmp_path, answers={VLLM: b"<html>hello</html>", LM_STUDIO: b'{"ok": true}'})
    assert "vllm at 127.0.0.1:8000" in discovery.missing
    assert list(discovery.data["targets"]) == ["demo"]


def test_a_hosted_api_is_there_by_name_and_never_the_default(tmp_path):
    environ = {"OPENAI_API_KEY": "sk-hunter2", "CO_API_KEY": "hunter2"}
    discovery = found(tmp_path, environ)
    built = settings(discovery, environ)
    assert built.targets["openai"].api_key == "${OPENAI_API_KEY}"
    assert built.targets["cohere"].api_key == "${CO_API_KEY}"
    assert built.targets["openai"].model is None
    assert built.routes[built.auto_route].target_names == ("demo",)
    assert "hunter2" not in repr(discovery)


def test_an_api_that_can_be_asked_in_two_ways_is_one_target(tmp_path):
    discovery = found(tmp_path, {"OPENAI_API_KEY": "sk-hunter2"})
    assert "openai" in discovery.data["targets"]
    assert "openai_responses" not in discovery.data["targets"]
    assert not any("openai_responses" in line for line in found(tmp_path).missing)


def test_azure_needs_its_address_as_well(tmp_path):
    key = {"AZURE_OPENAI_API_KEY": "k"}
    assert (
        "azure_openai: $AZURE_OPENAI_API_KEY is set, but $AZURE_OPENAI_ENDPOINT is not"
        in found(tmp_path, key).missing
    )
    both = key | {"AZURE_OPENAI_ENDPOINT": "https://x.openai.azure.com/"}
    target = settings(found(tmp_path, both), both).targets["azure_openai"]
    assert target.base_url == "https://x.openai.azure.com"


def test_bedrock_needs_its_region_as_well(tmp_path):
    key = {"AWS_BEARER_TOKEN_BEDROCK": "k"}
    assert (
        "bedrock: $AWS_BEARER_TOKEN_BEDROCK is set, but $AWS_REGION or $AWS_DEFAULT_REGION is not"
        in found(tmp_path, key).missing
    )
    both = key | {"AWS_DEFAULT_REGION": "eu-central-1"}
    assert "bedrock" in settings(found(tmp_path, both), both).targets


def test_gguf_files_come_before_the_demonstration_model(tmp_path):
    ensure_demo_model(tmp_path).rename(tmp_path / "Tiny.gguf")
    (tmp_path / "broken.gguf").write_bytes(b"not a model")
    discovery = found(tmp_path)
    built = settings(discovery)
    assert built.routes["default"].target_names == ("tiny",)
    assert built.targets["tiny"].model == "Tiny.gguf"
    assert [line for line in discovery.missing if line.startswith("broken.gguf: ")] != []


@pytest.mark.parametrize("name", ["${OPENAI_API_KEY}", "$$", "a$"])
def test_a_model_s_name_never_reads_a_variable(tmp_path, name):
    environ = {"OPENAI_API_KEY": "sk-hunter2"}
    discovery = found(tmp_path, environ, {VLLM: openai_list(name)})
    models = {target.model for target in settings(discovery, environ).targets.values()}
    assert models == {name, None}


def test_names_that_would_clash_are_numbered(tmp_path):
    discovery = found(tmp_path, answers={VLLM: openai_list("a b", "a/b", "!")})
    assert list(discovery.data["targets"]) == ["vllm-a-b", "vllm-a-b-2", "vllm"]


def test_a_long_list_is_shown_short(tmp_path):
    discovery = found(tmp_path, answers={VLLM: openai_list(*(f"m{n}" for n in range(9)))})
    assert "vllm at 127.0.0.1:8000: 9 models (m0, m1, m2, …)" in discovery.found


def test_the_real_folder_of_models_is_the_default(monkeypatch, tmp_path):
    async def nothing(_: str) -> None:
        return None

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    discovery = asyncio.run(discover({}, probe=nothing))
    assert f"GGUF files in {Path(tmp_path, 'headgate', 'models')}" in discovery.missing
