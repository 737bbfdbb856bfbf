"""The real vLLM, as its CPU build, in the environment that `make test-vllm` makes."""

import os
import socket
from pathlib import Path

import pytest

from support.process import ServerProcess

CONTEXT_TOKENS = 1024
READY_WITHIN_S = 400.0
"""Importing it takes a minute on two cores, several when they are busy."""
_DEFAULT = Path(__file__).parents[2] / ".venv-vllm" / "bin" / "python"
_COMPACT_JSON = '{"backend": "xgrammar", "disable_any_whitespace": true}'
_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_TARGET_DEVICE": "cpu",
    "VLLM_CPU_KVCACHE_SPACE": "1",
}


def start(model: Path) -> ServerProcess:
    """Serve the model in `model`, a folder as Hugging Face has them, under the name `tiny`."""
    python = Path(os.environ.get("HEADGATE_VLLM_PYTHON") or _DEFAULT)
    if not python.exists():
        pytest.fail(f"there is no vLLM at {python}: `make test-vllm` installs it and runs this")
    port = _free_port()
    return ServerProcess(
        [
            # The `vllm` command looks for a package of its own name and finds `vllm-cpu`.
            *(str(python), "-m", "vllm.entrypoints.openai.api_server"),
            *("--model", str(model), "--served-model-name", "tiny"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--max-model-len", str(CONTEXT_TOKENS), "--max-num-seqs", "4"),
            *("--dtype", "float32", "--enforce-eager"),
            *("--enable-auto-tool-choice", "--tool-call-parser", "hermes"),
            # A model without wit would fill its answer with the white space JSON allows.
            *("--structured-outputs-config", _COMPACT_JSON),
        ],
        ready="Application startup complete",
        url=f"http://127.0.0.1:{port}",
        env={**os.environ, **_QUIET},
        ready_within_s=READY_WITHIN_S,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
