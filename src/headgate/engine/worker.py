"""The process that runs one model: `python worker.py`, and a line of JSON on its stdin.

It is started by path and imports nothing of Headgate, so that it is up in a moment. It
runs llama.cpp's own server on a Unix socket and nowhere else. Loading a model holds the
interpreter and a failed assertion inside the engine ends the process: neither must ever
happen to the gateway.

It leaves when its stdin ends, that is, when whoever started it is gone. While it loads
and cannot notice, the kernel does it (Linux).
"""

import ctypes
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

HTTP_THREADS = 256
"""Each connection holds one for as long as it is kept alive, so never fewer than the pool's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """Everything a worker is told."""

    library: str
    model: str
    alias: str
    socket: str
    api_key: str = field(repr=False)
    context_tokens: int
    """Of each slot."""
    slots: int
    threads: int
    batch_tokens: int
    """Read at once; also the longest text that can be embedded."""
    pooling: Literal["model", "mean"]
    """How a text's vector is made of its tokens'; the model's own way where it has one."""
    prompt_cache_mib: int
    gpu_layers: int


def main() -> None:
    """Load, say so, and serve until stdin ends."""
    _leave_with_parent()
    answers = _own_stdout()
    greeting = sys.stdin.buffer.readline()
    if not greeting:
        return  # whoever started us is gone already
    settings = WorkerSettings(**json.loads(greeting))
    _server = _serve(settings)  # it serves for as long as it is referred to
    signal.signal(signal.SIGTERM, lambda *_: _leave(settings))
    answers.write(json.dumps({"context_tokens": _context_tokens(settings)}).encode() + b"\n")
    answers.close()
    while sys.stdin.buffer.read(4096):
        pass
    _leave(settings)


def _leave_with_parent() -> None:
    """Ask the kernel to end us with the thread that started us."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _own_stdout() -> BinaryIO:
    """Stdout for us alone: whatever the engine prints there goes to stderr."""
    ours = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return ours


def _serve(settings: WorkerSettings) -> Any:
    if settings.library not in sys.path:
        sys.path.insert(0, settings.library)
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings.model
    params.model_alias = {settings.alias}
    params.offline = True
    params.n_ctx = settings.context_tokens * settings.slots
    params.n_parallel = settings.slots
    params.n_batch = params.n_ubatch = settings.batch_tokens
    params.n_gpu_layers = settings.gpu_layers
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.threads
    params.cache_ram_mib = settings.prompt_cache_mib
    # Chat works beside embeddings; without this flag embeddings would be refused.
    params.embedding = True
    if settings.pooling == "mean":
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    params.hostnames = [settings.socket]
    params.api_keys = [settings.api_key]
    params.cors_origins, params.cors_credentials = "", False
    params.n_threads_http = HTTP_THREADS
    params.ui = params.endpoint_slots = params.endpoint_props = False
    params.endpoint_metrics = True
    params.verbosity = 1  # errors only: anything more would show prompts
    return xllamacpp.Server(params)


def _context_tokens(settings: WorkerSettings) -> int:
    """What each slot really got: the engine may grant less than was asked."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(settings.socket)
        connection.sendall(
            b"GET /props HTTP/1.0\r\nHost: engine\r\n"
            + f"Authorization: Bearer {settings.api_key}\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    props = json.loads(answer.partition(b"\r\n\r\n")[2])
    return int(props["default_generation_settings"]["n_ctx"])


def _leave(settings: WorkerSettings) -> None:
    """Take the socket and its folder along, and skip the engine's long goodbye."""
    path = Path(settings.socket)
    with suppress(OSError):
        path.unlink()
        path.parent.rmdir()
    os._exit(0)


if __name__ == "__main__":
    main()
