"""A `tool_choice` said so that the backend at hand understands it.

Some servers of OpenAI's dialect read only the plain words, others none, and neither says
so: the wrong tool would be called, or none. What they do not read is said by the tools
that are offered, which all of them read.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, json

from headgate.backends.provider import Provider
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE


class _Named(Struct):
    name: str


class _Function(Struct, tag_field="type", tag="function"):
    function: _Named


class _Allowed(Struct):
    mode: str
    tools: tuple[_Function, ...]


class _AllowedTools(Struct, tag_field="type", tag="allowed_tools"):
    allowed_tools: _Allowed


_choice = json.Decoder(str | _Function | _AllowedTools | None)
_encode = json.Encoder().encode
_tools = json.Decoder(list[Any])


def fit_tool_choice(
    fields: Mapping[str, Any], provider: Provider, losses: Losses
) -> dict[str, Any]:
    """Top-level changes to a chat of OpenAI's dialect; `None` removes a member.

    Raises:
        InvalidRequest: A call is to be forced, and this backend cannot be made to.
    """
    if provider.forces_tools == "named" or "tool_choice" not in fields:
        return {}
    try:
        choice = _choice.decode(_encode(fields["tool_choice"]))
        tools = _tools.decode(_encode(fields.get("tools") or []))
    except UNREADABLE:
        # Whoever is at fault, the backend will say so.
        return {}
    mode, names = _wanted(choice)
    if provider.forces_tools == "never":
        if mode == "none":
            return {"tool_choice": None, "tools": None}
        if mode == "required":
            losses.unsayable("tool_choice", "this backend cannot be made to call a tool")
        mode = "auto"
    elif names is None:
        return {}
    changes: dict[str, Any] = {"tool_choice": None if mode == "auto" else mode}
    if names is not None:
        changes["tools"] = [tool for tool in tools if _name(tool) in names]
    return changes


def _wanted(choice: str | _Function | _AllowedTools | None) -> tuple[str, set[str] | None]:
    """How free the model is, and what it may call where that is not everything."""
    match choice:
        case None:
            return "auto", None
        case str():
            return choice, None
        case _Function():
            return "required", {choice.function.name}
        case _AllowedTools(allowed_tools=allowed):
            return allowed.mode, {tool.function.name for tool in allowed.tools}


def _name(tool: Any) -> Any:
    function = tool.get("function") if isinstance(tool, Mapping) else None
    return function.get("name") if isinstance(function, Mapping) else None
