"""A conversation as a chat request of this dialect, for a client that spoke another."""

from collections.abc import Mapping
from typing import Any

from headgate.core.chat import (
    AudioPart,
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    OutputFormat,
    Part,
    TextPart,
    Tool,
    ToolChoice,
)
from headgate.core.errors import InvalidRequest
from headgate.core.stream import ToolCallMade
from headgate.wire.losses import Losses
from headgate.wire.openai.answers import call_object, thought_object

OWN_FIELDS = frozenset(
    {
        *("audio", "functions", "function_call", "logit_bias", "metadata", "modalities"),
        *("prediction", "prompt_cache_key", "prompt_cache_retention", "safety_identifier"),
        *("service_tier", "store", "verbosity", "web_search_options"),
        # Extensions that several servers of this dialect share.
        *("min_p", "repetition_penalty", "repeat_penalty", "chat_template_kwargs"),
    }
)
"""Top-level fields of this API, or usual beside it, without a place in `ChatRequest`."""
_EFFORT_OF_TOKENS = ((1024, "low"), (8192, "medium"))
"""Up to so many tokens of thinking; more is `high`."""


def encode_request(
    request: ChatRequest, *, model: str, stream: bool, options: Mapping[str, Any], losses: Losses
) -> Mapping[str, Any]:
    """The members of the request; `options` fill in what it leaves open.

    Raises:
        InvalidRequest: Something that has no word here.
    """
    losses.leave(request.extra, OWN_FIELDS)
    wanted = {
        "model": model,
        "messages": _messages(request.messages, losses),
        "tools": [_tool(tool) for tool in request.tools] or None,
        "tool_choice": _tool_choice(request.tool_choice),
        "parallel_tool_calls": request.parallel_tool_calls,
        "response_format": _response_format(request.output_format),
        "max_completion_tokens": request.max_output_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "top_k": request.top_k,
        "stop": request.stop or None,
        "seed": request.seed,
        "frequency_penalty": request.frequency_penalty,
        "presence_penalty": request.presence_penalty,
        "logprobs": request.logprobs,
        "top_logprobs": request.top_logprobs,
        "reasoning_effort": request.reasoning_effort or _effort_of(request.thinking_tokens),
        "user": request.user,
        "n": request.choices if request.choices > 1 else None,
        "stream": stream or None,
        "stream_options": {"include_usage": True} if stream else None,
        **{name: value for name, value in request.extra.items() if name in OWN_FIELDS},
    }
    return {**options, **{name: value for name, value in wanted.items() if value is not None}}


def _effort_of(thinking_tokens: int | None) -> str | None:
    if thinking_tokens is None:
        return None
    return next((e for most, e in _EFFORT_OF_TOKENS if thinking_tokens <= most), "high")


def _messages(messages: tuple[Message, ...], losses: Losses) -> list[Mapping[str, Any]]:
    encoded: list[Mapping[str, Any]] = []
    for index, message in enumerate(messages):
        if message.role != "tool":
            encoded.append(_message(message, _content(message, f"messages[{index}]", losses)))
            continue
        texts = [part for part in message.parts if isinstance(part, TextPart)]
        others = tuple(part for part in message.parts if not isinstance(part, TextPart))
        encoded.append(_message(message, "".join(part.text for part in texts)))
        if others:
            # A tool's result is text here; what else it returned is shown by the user.
            shown = Message(role="user", parts=others)
            encoded.append(_message(shown, _content(shown, f"messages[{index}]", losses)))
    return encoded


def _message(message: Message, content: Any) -> Mapping[str, Any]:
    encoded: dict[str, Any] = {"role": message.role, "content": content}
    if message.name is not None:
        encoded["name"] = message.name
    if message.tool_calls:
        encoded["tool_calls"] = [
            call_object(ToolCallMade(call.id, call.name, call.arguments, call.signature))
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        encoded["tool_call_id"] = message.tool_call_id
    if message.thoughts:
        encoded["reasoning_content"] = message.reasoning
    if any(thought.signature or thought.sealed for thought in message.thoughts):
        encoded["reasoning_details"] = [thought_object(thought) for thought in message.thoughts]
    return encoded


def _content(message: Message, place: str, losses: Losses) -> str | list[Mapping[str, Any]] | None:
    match message.parts:
        case ():
            return None if message.tool_calls else ""
        case (TextPart(text=text, cache=None),):
            return text
        case parts:
            encoded = [_part(part, f"{place}.content[{n}]", losses) for n, part in enumerate(parts)]
            return [part for part in encoded if part is not None]


def _part(part: Part, place: str, losses: Losses) -> Mapping[str, Any] | None:
    match part:
        case TextPart():
            return {"type": "text", "text": part.text, **_cache(part.cache)}
        case ImagePart():
            url = part.url or f"data:{part.media_type or 'image/png'};base64,{part.data}"
            detail = {"detail": part.detail} if part.detail else {}
            return {"type": "image_url", "image_url": {"url": url, **detail}, **_cache(part.cache)}
        case AudioPart():
            return {
                "type": "input_audio",
                "input_audio": {"data": part.data, "format": part.format},
            }
        case FilePart():
            return _file(part, place)
        case OtherPart():
            losses.unsayable(place, f"a `{part.kind}` part cannot be sent to this backend")
            return None


def _file(part: FilePart, place: str) -> Mapping[str, Any]:
    if part.text is not None:
        # A document that is text needs no file: a heading keeps its name.
        heading = f"{part.name}\n\n" if part.name else ""
        return {"type": "text", "text": heading + part.text, **_cache(part.cache)}
    if part.url is not None:
        raise InvalidRequest(
            f"{place}: this backend takes files inline, not by address",
            param=place,
            hint="send the file in base64",
        )
    file: dict[str, Any] = {"file_id": part.file_id, "filename": part.name}
    if part.data is not None:
        prefix = f"data:{part.media_type};base64," if part.media_type else ""
        file["file_data"] = prefix + part.data
    present = {name: value for name, value in file.items() if value is not None}
    return {"type": "file", "file": present, **_cache(part.cache)}


def _cache(lifetime: str | None) -> Mapping[str, Any]:
    """Anthropic's word for it, which OpenRouter and others know; OpenAI caches by itself."""
    if lifetime is None:
        return {}
    ttl = {"ttl": lifetime} if lifetime == "1h" else {}
    return {"cache_control": {"type": "ephemeral", **ttl}}


def _tool(tool: Tool) -> Mapping[str, Any]:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": tool.strict,
    }
    return {
        "type": "function",
        "function": {name: value for name, value in function.items() if value is not None},
        **_cache(tool.cache),
    }


def _tool_choice(choice: ToolChoice | None) -> str | Mapping[str, Any] | None:
    if choice is None or choice.mode != "named":
        return choice.mode if choice else None
    return {"type": "function", "function": {"name": choice.name}}


def _response_format(wanted: OutputFormat | None) -> Mapping[str, Any] | None:
    if wanted is None:
        return None
    if wanted.kind == "text":
        return {"type": "text"}
    if wanted.kind == "json":
        return {"type": "json_object"}
    schema: dict[str, Any] = {"name": wanted.name or "answer", "schema": wanted.schema}
    if wanted.strict is not None:
        schema["strict"] = wanted.strict
    return {"type": "json_schema", "json_schema": schema}
