"""llama.cpp, inside `xllamacpp`: the engine that Headgate brings along."""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from headgate.engine import worker
from headgate.engine.engine import Cause, Engine, Job, Launch
from headgate.engine.gguf_reader import read_header
from headgate.engine.install import install_engine
from headgate.engine.probe import threads_available

MOST_CONTEXT_TOKENS: Final = 8192
"""Unless the settings ask for more: memory for it is taken at the start, for every slot."""
LEAST_BATCH_TOKENS, MOST_BATCH_TOKENS = 512, 8192
LOGITS_BYTES: Final = 256 * 1024 * 1024
"""What a batch's logits may take; embedding reserves them for every token of the batch."""


def launch(job: Job) -> Launch:
    """A worker for one GGUF file.

    Raises:
        EngineError: The file is not there, or not GGUF.
    """
    settings, header = job.settings, read_header(job.path)
    trained_for = header.context_tokens or MOST_CONTEXT_TOKENS
    context_tokens = settings.context_tokens or min(trained_for, MOST_CONTEXT_TOKENS)
    greeting = worker.WorkerSettings(
        library=str(job.library),
        model=str(job.path),
        alias=job.alias,
        socket=str(job.socket),
        api_key=job.api_key,
        context_tokens=context_tokens,
        slots=settings.slots,
        threads=settings.threads or threads_available(),
        batch_tokens=_batch_tokens(context_tokens, header.token_count, header.pools),
        pooling="model" if header.pools else "mean",
        prompt_cache_mib=settings.prompt_cache_mib,
        gpu_layers=settings.gpu_layers,
    )
    return Launch(
        # Isolated: neither the environment nor the current folder may change what it imports.
        command=(sys.executable, "-I", str(Path(worker.__file__))),
        greeting=json.dumps(asdict(greeting)).encode() + b"\n",
        environment={"GGML_NO_BACKTRACE": "1"},
    )


def _batch_tokens(context_tokens: int, token_count: int | None, pools: bool) -> int:
    """As long a text as can be embedded at once without a large reserve of memory."""
    if pools:
        return context_tokens
    fits = LOGITS_BYTES // (4 * token_count) if token_count else LEAST_BATCH_TOKENS
    return min(max(fits, LEAST_BATCH_TOKENS), MOST_BATCH_TOKENS)


_SMALLER = "lower `engine.context_tokens` or `engine.slots`, or take a smaller quantisation"
_CAUSES: Final[Sequence[tuple[re.Pattern[str], Cause]]] = (
    (
        re.compile(r"libgomp\.so\.1: cannot open"),
        Cause(
            "cannot be run: the engine needs the system library `libgomp1`",
            hint="install it, on Debian with `apt-get install libgomp1`",
        ),
    ),
    (
        re.compile(r"(?P<detail>lib[\w+.-]+): cannot open shared object"),
        Cause("cannot be run: the engine needs the system library `{detail}`", hint="install it"),
    ),
    (
        re.compile(r"failed to open GGUF file .*\((?P<detail>[^)]+)\)"),
        Cause("cannot be opened: {detail}"),
    ),
    (
        re.compile(r"invalid magic characters|failed to read magic"),
        Cause("is not a GGUF file"),
    ),
    (
        re.compile(r"not within the file bounds|failed to read (?:key-value|tensor)|illegal split"),
        Cause("is incomplete or damaged", hint="it was probably cut short: download it again"),
    ),
    (
        re.compile(r"unknown model architecture: '(?P<detail>[^']*)'"),
        Cause(
            "has the architecture `{detail}`, which this version of the engine does not know",
            hint="a newer Headgate may; or serve it with llama.cpp itself",
        ),
    ),
    (
        re.compile(r"insufficient memory|failed to allocate|unable to allocate|out of memory"),
        Cause("does not fit into memory", hint=_SMALLER),
    ),
    (
        re.compile(r"error loading model: (?P<detail>.+)"),
        Cause("was refused by the engine: {detail}"),
    ),
    (
        re.compile(r"(?P<detail>GGML_ASSERT\(.*\) failed)"),
        Cause("met a bug in the engine: {detail}"),
    ),
    (
        re.compile(r"^(?:ImportError|ModuleNotFoundError): (?P<detail>.+)"),
        Cause("cannot be run: the engine is not installed properly: {detail}"),
    ),
)


def explain(lines: Sequence[str]) -> Cause | None:
    """The most telling line; the table's order says which that is."""
    for pattern, cause in _CAUSES:
        for line in lines:
            if found := pattern.search(line):
                detail = found.groupdict().get("detail", "")
                return Cause(cause.sentence.format(detail=detail), cause.hint)
    return None


ENGINE = Engine(
    name="llama_cpp",
    suffixes=(".gguf",),
    install=install_engine,
    launch=launch,
    explain=explain,
)
