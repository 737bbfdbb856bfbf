"""Which Ollama keeps a model; what it is then told is in `test_ollama_routes`."""

import asyncio
from typing import Any

import pytest

from headgate.config.load import settings_from
from headgate.core.errors import Forbidden
from headgate.runtime.build import build
from headgate.server.ollama_keepers import Keepers

CLOUD = {"backend": "openai_compatible", "base_url": "http://127.0.0.1:1", "model": "c"}
TARGETS: dict[str, Any] = {
    "cloud": CLOUD,
    "first": {"backend": "ollama", "base_url": "http://127.0.0.1:2/v1", "model": "one"},
    "any": {"backend": "ollama_native", "base_url": "http://127.0.0.1:3"},
}


def keepers(targets: dict[str, Any], **more: Any) -> Keepers:
    async def built() -> Keepers:
        routes = {"chat": {"targets": list(targets)}}
        data = {"targets": targets, "routes": routes, "ledger": {"enabled": False}, **more}
        settings = settings_from(data, {})
        runtime = await build(settings)
        await runtime.close()
        return Keepers(runtime.gateway.routes, settings)

    return asyncio.run(built())


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("first", "one"),
        ("one", "one"),
        ("any/two", "two"),
        ("unheard-of", "unheard-of"),
    ],
)
def test_a_name_leads_to_the_ollama_that_serves_it_or_to_the_first(name: str, model: str) -> None:
    found = keepers(TARGETS)
    place = found.find(name, None)
    assert place is not None
    assert place.model == model
    first = found.find("first", None)
    assert first is not None
    assert (place.keeper is first.keeper) is (not name.startswith("any"))


def test_what_another_backend_serves_no_ollama_keeps() -> None:
    assert keepers(TARGETS).find("cloud", None) is None
    assert keepers(TARGETS).find("chat", None) is None
    assert keepers({"cloud": CLOUD}).find("unheard-of", None) is None


def test_a_key_finds_its_own_routes_only() -> None:
    with pytest.raises(Forbidden):
        keepers(TARGETS).find("first", frozenset({"cloud"}))


def test_a_target_outside_the_environment_keeps_nothing() -> None:
    found = keepers(TARGETS, environments={"here": ["any"]}, environment="here")
    place, other = found.find("unheard-of", None), found.find("any", None)
    assert place is not None
    assert other is not None
    assert place.keeper is other.keeper
    assert found.find("first", None) is None


def test_the_way_out_depends_on_what_there_is() -> None:
    assert "ollama_native" in str(keepers({"cloud": CLOUD}).nowhere("m").hint)
    embedded = {"here": {"backend": "embedded", "model": "demo"}}
    assert "GGUF" in str(keepers(embedded).nowhere("m").hint)
    assert "`m`" in keepers(embedded).not_ours("m").message
