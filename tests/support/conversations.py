"""Conversations as hypothesis strategies: any at all, and those that one dialect can say."""

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

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
    ToolCall,
    ToolChoice,
)

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
PDF = "JVBERi0xLjQKJSVFT0YK"
NAMES = st.sampled_from(["get_weather", "get_time", "search-2", "f"])
TEXTS = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() == text != "")
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
ARGUMENTS = st.dictionaries(st.text(min_size=1, max_size=6), VALUES, max_size=3)
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayable:
    """What of a conversation a dialect has words for, so that it comes back as it was."""

    roles: tuple[str, ...] = ("system",)
    """Of the messages before the first turn."""
    many_instructions: bool = False
    """More than one message before the first turn stay apart."""
    turns_stay_apart: bool = True
    """Two turns of the user that follow each other are not joined."""
    parts_stay_apart: bool = True
    """A turn's texts are not joined."""
    image_urls: bool = True
    image_detail: bool = False
    image_types: bool = True
    audio: bool = False
    files: tuple[str, ...] = ()
    """Of `data`, `text`, `url`, `file_id`."""
    file_names: bool = True
    citations: bool = False
    """Of documents."""
    thoughts: tuple[str, ...] = ()
    """Of `text`, `signed`, `sealed`."""
    call_ids: bool = True
    signed_calls: bool = False
    caches: bool = False
    tool_errors: bool = False
    tool_names: bool = False
    """A tool's result repeats the name of the tool."""
    tool_parts: bool = False
    """It may hold pictures and more texts than one."""
    strict_tools: bool = True
    descriptions: bool = True
    """A tool may have one, or none."""
    choices: tuple[str, ...] = ("auto", "none", "required", "named")
    parallel: bool = True
    formats: tuple[str, ...] = ("json", "schema")
    format_names: bool = True
    numbers: tuple[str, ...] = ()
    """Fields of `ChatRequest` that hold a number and have a place."""
    efforts: tuple[str, ...] = ()
    thinking_tokens: bool = False
    stop: bool = True
    user: bool = True
    needs_limit: bool = False
    """A request always has a limit of tokens."""


EVERYTHING = Sayable(
    roles=("system", "developer"),
    many_instructions=True,
    image_detail=True,
    audio=True,
    files=("data", "text", "url", "file_id"),
    citations=True,
    thoughts=("text", "signed", "sealed"),
    signed_calls=True,
    caches=True,
    tool_errors=True,
    tool_names=True,
    tool_parts=True,
    numbers=("temperature", "top_p", "top_k", "seed", "frequency_penalty", "presence_penalty"),
    efforts=("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    thinking_tokens=True,
)
NUMBERS: dict[str, st.SearchStrategy[Any]] = {
    "temperature": st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    "top_p": st.sampled_from([0.125, 0.5, 0.75]),
    "top_k": st.integers(1, 100),
    "seed": st.integers(0, 2**31),
    "frequency_penalty": st.sampled_from([0.25, 0.5, 1.0]),
    "presence_penalty": st.sampled_from([0.25, 0.5, 1.0]),
}


@st.composite
def conversations(draw: st.DrawFn, can: Sayable = EVERYTHING) -> ChatRequest:
    """A chat with everything in it that `can` allows."""
    tools = draw(_tools(can))
    count = draw(st.integers(0, 3 if can.many_instructions else 1)) if can.roles else 0
    messages = [
        Message(role=draw(st.sampled_from(can.roles)), parts=draw(_texts(can)))  # type: ignore[arg-type]
        for _ in range(count)
    ]
    for turn in range(draw(st.integers(1, 3))):
        messages.append(Message(role="user", parts=draw(_user_parts(can))))
        calls = draw(_calls(can, turn)) if tools else ()
        if turn or calls or not can.turns_stay_apart or draw(st.booleans()):
            messages.append(draw(_assistant(can, calls)))
            messages.extend(draw(_result(can, call)) for call in calls)
    if messages[-1].role == "assistant":
        messages.append(Message(role="user", parts=draw(_user_parts(can))))
    return ChatRequest(messages=tuple(messages), tools=tools, **draw(_settings(can, tools)))


def _maybe(strategy: st.SearchStrategy[Any], allowed: bool) -> st.SearchStrategy[Any]:
    return st.none() | strategy if allowed else st.none()


def _cache(can: Sayable) -> st.SearchStrategy[Any]:
    return _maybe(st.sampled_from(["5m", "1h"]), can.caches)


@st.composite
def _texts(draw: st.DrawFn, can: Sayable) -> tuple[Part, ...]:
    count = draw(st.integers(1, 2)) if can.parts_stay_apart else 1
    return tuple(TextPart(draw(TEXTS), draw(_cache(can))) for _ in range(count))


@st.composite
def _image(draw: st.DrawFn, can: Sayable) -> ImagePart:
    detail, cache = draw(_maybe(st.just("low"), can.image_detail)), draw(_cache(can))
    if can.image_urls and draw(st.booleans()):
        return ImagePart(url="https://images.example/a.png", detail=detail, cache=cache)
    media_type = "image/png" if can.image_types else None
    return ImagePart(data=PIXEL, media_type=media_type, detail=detail, cache=cache)


@st.composite
def _file(draw: st.DrawFn, can: Sayable) -> FilePart:
    held: dict[str, Any] = {
        "data": {"data": PDF, "media_type": "application/pdf"},
        "text": {"text": draw(TEXTS), "media_type": "text/plain"},
        "url": {"url": "https://files.example/a.pdf"},
        "file_id": {"file_id": "file_1"},
    }[draw(st.sampled_from(can.files))]
    return FilePart(
        **held,
        name=draw(_maybe(st.sampled_from(["a.pdf", "notes"]), can.file_names)),
        wants_citations=can.citations and draw(st.booleans()),
        cache=draw(_cache(can)),
    )


@st.composite
def _user_parts(draw: st.DrawFn, can: Sayable) -> tuple[Part, ...]:
    parts = list(draw(_texts(can)))
    if draw(st.booleans()):
        parts.append(draw(_image(can)))
    if can.audio and draw(st.booleans()):
        parts.append(AudioPart(data="UklGRg==", format="wav"))
    if can.files and draw(st.booleans()):
        parts.append(draw(_file(can)))
    return tuple(parts)


@st.composite
def _calls(draw: st.DrawFn, can: Sayable, turn: int) -> tuple[ToolCall, ...]:
    return tuple(
        ToolCall(
            f"call_{turn}_{number}" if can.call_ids else "",
            draw(NAMES),
            json.dumps(draw(ARGUMENTS), separators=(",", ":"), ensure_ascii=False),
            draw(_maybe(st.just("c2ln"), can.signed_calls)),
        )
        for number in range(draw(st.integers(0, 2)))
    )


@st.composite
def _assistant(draw: st.DrawFn, can: Sayable, calls: tuple[ToolCall, ...]) -> Message:
    kinds = {
        "text": Thought(draw(TEXTS)),
        "signed": Thought(draw(TEXTS), "c2lnbmVk"),
        "sealed": Thought(sealed="c2VhbGVk"),
    }
    thoughts = (kinds[draw(st.sampled_from(can.thoughts))],) if can.thoughts else ()
    return Message(
        role="assistant",
        parts=() if calls and draw(st.booleans()) else draw(_texts(can)),
        thoughts=thoughts if draw(st.booleans()) else (),
        tool_calls=calls,
    )


@st.composite
def _result(draw: st.DrawFn, can: Sayable, call: ToolCall) -> Message:
    parts: tuple[Part, ...] = (TextPart(draw(TEXTS)),)
    if can.tool_parts:
        parts = draw(_texts(can)) + ((draw(_image(can)),) if draw(st.booleans()) else ())
    return Message(
        role="tool",
        parts=parts,
        tool_call_id=call.id if can.call_ids else None,
        is_error=can.tool_errors and draw(st.booleans()),
        name=call.name if can.tool_names else None,
    )


@st.composite
def _tools(draw: st.DrawFn, can: Sayable) -> tuple[Tool, ...]:
    names = draw(st.lists(NAMES, unique=True, max_size=3))
    described = _maybe(TEXTS, True) if can.descriptions else TEXTS
    return tuple(
        Tool(
            name=name,
            description=draw(described),
            parameters=SCHEMA,
            strict=draw(_maybe(st.booleans(), can.strict_tools)),
            cache=draw(_cache(can)),
        )
        for name in names
    )


@st.composite
def _settings(draw: st.DrawFn, can: Sayable, tools: tuple[Tool, ...]) -> dict[str, Any]:
    settings: dict[str, Any] = {name: draw(_maybe(NUMBERS[name], True)) for name in can.numbers}
    if tools and can.choices:
        mode = draw(_maybe(st.sampled_from(can.choices), True))
        if mode is not None:
            settings["tool_choice"] = ToolChoice(mode, tools[0].name if mode == "named" else None)
    if tools and can.parallel:
        settings["parallel_tool_calls"] = draw(st.none() | st.just(False))
    if can.formats:
        settings["output_format"] = draw(_maybe(_format(can), True))
    if can.stop:
        settings["stop"] = draw(st.lists(TEXTS, max_size=2, unique=True).map(tuple))
    if can.user:
        settings["user"] = draw(st.none() | st.just("user-1"))
    if can.efforts:
        settings["reasoning_effort"] = draw(_maybe(st.sampled_from(can.efforts), True))
    if can.thinking_tokens and settings.get("reasoning_effort") is None:
        settings["thinking_tokens"] = draw(st.none() | st.just(2048))
    limits = st.integers(4096, 8192)
    settings["max_output_tokens"] = draw(limits if can.needs_limit else st.none() | limits)
    return settings


@st.composite
def _format(draw: st.DrawFn, can: Sayable) -> OutputFormat:
    kind = draw(st.sampled_from(can.formats))
    if kind == "json":
        return OutputFormat(kind="json")
    name = "answer" if can.format_names else None
    strict = draw(st.none() | st.booleans()) if can.format_names else None
    return OutputFormat(kind="schema", schema=SCHEMA, name=name, strict=strict)
