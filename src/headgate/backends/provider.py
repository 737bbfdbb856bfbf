"""A hosted API or local server, described as data.

Each file in `providers/` exports one `PROVIDER`. A provider never branches in code:
whatever differs between APIs of one dialect is a field here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from headgate.core.inbound import Need, Operation

OPENAI_PATHS: Mapping[Operation, str] = {
    "chat": "/chat/completions",
    "completion": "/completions",
    "embedding": "/embeddings",
}


Auth = Literal["bearer", "api-key", "x-api-key", "x-goog-api-key", "aws", "none"]
"""The header that holds the key; `aws` signs each request instead."""


FILES_AND_BATCHES: Mapping[str, str] = {"files": "/files", "batches": "/batches"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """How to reach one API and what it is known to do."""

    name: str
    dialect: str
    docs: str
    """Where its API is described."""
    base_url: str | None = None
    """`None`: the operator must say. May hold `{region}`, the region of AWS."""
    base_url_env: tuple[str, ...] = ()
    """Environment variables that may hold the base URL where `base_url` is `None`."""
    paths: Mapping[Operation, str] = field(default_factory=lambda: OPENAI_PATHS)
    """Relative to the base URL; may hold `{deployment}` or `{model}`. Operations absent are
    not offered."""
    stream_paths: Mapping[Operation, str] = field(default_factory=dict)
    """The same for streams, where they have a path of their own."""
    also: Mapping[str, Mapping[Operation, str]] = field(default_factory=dict)
    """Further dialects it speaks to the letter, with their paths: a client of one of them is
    relayed instead of translated."""
    manages_models: bool = False
    """Has Ollama's `/api/pull`, `/api/delete` and `/api/show`, at its root or beside its `/v1`."""
    passes: Mapping[str, str] = field(default_factory=dict)
    """Collections of OpenAI's API (`files`, `batches`) that are passed on as they are, by path."""
    batch_form: Literal["openai", "anthropic"] | None = None
    """How it takes deferrable work at a discount, if it does."""
    models_path: str | None = "/models"
    """Where it lists what can be asked for; `None` when it does not."""
    listed_under: str = ""
    """What stands before the models' names there; a request may name them with or without it."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Query parameters on every call; values may hold `{api_version}`."""
    api_version: str | None = None
    """The version to ask for where a target names none."""
    key_env: tuple[str, ...] = ()
    """Environment variables that may hold the key, first set wins."""
    needs_key: bool = True
    auth: Auth = "bearer"
    is_local: bool = False
    """Runs on hardware the operator controls, as far as its usual use goes."""
    is_embedded: bool = False
    """A model file run by our own engine, whose address is known once it runs."""
    regions: tuple[str, ...] = ()
    """Where it computes, most usual first, as ISO 3166 codes or blocs (`us`, `eu`)."""
    probe_url: str | None = None
    """Where discovery looks for it on this machine; answers 200 when it is there."""
    model_prefixes: tuple[str, ...] = ()
    """Beginnings of model names that belong to it, for a bare `model` with no route."""
    catalog_provider: str | None = None
    """Its id in genai-prices."""
    reports_cost: bool = False
    """Its `usage` says what it charges, in US dollars; that is believed before any list."""
    drop_params: frozenset[str] = frozenset()
    """Top-level request fields it refuses or ignores although its dialect has them. One that
    changes the answer is only left out where the route allows it (`wire.losses`)."""
    takes_reasoning: bool = True
    """What the model thought in earlier turns may be sent back to it."""
    inlines_images: bool = False
    """Takes pictures inline only, although its dialect has a word for addresses."""
    forces_tools: Literal["named", "required", "never"] = "named"
    """The most it reads of OpenAI's `tool_choice`: a tool's name, the plain words, nothing."""
    most_embedding_inputs: int | None = None
    """More texts in one request are sent as several."""
    rename_params: Mapping[str, str] = field(default_factory=dict)
    """Fields it knows under another name, e.g. `max_completion_tokens` → `max_tokens`."""
    reasoning_prefixes: tuple[str, ...] = ()
    """Models for which `max_tokens` must be sent as `max_completion_tokens`."""
    lacks: frozenset[Need] = frozenset()
    caller_faults: tuple[str, ...] = ()
    """Words of its 5xx messages that blame the request: those become 400."""
    reports_stream_usage: bool = True
    """Understands `stream_options.include_usage`."""
    extra_headers: Mapping[str, str] = field(default_factory=dict)
