"""Reads a body of Anthropic's Messages."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from support.heard.values import CallHeard, Heard, Offered, ResultHeard, Turn

_CHOICES = {"auto": "auto", "any": "required", "none": "none"}


def read(body: Mapping[str, Any], path: str = "") -> Heard:
    """What it asks; tool results stand in a user's turn, and before what the user says."""
    choice = body.get("tool_choice") or {"type": "auto"}
    form = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    return Heard(
        model=body["model"],
        system=_text(body.get("system") or ""),
        turns=tuple(turn for message in body["messages"] for turn in _turns(message)),
        tools=tuple(_tool(tool) for tool in body.get("tools") or ()),
        choice=_CHOICES.get(choice["type"]) or choice["name"],
        parallel=not choice.get("disable_parallel_tool_use"),
        schema=form.get("schema"),
        stop=tuple(body.get("stop_sequences") or ()),
        most_tokens=body["max_tokens"],
    )


def _turns(message: Mapping[str, Any]) -> Iterator[Turn]:
    content = message["content"]
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    results = [block for block in blocks if block["type"] == "tool_result"]
    if results:
        yield Turn(
            role="tool",
            results=tuple(
                ResultHeard(call=block["tool_use_id"], text=_text(block.get("content") or ""))
                for block in results
            ),
            pictures=tuple(p for block in results for p in _pictures(block.get("content") or ())),
        )
    if len(results) < len(blocks):
        yield Turn(
            role=message["role"],
            text=_text(blocks),
            pictures=_pictures(blocks),
            calls=tuple(_call(block) for block in blocks if block["type"] == "tool_use"),
        )


def _text(content: str | list[Mapping[str, Any]]) -> str:
    if isinstance(content, str):
        return content
    return "".join(block["text"] for block in content if block["type"] == "text")


def _pictures(content: Any) -> tuple[bytes, ...]:
    if isinstance(content, str):
        return ()
    sources = [block["source"] for block in content if block["type"] == "image"]
    inline = [source for source in sources if source["type"] == "base64"]
    return tuple(base64.b64decode(source["data"], validate=True) for source in inline)


def _call(block: Mapping[str, Any]) -> CallHeard:
    assert isinstance(block["input"], Mapping)
    return CallHeard(id=block["id"], name=block["name"], arguments=block["input"])


def _tool(tool: Mapping[str, Any]) -> Offered:
    return Offered(
        name=tool["name"],
        description=tool.get("description") or "",
        parameters=tool.get("input_schema") or {},
    )
