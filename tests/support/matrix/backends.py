"""The backends of the matrix: an entry each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from support.bedrock_shapes import ACCESS_KEY, SECRET_KEY
from support.cohere_shapes import UNBILLED_TOKENS

KEY = "stand-in-key"
AZURE_VERSION = "2024-10-21"
MODEL = "a-model"
ENVIRONMENT = {
    "STAND_IN_KEY": KEY,
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
}
"""Of the gateway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Where a question goes; `{root}` in its target is the address of its stand-in."""

    name: str
    title: str
    target: Mapping[str, Any]
    is_real: bool = False
    """An engine that runs a tiny model, not a stand-in that can be read and told what to do."""
    key_header: tuple[str, str] | None = None
    """How the key reaches it: a header, and a pattern for its value."""
    has_call_ids: bool = True
    counts_cache: bool = True
    """Whether it says how much of the input came from a cache."""
    further_tokens: int = 0
    """Of the prompt, which this API counts beside those it charges for."""
    says_when: bool = False
    """Its 429 says how long to stay away, and for so long Headgate does."""
    endless: Mapping[str, Any] = field(default_factory=dict)
    """Of a real engine: settings under which it never stops."""

    def target_at(self, root: str) -> dict[str, Any]:
        """Its target in a configuration."""
        filled = {
            name: value.replace("{root}", root) if isinstance(value, str) else value
            for name, value in self.target.items()
        }
        return {"model": MODEL, **filled, "retries": 0}

    @property
    def model(self) -> str:
        """What it is asked for."""
        return str(self.target.get("model", MODEL))

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Whether a request came with the key, as this API wants it."""
        if self.key_header is None:
            return True
        name, pattern = self.key_header
        return re.fullmatch(pattern, headers.get(name, "")) is not None


def _hosted(backend: str, path: str = "", **more: Any) -> dict[str, Any]:
    return {"backend": backend, "base_url": "{root}" + path, "api_key": "${STAND_IN_KEY}", **more}


_BEARER = ("authorization", f"Bearer {KEY}")
BACKENDS = (
    Backend(
        name="embedded",
        title="Embedded engine",
        target={"backend": "embedded", "model": "demo"},
        is_real=True,
        endless={"ignore_eos": True},
    ),
    Backend(
        name="llama_cpp",
        title="llama.cpp's server",
        target={"backend": "llama_cpp", "base_url": "{root}/v1", "model": "tiny"},
        is_real=True,
        endless={"ignore_eos": True},
    ),
    Backend(
        name="openai",
        title="OpenAI",
        target=_hosted("openai", "/v1"),
        key_header=_BEARER,
    ),
    Backend(
        name="azure_openai",
        title="Azure OpenAI",
        target=_hosted("azure_openai", deployment="a-deployment"),
        key_header=("api-key", KEY),
    ),
    Backend(
        name="anthropic",
        title="Anthropic",
        target=_hosted("anthropic"),
        key_header=("x-api-key", KEY),
    ),
    Backend(
        name="cohere",
        title="Cohere",
        target=_hosted("cohere"),
        further_tokens=UNBILLED_TOKENS,
        key_header=_BEARER,
    ),
    Backend(
        name="gemini",
        title="Gemini",
        target=_hosted("gemini", "/v1beta"),
        key_header=("x-goog-api-key", KEY),
        says_when=True,
    ),
    Backend(
        name="bedrock",
        title="Bedrock",
        target={
            "backend": "bedrock",
            "base_url": "{root}",
            "model": "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "aws_region": "eu-central-1",
        },
        key_header=("authorization", f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/.*"),
    ),
    Backend(
        name="together",
        title="Together",
        target=_hosted("together", "/v1"),
        key_header=_BEARER,
    ),
    Backend(
        name="ollama_native",
        title="Ollama",
        target={"backend": "ollama_native", "base_url": "{root}"},
        has_call_ids=False,
        counts_cache=False,
    ),
)
