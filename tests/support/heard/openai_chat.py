"""Reads a body of OpenAI's Chat Completions."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from support.heard.values import CallHeard, Heard, Offered, ResultHeard, Turn


def read(body: Mapping[str, Any], path: str = "") -> Heard:
    """What it asks."""
    messages = body["messages"]
    wanted = body.get("response_format") or {}
    stop = body.get("stop") or ()
    return Heard(
        model=str(body.get("model", "")),
        system="\n".join(text_of(m) for m in messages if m["role"] in {"system", "developer"}),
        turns=tuple(_turn(m) for m in messages if m["role"] not in {"system", "developer"}),
        tools=tuple(_tool(tool["function"]) for tool in body.get("tools") or ()),
        choice=_choice(body.get("tool_choice") or "auto"),
        parallel=body.get("parallel_tool_calls") is not False,
        schema=(wanted.get("json_schema") or {}).get("schema"),
        wants_json=wanted.get("type") == "json_object",
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        most_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
    )


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message, its parts joined."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part["type"] == "text")


def _turn(message: Mapping[str, Any]) -> Turn:
    text = text_of(message)
    if message["role"] == "tool":
        return Turn(role="tool", results=(ResultHeard(call=message["tool_call_id"], text=text),))
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    return Turn(
        role=message["role"],
        text=text,
        pictures=tuple(_bytes_of(url) for url in urls if url.startswith("data:")),
        addresses=tuple(url for url in urls if not url.startswith("data:")),
        calls=tuple(_call(call) for call in message.get("tool_calls") or ()),
    )


def _bytes_of(url: str) -> bytes:
    return base64.b64decode(url.partition(";base64,")[2], validate=True)


def _call(call: Mapping[str, Any]) -> CallHeard:
    function = call["function"]
    arguments = json.loads(function["arguments"])
    return CallHeard(id=call["id"], name=function["name"], arguments=arguments)


def _tool(function: Mapping[str, Any]) -> Offered:
    return Offered(
        name=function["name"],
        description=function.get("description") or "",
        parameters=function.get("parameters") or {},
    )


def _choice(choice: str | Mapping[str, Any]) -> str:
    return choice if isinstance(choice, str) else str(choice["function"]["name"])
