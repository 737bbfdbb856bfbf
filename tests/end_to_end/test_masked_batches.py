"""Lines of batches leave masked, and their answers come back with the values, hours later too."""

import json
from pathlib import Path
from typing import Any

from end_to_end.test_batches import POLL, begin, ended, lines, results
from support.batch_provider import BatchProvider
from support.headgate_server import HeadgateServer

EMAIL, OTHER = "ada.lovelace@corp.io", "bob.smith@corp.io"
TEXTS = (f"mail {EMAIL}", f"mail {OTHER} and {EMAIL}", "mail nobody")


def config(provider: BatchProvider, backend: str) -> dict[str, Any]:
    base_url = provider.root_url + ("/v1" if backend == "openai" else "")
    model = "gpt-4o-mini" if backend == "openai" else "claude-haiku-4-5"
    target = {"backend": backend, "base_url": base_url, "model": model, "api_key": "${KEY}"}
    privacy = {"detect": ["email"], "actions": {"email": "mask"}}
    return {
        "targets": {"out": {**target, "local": False}},
        "routes": {"chat": {"targets": ["out"], "privacy": privacy}},
        "batches": POLL,
    }


def served(folder: Path, provider: BatchProvider, backend: str) -> HeadgateServer:
    return HeadgateServer(folder, config(provider, backend), env={"KEY": "sk-secret"})


def said(found: dict[str, Any]) -> list[str]:
    bodies = [found[name]["response"]["body"] for name in sorted(found)]
    return [body["choices"][0]["message"]["content"] for body in bodies]


def assert_nothing_left(provider: BatchProvider) -> None:
    received = [*map(bytes, provider.files.values()), json.dumps(provider.lines).encode()]
    received.append(json.dumps(provider.direct).encode())
    for each in received:
        assert b"@corp.io" not in each
    assert any(b"EMAIL_" in each for each in received)


def check(tmp_path: Path, backend: str) -> None:
    with (
        BatchProvider() as provider,
        served(tmp_path, provider, backend) as server,
        server.client() as client,
    ):
        batch = ended(client, begin(client, lines(*TEXTS)))
        assert said(results(client, batch.output_file_id)) == [f"echo: {each}" for each in TEXTS]
        assert provider.batches
        assert_nothing_left(provider)


def test_openai_gets_lines_masked(tmp_path: Path) -> None:
    check(tmp_path, "openai")


def test_anthropic_gets_lines_masked_in_its_own_words(tmp_path: Path) -> None:
    check(tmp_path, "anthropic")


def test_what_comes_back_after_a_restart_has_its_values(tmp_path: Path) -> None:
    with BatchProvider() as provider:
        provider.at_once = False
        with served(tmp_path, provider, "openai") as server, server.client() as client:
            batch = begin(client, lines(*TEXTS))
            provider.wait_batches(1)
        provider.finish()
        with served(tmp_path, provider, "openai") as server, server.client() as client:
            batch = ended(client, batch)
            found = results(client, batch.output_file_id)
        assert said(found) == [f"echo: {each}" for each in TEXTS]
        assert_nothing_left(provider)
