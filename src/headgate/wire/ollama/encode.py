"""A conversation as a request to `/api/chat`. What it cannot say is refused by name."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core.chat import (
    AudioPart,
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    OutputFormat,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE
from headgate.wire.ollama.settings import BESIDE_OPTIONS, ENGINE_OPTIONS, SAMPLING_OPTIONS

_BESIDE_OPTIONS = BESIDE_OPTIONS["chat"]
_IN_OPTIONS = SAMPLING_OPTIONS | ENGINE_OPTIONS
_OWN = _IN_OPTIONS | _BESIDE_OPTIONS
"""Fields without a place in `ChatRequest` that this API has; servers of OpenAI's know some, too."""
_KINDS: Mapping[type, str] = {AudioPart: "audio", FilePart: "file"}
_THINK: Mapping[str, bool | str] = {
    "none": False,
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "max",
    "max": "max",
}


def encode_request(
    request: ChatRequest, *, model: str, stream: bool, options: Mapping[str, Any], losses: Losses
) -> Mapping[str, Any]:
    """The members of the body; `options` fill in what the request leaves open.

    Raises:
        InvalidRequest: With the field that Ollama has no word for.
    """
    _account_for_unsayable(request, losses)
    beside = {name: value for name, value in options.items() if name in _BESIDE_OPTIONS}
    inside = {name: value for name, value in options.items() if name not in _BESIDE_OPTIONS}
    wanted = {
        "model": model,
        "messages": _messages(request.messages, losses),
        "stream": stream,
        "tools": _tools(request.tools, request.tool_choice),
        "format": _format(request.output_format),
        "think": _think(request, losses),
        "options": {**inside, **_options(request)} or None,
    }
    asked = {name: value for name, value in request.extra.items() if name in _BESIDE_OPTIONS}
    present = {name: value for name, value in wanted.items() if value is not None}
    return {**beside, **asked, **present}


def _account_for_unsayable(request: ChatRequest, losses: Losses) -> None:
    choice = request.tool_choice
    if request.tools and choice is not None and choice.mode in {"required", "named"}:
        losses.unsayable("tool_choice", "Ollama cannot be made to call a tool")
    if request.tools and request.parallel_tool_calls is False:
        losses.unsayable("parallel_tool_calls", "Ollama cannot be held to one call")
    if request.choices > 1:
        losses.unsayable("n", "Ollama gives one answer a request")
    if request.logprobs or request.top_logprobs:
        losses.unsayable("logprobs", "they cannot be passed on from Ollama's own API")
    if request.user is not None:
        losses.drop("user")
    extra = dict(request.extra)
    if extra.get("modalities") == ["text"]:
        del extra["modalities"]
    losses.leave(extra, _OWN)


def _options(request: ChatRequest) -> Mapping[str, Any]:
    wanted = {
        "num_predict": request.max_output_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "top_k": request.top_k,
        "seed": request.seed,
        "stop": request.stop or None,
        "frequency_penalty": request.frequency_penalty,
        "presence_penalty": request.presence_penalty,
        **{name: value for name, value in request.extra.items() if name in _IN_OPTIONS},
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _messages(messages: tuple[Message, ...], losses: Losses) -> list[Mapping[str, Any]]:
    names: dict[str, str] = {}
    encoded = []
    for index, message in enumerate(messages):
        names.update({call.id: call.name for call in message.tool_calls})
        encoded.append(_message(message, f"messages[{index}]", names, losses))
    return encoded


def _message(
    message: Message, place: str, tool_names: Mapping[str, str], losses: Losses
) -> Mapping[str, Any]:
    # `name`, the speaker among several, has no place here; most models never see it anyway.
    encoded: dict[str, Any] = {
        "role": "system" if message.role == "developer" else message.role,
        "content": message.text,
    }
    if images := _images(message, place, losses):
        encoded["images"] = images
    if message.reasoning:
        encoded["thinking"] = message.reasoning
    if message.tool_calls:
        encoded["tool_calls"] = [
            _call(call, index, place) for index, call in enumerate(message.tool_calls)
        ]
    if message.role == "tool":
        identity = message.tool_call_id or ""
        encoded["tool_call_id"] = identity
        encoded["tool_name"] = message.name or tool_names.get(identity, "")
    return encoded


def _images(message: Message, place: str, losses: Losses) -> list[str]:
    images = []
    for index, part in enumerate(message.parts):
        where = f"{place}.content[{index}]"
        if isinstance(part, ImagePart):
            if part.data is None:
                raise _unsayable(
                    where,
                    "Ollama does not fetch images",
                    hint="send it inline, as a `data:` URL in base64",
                )
            images.append(part.data)
        elif not isinstance(part, TextPart):
            kind = part.kind if isinstance(part, OtherPart) else _KINDS[type(part)]
            losses.unsayable(where, f"Ollama takes text and images, not `{kind}`")
    return images


def _call(call: ToolCall, index: int, place: str) -> Mapping[str, Any]:
    where = f"{place}.tool_calls[{index}].function.arguments"
    try:
        arguments = msgspec.json.decode(call.arguments or "{}")
    except UNREADABLE as error:
        raise InvalidRequest(f"{where}: not valid JSON", param=where) from error
    if not isinstance(arguments, dict):
        raise _unsayable(where, "Ollama takes an object")
    return {"id": call.id, "function": {"name": call.name, "arguments": arguments}}


def _tools(tools: tuple[Tool, ...], choice: ToolChoice | None) -> list[Mapping[str, Any]] | None:
    if choice is not None and choice.mode == "none":
        return None
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description or "",
                "parameters": tool.parameters or {"type": "object", "properties": {}},
            },
        }
        for tool in tools
    ] or None


def _format(wanted: OutputFormat | None) -> str | Mapping[str, Any] | None:
    if wanted is None or wanted.kind == "text":
        return None
    return wanted.schema if wanted.kind == "schema" else "json"


def _think(request: ChatRequest, losses: Losses) -> bool | str | None:
    effort = request.reasoning_effort
    if effort is None:
        if request.thinking_tokens is not None:
            losses.drop("thinking.budget_tokens")
            return True
        return None
    if effort not in _THINK:
        raise _unsayable("reasoning_effort", f"Ollama knows no `{effort}`")
    return _THINK[effort]


def _unsayable(param: str, why: str, hint: str | None = None) -> InvalidRequest:
    return InvalidRequest(f"{param}: {why}", param=param, hint=hint)
