"""Reads a body of Ollama's `/api/chat`."""

import base64
from collections.abc import Mapping
from typing import Any

from support.heard.values import CallHeard, Heard, Offered, ResultHeard, Turn


def read(body: Mapping[str, Any], path: str = "") -> Heard:
    """What it asks; this API has no way to force a tool."""
    messages = body["messages"]
    options = body.get("options") or {}
    wanted = body.get("format")
    stop = options.get("stop") or ()
    return Heard(
        model=body["model"],
        system="\n".join(m["content"] for m in messages if m["role"] == "system"),
        turns=tuple(_turn(m) for m in messages if m["role"] != "system"),
        tools=tuple(_tool(tool["function"]) for tool in body.get("tools") or ()),
        schema=wanted if isinstance(wanted, Mapping) else None,
        wants_json=wanted == "json",
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        most_tokens=options.get("num_predict"),
    )


def _turn(message: Mapping[str, Any]) -> Turn:
    text = message.get("content") or ""
    if message["role"] == "tool":
        call = message.get("tool_call_id") or message.get("tool_name") or ""
        return Turn(role="tool", results=(ResultHeard(call=call, text=text),))
    return Turn(
        role=message["role"],
        text=text,
        pictures=tuple(
            base64.b64decode(image, validate=True) for image in message.get("images") or ()
        ),
        calls=tuple(_call(call) for call in message.get("tool_calls") or ()),
    )


def _call(call: Mapping[str, Any]) -> CallHeard:
    function = call["function"]
    arguments = function["arguments"]
    assert isinstance(arguments, Mapping)
    return CallHeard(id=call.get("id") or "", name=function["name"], arguments=arguments)


def _tool(function: Mapping[str, Any]) -> Offered:
    return Offered(
        name=function["name"],
        description=function.get("description") or "",
        parameters=function.get("parameters") or {},
    )
