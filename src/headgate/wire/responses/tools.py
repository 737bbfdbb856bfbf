"""Tools of a client, and how free the model is to call them, in no dialect in particular."""

from collections.abc import Sequence
from typing import Any

from headgate.core.chat import Tool, ToolChoice
from headgate.core.errors import InvalidRequest
from headgate.wire.responses.inputs import Tool as ClientTool
from headgate.wire.responses.inputs import schema_of


def chosen(tools: Sequence[ClientTool], choice: Any) -> tuple[tuple[Tool, ...], ToolChoice | None]:
    """The tools that may be called, and the choice among them.

    A list of allowed tools has no word elsewhere, but its meaning: the others are left out.

    Raises:
        InvalidRequest: A tool or a choice that only backends of this API know.
    """
    found = tuple(_tool(tool, index) for index, tool in enumerate(tools))
    match choice:
        case None:
            return found, None
        case "auto" | "none" | "required":
            return found, ToolChoice(choice)
        case {"type": "function", "name": str(name)}:
            return found, ToolChoice("named", name)
        case {"type": "allowed_tools", "mode": "auto" | "required" as mode, "tools": list(allowed)}:
            names = {_allowed(each) for each in allowed}
            return tuple(tool for tool in found if tool.name in names), ToolChoice(mode)
        case {"type": str(kind)} if kind not in {"function", "allowed_tools"}:
            raise untranslatable("tool_choice", f"`{kind}`")
        case _:
            raise InvalidRequest(
                "tool_choice: expected `auto`, `none`, `required`, a function or allowed tools",
                param="tool_choice",
            )


def untranslatable(param: str, what: str) -> InvalidRequest:
    """The refusal of something that can only be relayed."""
    return InvalidRequest(
        f"{param}: {what} is known to backends of OpenAI's Responses API only",
        param=param,
        hint="send the request to a target that speaks this API itself",
    )


def _tool(tool: ClientTool, index: int) -> Tool:
    place = f"tools[{index}]"
    if tool.type != "function":
        raise untranslatable(place, f"a `{tool.type}` tool")
    if tool.defer_loading:
        raise untranslatable(f"{place}.defer_loading", "a tool that is searched for")
    if not tool.name:
        raise InvalidRequest(f"{place}.name: it is needed", param=f"{place}.name")
    return Tool(
        name=tool.name,
        description=tool.description,
        parameters=schema_of(tool, f"{place}.parameters"),
        # Elsewhere a tool is not strict unless it is said.
        strict=tool.strict or None,
    )


def _allowed(tool: Any) -> str:
    match tool:
        case {"type": "function", "name": str(name)}:
            return name
        case {"type": str(kind)}:
            raise untranslatable("tool_choice.tools", f"a `{kind}` tool")
        case _:
            raise InvalidRequest(
                "tool_choice.tools: expected functions by name", param="tool_choice.tools"
            )
