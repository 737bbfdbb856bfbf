"""A conversation as a request of this API, for a client that spoke another.

Nothing is left with the backend that the client did not ask to leave there: `store` is
false unless it says otherwise, and sealed thoughts come back to be sent again.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from headgate.core.chat import (
    AudioPart,
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    OutputFormat,
    Part,
    TextPart,
    Thought,
    Tool,
    ToolChoice,
)
from headgate.wire.losses import Losses

OWN_FIELDS = frozenset(
    {
        *("metadata", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
        *("safety_identifier", "service_tier", "store", "truncation"),
    }
)
"""Top-level fields of this API without a place in `ChatRequest`."""
_UNSAYABLE = ("top_k", "seed", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs")
_EFFORT_OF_TOKENS = ((1024, "low"), (8192, "medium"))
"""Up to so many tokens of thinking; more is `high`."""


def encode_request(
    request: ChatRequest, *, model: str, stream: bool, options: Mapping[str, Any], losses: Losses
) -> Mapping[str, Any]:
    """The members of the request; `options` fill in what it leaves open.

    Raises:
        InvalidRequest: Something that has no word here.
    """
    losses.leave(request.extra, OWN_FIELDS | {"verbosity"})
    _refuse(request, losses)
    effort = request.reasoning_effort or _effort_of(request.thinking_tokens)
    thinks = effort not in (None, "none") or any(
        thought.sealed for message in request.messages for thought in message.thoughts
    )
    wanted = {
        "model": model,
        "input": list(_items(request.messages, losses)),
        "tools": [_tool(tool) for tool in request.tools] or None,
        "tool_choice": _tool_choice(request.tool_choice),
        "parallel_tool_calls": request.parallel_tool_calls,
        "text": _text(request.output_format, request.extra.get("verbosity")),
        "max_output_tokens": request.max_output_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "reasoning": {"effort": effort} if effort else None,
        "include": ["reasoning.encrypted_content"] if thinks else None,
        "user": request.user,
        "stream": stream or None,
        "store": False,
        **{name: value for name, value in request.extra.items() if name in OWN_FIELDS},
    }
    return {**options, **{name: value for name, value in wanted.items() if value is not None}}


def _refuse(request: ChatRequest, losses: Losses) -> None:
    """Fields of other APIs."""
    for name in _UNSAYABLE:
        if getattr(request, name):
            losses.unsayable(name, "the Responses API has no such field")
    if request.stop:
        losses.unsayable("stop", "the Responses API has no stop sequences")
    if request.choices > 1:
        losses.unsayable("n", "the Responses API gives one answer")


def _effort_of(thinking_tokens: int | None) -> str | None:
    if thinking_tokens is None:
        return None
    return next((e for most, e in _EFFORT_OF_TOKENS if thinking_tokens <= most), "high")


def _items(messages: tuple[Message, ...], losses: Losses) -> Iterable[Mapping[str, Any]]:
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        if message.role == "tool":
            output = _content(message, place, losses)
            call_id = message.tool_call_id or ""
            yield {"type": "function_call_output", "call_id": call_id, "output": output}
            continue
        if message.name is not None:
            losses.unsayable(f"{place}.name", "the Responses API does not name speakers")
        yield from _thoughts(message.thoughts, place, losses)
        if message.parts or not (message.tool_calls or message.thoughts):
            content = _content(message, place, losses)
            yield {"type": "message", "role": message.role, "content": content}
        for call in message.tool_calls:
            names = {"call_id": call.id, "name": call.name}
            yield {"type": "function_call", **names, "arguments": call.arguments}


def _thoughts(
    thoughts: tuple[Thought, ...], place: str, losses: Losses
) -> Iterable[Mapping[str, Any]]:
    """Sealed thoughts with their summary; only the provider's own can be sent back to it."""
    summary = ""
    for thought in thoughts:
        if thought.sealed is None:
            if thought.signature is not None or summary:
                losses.drop(f"{place}.thoughts")
            summary = "" if thought.signature is not None else thought.text
            continue
        told = [{"type": "summary_text", "text": summary}] if summary else []
        yield {"type": "reasoning", "summary": told, "encrypted_content": thought.sealed}
        summary = ""
    if summary:
        losses.drop(f"{place}.thoughts")


def _content(message: Message, place: str, losses: Losses) -> str | list[Mapping[str, Any]]:
    match message.parts:
        case ():
            return ""
        case (TextPart(text=text),) if message.role != "assistant":
            return text
        case parts:
            told = [
                _assistant_part(part, f"{place}.content[{n}]", losses)
                if message.role == "assistant"
                else _part(part, f"{place}.content[{n}]", losses)
                for n, part in enumerate(parts)
            ]
            return [part for part in told if part is not None]


def _assistant_part(part: Part, place: str, losses: Losses) -> Mapping[str, Any] | None:
    if isinstance(part, TextPart):
        return {"type": "output_text", "text": part.text, "annotations": []}
    losses.unsayable(place, "what the model said is text in the Responses API")
    return None


def _part(part: Part, place: str, losses: Losses) -> Mapping[str, Any] | None:
    match part:
        case TextPart():
            return {"type": "input_text", "text": part.text}
        case ImagePart():
            url = part.url or f"data:{part.media_type or 'image/png'};base64,{part.data}"
            return {"type": "input_image", "image_url": url, "detail": part.detail or "auto"}
        case AudioPart():
            sound = {"data": part.data, "format": part.format}
            return {"type": "input_audio", "input_audio": sound}
        case FilePart():
            return _file(part)
        case _:
            losses.unsayable(place, f"a `{part.kind}` part cannot be sent to this backend")
            return None


def _file(part: FilePart) -> Mapping[str, Any]:
    if part.text is not None:
        # A document that is text needs no file: a heading keeps its name.
        heading = f"{part.name}\n\n" if part.name else ""
        return {"type": "input_text", "text": heading + part.text}
    file: dict[str, Any] = {
        "file_id": part.file_id,
        "file_url": part.url,
        "filename": part.name,
    }
    if part.data is not None:
        file["file_data"] = f"data:{part.media_type or 'application/pdf'};base64,{part.data}"
    present = {name: value for name, value in file.items() if value is not None}
    return {"type": "input_file", **present}


def _tool(tool: Tool) -> Mapping[str, Any]:
    told: dict[str, Any] = {"type": "function", "name": tool.name}
    if tool.description is not None:
        told["description"] = tool.description
    # This API alone takes a tool for strict where nothing is said.
    parameters = tool.parameters if tool.parameters is not None else {}
    return {**told, "parameters": parameters, "strict": bool(tool.strict)}


def _tool_choice(choice: ToolChoice | None) -> str | Mapping[str, Any] | None:
    if choice is None or choice.mode != "named":
        return choice.mode if choice else None
    return {"type": "function", "name": choice.name}


def _text(wanted: OutputFormat | None, verbosity: Any) -> Mapping[str, Any] | None:
    text = {} if verbosity is None else {"verbosity": verbosity}
    if wanted is None:
        return text or None
    if wanted.kind != "schema":
        return {**text, "format": {"type": "text" if wanted.kind == "text" else "json_object"}}
    schema: dict[str, Any] = {"name": wanted.name or "answer", "schema": wanted.schema}
    if wanted.strict is not None:
        schema["strict"] = wanted.strict
    return {**text, "format": {"type": "json_schema", **schema}}
