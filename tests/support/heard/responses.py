"""Reads a body of OpenAI's Responses."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from support.heard.values import CallHeard, Heard, Offered, ResultHeard, Turn


def read(body: Mapping[str, Any], path: str = "") -> Heard:
    """What it asks; each item is a turn of its own."""
    given = body["input"]
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    said = [item for item in items if item.get("role") in {"system", "developer"}]
    systems = [body.get("instructions") or "", *(_text(item["content"]) for item in said)]
    form = (body.get("text") or {}).get("format") or {}
    choice = body.get("tool_choice") or "auto"
    return Heard(
        model=str(body.get("model", "")),
        system="\n".join(filter(None, systems)),
        turns=tuple(_turn(i) for i in items if i not in said and i.get("type") != "reasoning"),
        tools=tuple(_tool(t) for t in body.get("tools") or () if t["type"] == "function"),
        choice=choice if isinstance(choice, str) else choice["name"],
        parallel=body.get("parallel_tool_calls") is not False,
        schema=form.get("schema"),
        wants_json=form.get("type") == "json_object",
        most_tokens=body.get("max_output_tokens"),
    )


def _turn(item: Mapping[str, Any]) -> Turn:
    if item.get("type") == "function_call_output":
        result = ResultHeard(call=item["call_id"], text=_text(item["output"]))
        return Turn(role="tool", results=(result,))
    if item.get("type") == "function_call":
        arguments = json.loads(item["arguments"])
        call = CallHeard(id=item["call_id"], name=item["name"], arguments=arguments)
        return Turn(role="assistant", calls=(call,))
    content = item["content"]
    parts = [] if isinstance(content, str) else content
    urls = [part["image_url"] for part in parts if part["type"] == "input_image"]
    return Turn(
        role=item["role"],
        text=_text(content),
        pictures=tuple(
            base64.b64decode(url.partition(";base64,")[2], validate=True)
            for url in urls
            if url.startswith("data:")
        ),
        addresses=tuple(url for url in urls if not url.startswith("data:")),
    )


def _text(content: str | list[Mapping[str, Any]]) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


def _tool(tool: Mapping[str, Any]) -> Offered:
    return Offered(
        name=tool["name"],
        description=tool.get("description") or "",
        parameters=tool.get("parameters") or {},
    )
