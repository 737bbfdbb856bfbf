"""What running a model on this machine offers the layers above, and asks of an engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A worker that answers."""

    uds: str
    """Unix socket that speaks the OpenAI dialect under `/v1`, embeddings included."""
    api_key: str = field(repr=False)
    """Random, for this worker only."""
    context_tokens: int
    """Of each slot."""
    pid: int


class LocalModel(Protocol):
    """One model file under supervision. All methods belong to the event loop."""

    path: Path

    @property
    def state(self) -> str:
        """`stopped`, `starting`, `ready`, `stopping` or `failed`: to show, not to decide by."""
        ...

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

    def let_go(self) -> None:
        """Stop the worker now if nobody uses it, without waiting for the idle clock."""
        ...

    async def stop(self) -> None:
        """Stop the worker and wait for it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one worker is to run, and where it is to listen."""

    path: Path
    alias: str
    """The model's name in its answers."""
    settings: EngineSettings
    socket: Path
    api_key: str = field(repr=False)
    library: Path
    """The folder that holds the engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How to start a worker.

    It reads `greeting` from stdin, and stdin's end is its order to leave. It says
    `{"context_tokens": …}` on a line of stdout once it answers, and its troubles on stderr.
    """

    command: tuple[str, ...]
    greeting: bytes = field(repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Added to our own."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a worker failed, said of the model file: "…is not a GGUF file"."""

    sentence: str
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """An engine described as data: a file in `engines` exports one as `ENGINE`."""

    name: str
    suffixes: tuple[str, ...]
    """Of the model files it runs."""
    install: Callable[[], Path]
    """The folder that holds it, fetched first if need be; blocks. Raises `EngineError`."""
    launch: Callable[[Job], Launch]
    explain: Callable[[Sequence[str]], Cause | None]
    """The cause of a failure in the lines of a worker's stderr, if they name one."""
