"""A client's chat as a conversation in no dialect in particular.

Citations in earlier answers are left out: they do not count as input for the model. Blocks
that only the provider's own tools write become `OtherPart`, which backends refuse by name.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from headgate.core.chat import (
    CacheLifetime,
    ChatRequest,
    Message,
    Part,
    TextPart,
    Tool,
    ToolChoice,
)
from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.wire.anthropic.blocks import (
    Block,
    CacheControl,
    call_of,
    lifetime_of,
    parts_of,
    thought_of,
)
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE, extra_fields

_THOUGHTS = frozenset({"thinking", "redacted_thinking"})
_ROLES = frozenset({"system", "user", "assistant"})
_IN_OUTPUT_CONFIG = frozenset({"effort", "format"})


class _Message(Struct):
    role: str
    content: str | list[Block] | None = None


class _Tool(Struct):
    name: str = ""
    type: str | None = None
    description: str | None = None
    input_schema: dict[str, Any] | None = None
    strict: bool | None = None
    input_examples: list[dict[str, Any]] | None = None
    cache_control: CacheControl | None = None

    @property
    def explained(self) -> str | None:
        """Its description, with the examples that other APIs have no field for."""
        examples = [msgspec.json.encode(each).decode() for each in self.input_examples or ()]
        told = "\n".join(["Examples of its input:", *examples]) if examples else None
        return "\n\n".join(filter(None, (self.description, told))) or self.description


class _ToolChoice(Struct):
    type: str
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class _Thinking(Struct):
    type: str = ""
    budget_tokens: int | None = None


class _Metadata(Struct):
    user_id: str | None = None


class _Chat(Struct):
    """Every field with a place in `ChatRequest`, or that does not concern a translator."""

    model: str
    messages: list[_Message]
    max_tokens: int | None = None
    system: str | list[Block] | None = None
    stream: bool | None = None
    tools: list[_Tool] | None = None
    tool_choice: _ToolChoice | None = None
    thinking: _Thinking | None = None
    output_config: dict[str, Any] | None = None
    output_format: dict[str, Any] | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop_sequences: list[str] | None = None
    metadata: _Metadata | None = None
    cache_control: CacheControl | None = None


_chat = msgspec.json.Decoder(_Chat)
_KNOWN = frozenset(field.name for field in msgspec.structs.fields(_Chat))


def conversation(inbound: Inbound) -> ChatRequest:
    """The chat of a request that goes to a backend of another dialect.

    Raises:
        InvalidRequest: Something in it that only this dialect can say.
    """
    if inbound.operation != "chat":
        raise InvalidRequest(f"only chats can be translated, not {inbound.operation}")
    try:
        chat = _chat.decode(inbound.body)
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error
    choice, parallel = _tool_choice(chat.tool_choice)
    effort, thinking_tokens = _thinking(chat)
    return ChatRequest(
        messages=_messages(chat),
        tools=tuple(_tool(tool, index) for index, tool in enumerate(chat.tools or ())),
        tool_choice=choice,
        parallel_tool_calls=parallel,
        output_format=inbound.output_format,
        max_output_tokens=inbound.max_output_tokens,
        temperature=chat.temperature,
        top_p=chat.top_p,
        top_k=chat.top_k,
        stop=tuple(chat.stop_sequences or ()),
        reasoning_effort=effort,
        thinking_tokens=thinking_tokens,
        user=chat.metadata.user_id if chat.metadata else None,
        extra=_extra(inbound, chat),
    )


def _extra(inbound: Inbound, chat: _Chat) -> Mapping[str, Any]:
    """Fields without a place of their own; one that is null asks for nothing."""
    extra = dict(extra_fields(inbound, _KNOWN))
    config = chat.output_config or {}
    if more := {n: value for n, value in config.items() if n not in _IN_OUTPUT_CONFIG}:
        extra["output_config"] = more
    return extra


def _messages(chat: _Chat) -> tuple[Message, ...]:
    found = []
    if instructions := parts_of(chat.system):
        found.append(Message(role="system", parts=instructions))
    for index, message in enumerate(chat.messages):
        found.extend(_turn(message, index))
    lifetime = lifetime_of(chat.cache_control)
    if lifetime is not None and found and found[-1].parts:
        # For the whole request it means the last thing in it that can be cached.
        found[-1] = replace(found[-1], parts=_cached(found[-1].parts, lifetime))
    return tuple(found)


def _turn(message: _Message, index: int) -> Iterator[Message]:
    """One turn; results of tools in it are turns of their own."""
    if message.role not in _ROLES:
        place = f"messages[{index}].role"
        raise InvalidRequest(
            f"{place}: expected `user`, `assistant` or `system`, got `{message.role}`", param=place
        )
    if isinstance(message.content, str) or message.content is None:
        parts = parts_of(message.content)
        yield Message(role=message.role, parts=parts)  # type: ignore[arg-type]
        return
    said: list[Block] = []
    for block in message.content:
        if block.type != "tool_result":
            said.append(block)
            continue
        if said:
            yield _said(message.role, said)
            said = []
        yield _result(block)
    if said or not message.content:
        yield _said(message.role, said)


def _said(role: str, blocks: list[Block]) -> Message:
    others = [b for b in blocks if b.type not in _THOUGHTS and b.type != "tool_use"]
    return Message(
        role=role,  # type: ignore[arg-type]
        parts=parts_of(others),
        thoughts=tuple(thought_of(block) for block in blocks if block.type in _THOUGHTS),
        tool_calls=tuple(call_of(block) for block in blocks if block.type == "tool_use"),
    )


def _result(block: Block) -> Message:
    parts = parts_of(block.content)
    return Message(
        role="tool",
        parts=_cached(parts, block.cache) if block.cache else parts,
        tool_call_id=block.tool_use_id,
        is_error=bool(block.is_error),
    )


def _cached(parts: tuple[Part, ...], lifetime: CacheLifetime) -> tuple[Part, ...]:
    """The same with a breakpoint after the last of them."""
    if not parts:
        return (TextPart("", lifetime),)
    *before, last = parts
    has_place = hasattr(last, "cache")
    return (*before, replace(last, cache=lifetime)) if has_place else parts


def _tool(tool: _Tool, index: int) -> Tool:
    if tool.type not in {None, "custom"}:
        place = f"tools[{index}]"
        raise InvalidRequest(
            f"{place}: a `{tool.type}` tool is known to backends of the Anthropic API only",
            param=place,
        )
    return Tool(
        name=tool.name,
        description=tool.explained,
        parameters=tool.input_schema,
        strict=tool.strict,
        cache=lifetime_of(tool.cache_control),
    )


def _tool_choice(choice: _ToolChoice | None) -> tuple[ToolChoice | None, bool | None]:
    """What must be called, and whether several calls may be made at once."""
    if choice is None:
        return None, None
    disabled = choice.disable_parallel_tool_use
    parallel = None if disabled is None else not disabled
    match choice.type:
        case "auto" | "none":
            return ToolChoice(choice.type), parallel
        case "any":
            return ToolChoice("required"), parallel
        case "tool":
            return ToolChoice("named", choice.name), parallel
        case kind:
            raise InvalidRequest(
                f"tool_choice.type: expected `auto`, `any`, `tool` or `none`, got `{kind}`",
                param="tool_choice.type",
            )


def _thinking(chat: _Chat) -> tuple[str | None, int | None]:
    """The effort asked for, and a limit of tokens to think with."""
    effort = (chat.output_config or {}).get("effort")
    wanted = chat.thinking or _Thinking()
    if wanted.type in {"disabled", "between_tools"}:
        return "none", None
    return effort if isinstance(effort, str) else None, wanted.budget_tokens
