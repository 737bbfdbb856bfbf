"""What clients are shown of targets of every kind; through the SDK in `test_ollama_routes`."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import ollama
import pytest

from headgate.config.load import settings_from
from headgate.gateway.route import Routes
from headgate.runtime.build import build
from headgate.server.ollama_models import description, running, tag, tagged, weights_of

STARTED_AT = 1_795_000_000.0
URL = "http://127.0.0.1:1"


def routes_of(targets: Mapping[str, Any], route: list[str] | None = None) -> Routes:
    """The routes of a configuration that nobody serves."""

    async def built() -> Routes:
        data = {
            "targets": targets,
            "routes": {"chat": {"targets": route or list(targets)}},
            "ledger": {"enabled": False},
        }
        runtime = await build(settings_from(data, {}))
        await runtime.close()
        return runtime.gateway.routes

    return asyncio.run(built())


def target(backend: str, model: str, **more: Any) -> dict[str, Any]:
    return {"backend": backend, "model": model, "base_url": URL, "auth": "none", **more}


def shown(*targets: dict[str, Any], context_tokens: int | None = None) -> dict[str, Any]:
    routes = routes_of({f"t{n}": each for n, each in enumerate(targets)})
    found = description("chat", routes.resolve("chat"), STARTED_AT, context_tokens=context_tokens)
    ollama.ShowResponse.model_validate_json(json.dumps(found))
    return dict(found)


CAPABILITIES = [
    (target("anthropic", "claude-sonnet-5"), ["completion", "tools", "vision", "thinking"]),
    (target("openai_compatible", "unheard-of"), ["completion", "tools"]),
    (target("openai_compatible", "unheard-of", lacks=["tools"]), ["completion"]),
    (
        target("openai_compatible", "unheard-of", has=["vision", "reasoning"]),
        ["completion", "tools", "vision", "thinking"],
    ),
    (target("cohere", "embed-v4.0"), ["embedding"]),
    ({"backend": "embedded", "model": "demo"}, ["completion", "tools"]),
]


@pytest.mark.parametrize(("given", "words"), CAPABILITIES)
def test_a_model_can_do_what_somebody_says_of_it(given: dict[str, Any], words: list[str]) -> None:
    assert shown(given)["capabilities"] == words


def test_a_route_can_do_what_any_of_its_targets_can() -> None:
    blind = target("openai_compatible", "a", lacks=["tools"])
    seeing = target("openai_compatible", "b", has=["vision"])
    embedding = target("cohere", "embed-v4.0")
    words = ["completion", "tools", "vision", "embedding"]
    assert shown(blind, seeing, embedding)["capabilities"] == words


def test_the_longest_context_is_told_where_any_is_known() -> None:
    short = target("openai_compatible", "a", context_tokens=1000)
    long = target("anthropic", "claude-sonnet-5")
    assert shown(short, long)["model_info"]["headgate.context_length"] == 1_000_000
    assert shown(target("openai_compatible", "a"))["model_info"].keys() == {
        "general.architecture",
        "general.basename",
    }


@pytest.mark.parametrize(("configured", "told"), [(None, 8192), (2048, 2048)])
def test_an_embedded_model_has_the_context_that_it_is_run_with(
    configured: int | None, told: int
) -> None:
    info = shown({"backend": "embedded", "model": "demo"}, context_tokens=configured)["model_info"]
    assert info["llama.context_length"] == told


def test_an_entry_has_what_a_list_needs() -> None:
    routes = routes_of({"cloud": target("anthropic", "claude-sonnet-5")})
    entry = tag("chat", routes.resolve("chat"), STARTED_AT)
    assert entry == {
        "name": "chat",
        "model": "chat",
        "modified_at": "2026-11-18T11:06:40Z",
        "size": 0,
        "digest": entry["digest"],
        "details": {
            "parent_model": "",
            "format": "",
            "family": "",
            "families": [],
            "parameter_size": "",
            "quantization_level": "",
        },
        "remote_model": "claude-sonnet-5",
    }
    assert len(entry["digest"]) == 64


@pytest.mark.parametrize(
    ("name", "names", "shown_as"),
    [
        ("a", ["a"], "a:latest"),
        ("a/b", ["a/b"], "a/b:latest"),
        ("a:3b", ["a:3b"], "a:3b"),
        ("a", ["a", "a:latest"], "a"),
    ],
)
def test_a_name_is_listed_with_a_tag_unless_that_is_another(
    name: str, names: list[str], shown_as: str
) -> None:
    assert tagged(name, names) == shown_as


def test_a_digest_changes_with_what_a_name_stands_for() -> None:
    def digest(*targets: dict[str, Any], name: str = "chat") -> str:
        routes = routes_of({f"t{n}": each for n, each in enumerate(targets)})
        return str(tag(name, routes.resolve(name), STARTED_AT)["digest"])

    one, two = target("openai_compatible", "a"), target("openai_compatible", "b")
    assert digest(one) == digest(one)
    assert len({digest(one), digest(two), digest(one, two), digest(one, name="a")}) == 4


def test_a_running_model_says_when_it_will_go() -> None:
    routes = routes_of({"here": {"backend": "embedded", "model": "demo"}})
    found = routes.resolve("chat")
    here = routes.targets["here"]
    engine: Any = here.engine
    weights = weights_of(here)
    assert weights is not None

    def entry(idle_s: float | None) -> Mapping[str, Any]:
        said = running("chat", found, engine, now=STARTED_AT, idle_unload_s=idle_s)
        ollama.ProcessResponse.model_validate_json(json.dumps({"models": [said]}))
        return said

    assert entry(900)["expires_at"] == "2026-11-18T11:21:40Z"
    assert entry(None)["expires_at"] == "2126-10-25T11:06:40Z"
    assert entry(900)["size"] == weights.size_bytes > 0
    assert entry(900)["digest"] == tag("chat", found, STARTED_AT)["digest"]
