"""What chats and prompts of this API share: sampling, thinking, the shape of the answer."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from headgate.core.chat import OutputFormat
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound, Operation
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, absent

ENGINE_OPTIONS = frozenset(
    {
        *("num_ctx", "num_batch", "num_gpu", "main_gpu", "num_thread", "num_keep", "numa"),
        *("low_vram", "use_mmap", "use_mlock", "f16_kv", "vocab_only", "embedding_only"),
    }
)
"""Members of `options` that say how to run a model, not what it should answer."""
SAMPLING_OPTIONS = frozenset(
    {
        *("min_p", "typical_p", "tfs_z", "repeat_penalty", "repeat_last_n", "penalize_newline"),
        *("mirostat", "mirostat_eta", "mirostat_tau", "draft_num_predict"),
    }
)
"""Members of `options` that change the answer and that few other APIs know."""
BESIDE_OPTIONS: Mapping[Operation, frozenset[str]] = {
    "chat": frozenset({"keep_alive", "think", "truncate", "shift"}),
    "embedding": frozenset({"keep_alive", "truncate", "dimensions"}),
}
"""Settings with a place of their own; all others belong into `options`."""
_EFFORTS = frozenset({"low", "medium", "high", "max"})
_ZERO = re.compile(rb'"?-?0+(?:\.0*)?(?:ns|us|\xc2\xb5s|ms|s|m|h)?"?')


class Options(Struct, gc=False):
    """Members of `options` with a place in `core.chat.ChatRequest`."""

    num_predict: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None


class Asked(Struct, gc=False):
    """Members that a chat and a prompt have in common."""

    model: str | None = None
    stream: bool | None = None
    format: str | dict[str, Any] | None = None
    options: Options | None = None
    think: bool | str | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None


class _Loose(Struct, gc=False):
    options: dict[str, Any] | None = None


_loose = msgspec.json.Decoder(_Loose)
_PLACED = frozenset(field.name for field in msgspec.structs.fields(Options))


def sampling(asked: Asked) -> Mapping[str, Any]:
    """The fields of `ChatRequest` that `options`, `think` and `format` ask for.

    Raises:
        InvalidRequest: Log probabilities, which no answer in other words carries back.
    """
    if asked.logprobs or asked.top_logprobs:
        raise InvalidRequest(
            "logprobs: they come only from a backend of Ollama's own API", param="logprobs"
        )
    options = asked.options or Options()
    stop = options.stop
    return {
        "max_output_tokens": limit_of(asked),
        "temperature": options.temperature,
        "top_p": options.top_p,
        "top_k": options.top_k,
        "seed": options.seed,
        "stop": (stop,) if isinstance(stop, str) else tuple(stop or ()),
        "frequency_penalty": options.frequency_penalty,
        "presence_penalty": options.presence_penalty,
        "reasoning_effort": effort_of(asked.think),
        "output_format": format_of(asked.format),
    }


def limit_of(asked: Asked) -> int | None:
    """Most tokens of the answer; below 0 means none."""
    limit = asked.options.num_predict if asked.options else None
    return None if limit is None or limit < 0 else limit


def format_of(wanted: str | dict[str, Any] | None) -> OutputFormat | None:
    """The shape asked of the answer.

    Raises:
        InvalidRequest: It is none.
    """
    if wanted is None or wanted == "":
        return None
    if isinstance(wanted, dict):
        return OutputFormat(kind="schema", schema=wanted)
    if wanted != "json":
        raise InvalidRequest(
            f"format: expected `json` or a JSON Schema, got `{wanted}`", param="format"
        )
    return OutputFormat(kind="json")


def effort_of(think: bool | str | None) -> str | None:
    """How hard to think; a bare yes leaves it to the model, which is `medium` where asked.

    Raises:
        InvalidRequest: It is no such word.
    """
    if think is None:
        return None
    if isinstance(think, bool):
        return "medium" if think else "none"
    if think not in _EFFORTS:
        raise InvalidRequest(
            f"think: expected true, false, `low`, `medium`, `high` or `max`, got `{think}`",
            param="think",
        )
    return think


def other_options(inbound: Inbound) -> Mapping[str, Any]:
    """Members of `options` without a place of their own; null asks for nothing."""
    try:
        options = _loose.decode(inbound.body).options or {}
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error
    return {n: v for n, v in options.items() if n not in _PLACED and v is not None}


def options_left_open(inbound: Inbound, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Top-level changes that put a target's `options` where the request says nothing."""
    beside = {n: value for n, value in options.items() if n in BESIDE_OPTIONS[inbound.operation]}
    inside = {n: value for n, value in options.items() if n not in beside}
    try:
        given = _loose.decode(inbound.body).options or {}
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error
    changes = absent(inbound, beside)
    return {**changes, "options": {**inside, **given}} if inside else changes


def asks_to_unload(inbound: Inbound) -> bool:
    """Whether the model is to be kept for no time at all."""
    return _ZERO.fullmatch(bytes(inbound.fields.get("keep_alive", b"")).strip()) is not None


def is_empty(inbound: Inbound) -> bool:
    """Nothing is asked of the model: it is to be loaded, or unloaded."""
    return inbound.operation == "chat" and inbound.message_count == 0
