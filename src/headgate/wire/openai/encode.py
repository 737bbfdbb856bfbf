"""A conversation as a chat request of this dialect, for a client that spoke another."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core.chat import (
    ChatRequest,
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
from headgate.wire.openai.answers import call_object

_encoder = msgspec.json.Encoder()


def encode_request(
    request: ChatRequest, *, model: str, stream: bool, options: Mapping[str, Any]
) -> bytes:
    """The request body; `options` fill in what the request leaves open.

    Raises:
        InvalidRequest: A part that has no word here.
    """
    wanted = {
        "model": model,
        "messages": [_message(message, index) for index, message in enumerate(request.messages)],
        "tools": [_tool(tool) for tool in request.tools] or None,
        "tool_choice": _tool_choice(request.tool_choice),
        "parallel_tool_calls": request.parallel_tool_calls,
        "response_format": _response_format(request.output_format),
        "max_completion_tokens": request.max_output_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop": request.stop or None,
        "seed": request.seed,
        "frequency_penalty": request.frequency_penalty,
        "presence_penalty": request.presence_penalty,
        "logprobs": request.logprobs,
        "top_logprobs": request.top_logprobs,
        "reasoning_effort": request.reasoning_effort,
        "n": request.choices if request.choices > 1 else None,
        "stream": stream or None,
        "stream_options": {"include_usage": True} if stream else None,
        **request.extra,
    }
    return _encoder.encode(
        {**options, **{name: value for name, value in wanted.items() if value is not None}}
    )


def _message(message: Message, index: int) -> Mapping[str, Any]:
    encoded: dict[str, Any] = {"role": message.role, "content": _content(message, index)}
    if message.name is not None:
        encoded["name"] = message.name
    if message.tool_calls:
        encoded["tool_calls"] = [
            call_object(ToolCallMade(call.id, call.name, call.arguments))
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        encoded["tool_call_id"] = message.tool_call_id
    if message.reasoning is not None:
        encoded["reasoning_content"] = message.reasoning
    return encoded


def _content(message: Message, index: int) -> str | list[Mapping[str, Any]] | None:
    match message.parts:
        case ():
            return None if message.tool_calls else ""
        case (TextPart(text=text),):
            return text
        case parts:
            return [_part(p, f"messages[{index}].content[{n}]") for n, p in enumerate(parts)]


def _part(part: Part, place: str) -> Mapping[str, Any]:
    match part:
        case TextPart():
            return {"type": "text", "text": part.text}
        case ImagePart():
            url = part.url or f"data:{part.media_type or 'image/png'};base64,{part.data}"
            detail = {"detail": part.detail} if part.detail else {}
            return {"type": "image_url", "image_url": {"url": url, **detail}}
        case OtherPart():
            raise InvalidRequest(
                f"{place}: a `{part.kind}` part cannot be sent to this backend", param=place
            )


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
