"""What running a model on this machine offers the layers above."""

from pathlib import Path
from typing import Protocol

from msgspec import Struct


class EngineSettings(Struct, frozen=True, kw_only=True):
    """How the embedded engine runs; the same for all its models."""

    context_tokens: int | None = None
    """Per slot. `None`: what the model was trained for, at most 8192."""
    slots: int = 2
    """Requests generated at the same time; each has its own context."""
    threads: int | None = None
    """`None`: the cores this process may use."""
    prompt_cache_mib: int = 256
    """Memory for reusing the state of earlier prompts; 0 switches it off."""
    gpu_layers: int = -1
    """Layers on a GPU where the engine has one; -1 as many as fit."""
    idle_unload_s: float | None = 900.0
    """Stop the worker after this long without a request; the next one starts it again."""
    load_timeout_s: float = 300.0
    restarts: int = 3
    """Crashes in a row, within a minute of each other, before a model is given up."""


class Running(Struct, frozen=True, kw_only=True):
    """A worker that answers."""

    uds: str
    """Unix socket that speaks the OpenAI dialect under `/v1`."""
    api_key: str
    """Random, for this worker only."""
    context_tokens: int
    """Of each slot."""
    pid: int


class LocalModel(Protocol):
    """One model file under supervision. All methods belong to the event loop."""

    path: Path
    state: str

    async def ensure_ready(self) -> Running:
        """Start the worker if need be and wait until it answers.

        Raises:
            EngineError: With the cause from the engine's own stderr.
        """
        ...

    def using(self) -> None:
        """A request begins: the idle clock stops."""
        ...

    def used(self) -> None:
        """A request ended: the idle clock starts when it was the last."""
        ...

    async def stop(self) -> None:
        """Stop the worker and wait for it."""
        ...
