"""The demonstration model: a real GGUF file that any llama.cpp loads, written on first use.

It lets a fresh installation answer, stream, call tools, keep to a schema and embed
before anyone has downloaded anything. It strings words together and knows nothing.
"""

import os
import tempfile
from pathlib import Path
from typing import Final

from headgate.core.errors import EngineError
from headgate.engine import demo_vocabulary
from headgate.engine.demo_text import CHAT_TEMPLATE
from headgate.engine.demo_weights import (
    FEED_FORWARD_SIZE,
    HEAD_SIZE,
    NORM_EPSILON,
    DemoModel,
    compile_demo,
)
from headgate.engine.gguf_writer import MetadataValue, gguf_bytes

NAME: Final = "headgate-demo"
VERSION: Final = 2
"""Raised whenever the file's content changes: the version is in its name."""
DESCRIPTION: Final = (
    "A demonstration that comes with Headgate. It strings words together and knows nothing: "
    "use it to try the interface, never for its answers."
)

CONTEXT_TOKENS: Final = 8192
ROPE_BASE: Final = 1e6
_NORMAL_TOKEN, _CONTROL_TOKEN, _USER_TOKEN = 1, 3, 4


def ensure_demo_model(folder: Path) -> Path:
    """Path of the demonstration model in `folder`, written there if it is not yet.

    Raises:
        EngineError: The folder cannot be written.
    """
    path = folder / f"{NAME}-{VERSION}.gguf"
    if path.exists():
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_whole(path, demo_gguf())
    except OSError as problem:
        raise EngineError(
            f"cannot write the demonstration model to `{folder}`: {problem.strerror}",
            hint="choose a folder that can be written with `XDG_CACHE_HOME`",
        ) from problem
    return path


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside `path` and rename: nobody ever sees half a file, whoever comes first."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def demo_gguf() -> bytes:
    """The file's content; the same on every machine."""
    model = compile_demo()
    return gguf_bytes(_metadata(model), model.tensors)


def _metadata(model: DemoModel) -> dict[str, MetadataValue]:
    vocabulary = model.vocabulary
    special = len(demo_vocabulary.CONTROL_TOKENS) + len(demo_vocabulary.MARKER_TOKENS)
    end_of_text = vocabulary.of(demo_vocabulary.END_OF_TEXT)
    return {
        "general.architecture": "llama",
        "general.type": "model",
        "general.name": NAME,
        "general.description": DESCRIPTION,
        "general.license": "apache-2.0",
        "general.file_type": 1,
        "llama.context_length": CONTEXT_TOKENS,
        "llama.embedding_length": model.width,
        "llama.block_count": 1,
        "llama.feed_forward_length": FEED_FORWARD_SIZE,
        "llama.attention.head_count": 1,
        "llama.attention.head_count_kv": 1,
        "llama.attention.key_length": HEAD_SIZE,
        "llama.attention.value_length": HEAD_SIZE,
        "llama.attention.layer_norm_rms_epsilon": NORM_EPSILON,
        "llama.rope.dimension_count": HEAD_SIZE,
        "llama.rope.freq_base": ROPE_BASE,
        "llama.vocab_size": len(vocabulary.tokens),
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": list(vocabulary.tokens),
        "tokenizer.ggml.token_type": [
            *[_NORMAL_TOKEN] * (len(vocabulary.tokens) - special),
            *[_CONTROL_TOKEN] * len(demo_vocabulary.CONTROL_TOKENS),
            *[_USER_TOKEN] * len(demo_vocabulary.MARKER_TOKENS),
        ],
        "tokenizer.ggml.merges": [" ".join(pair) for pair in vocabulary.merges],
        "tokenizer.ggml.bos_token_id": end_of_text,
        "tokenizer.ggml.eos_token_id": vocabulary.of(demo_vocabulary.TURN_END),
        "tokenizer.ggml.padding_token_id": end_of_text,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": CHAT_TEMPLATE,
    }
