"""A gateway before an Ollama, before another API, and before its own engine."""

from typing import Any

from support.upstream import Upstream

SAID = "Hello from the upstream, in five pieces."
HELLO: list[Any] = [{"role": "user", "content": "Hello"}]


def over_each(upstream: Upstream, **server: Any) -> dict[str, Any]:
    """Routes `over_ollama` (relayed), `over_openai` (translated) and `over_engine` (run here)."""
    box = {"backend": "ollama_native", "model": "llama-test", "base_url": upstream.root_url}
    cloud = {"backend": "openai_compatible", "model": "real", "base_url": upstream.base_url}
    return {
        "server": server,
        "targets": {
            "box": {**box, "retries": 0},
            "cloud": {**cloud, "retries": 0},
            "here": {"backend": "embedded", "model": "demo"},
        },
        "routes": {
            "over_ollama": {"targets": ["box"]},
            "over_openai": {"targets": ["cloud"]},
            "over_engine": {"targets": ["here"]},
        },
    }
