"""Reads a body of Gemini's `generateContent`."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from support.heard.values import CallHeard, Heard, Offered, ResultHeard, Turn

_PLAIN = str.maketrans("-_", "+/")
_MODEL = re.compile(r"/models/([^/:]+):")


def read(body: Mapping[str, Any], path: str = "") -> Heard:
    """What it asks; the model stands in the path."""
    config = body.get("generationConfig") or {}
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    found = _MODEL.search(path)
    offered = [
        tool for group in body.get("tools") or () for tool in group.get("functionDeclarations", ())
    ]
    return Heard(
        model=unquote(found[1]) if found else "",
        system=_text((body.get("systemInstruction") or {}).get("parts") or []),
        turns=tuple(turn for content in body["contents"] for turn in _turns(content)),
        tools=tuple(_tool(tool) for tool in offered),
        choice=_choice((body.get("toolConfig") or {}).get("functionCallingConfig") or {}),
        schema=schema,
        wants_json=schema is None and config.get("responseMimeType") == "application/json",
        stop=tuple(config.get("stopSequences") or ()),
        most_tokens=config.get("maxOutputTokens"),
    )


def _turns(content: Mapping[str, Any]) -> Iterator[Turn]:
    parts = content["parts"]
    results = [part["functionResponse"] for part in parts if "functionResponse" in part]
    if results:
        yield Turn(role="tool", results=tuple(_result(result) for result in results))
    if len(results) < len(parts):
        calls = [part["functionCall"] for part in parts if "functionCall" in part]
        yield Turn(
            role="assistant" if content.get("role") == "model" else "user",
            text=_text(parts),
            pictures=tuple(
                _bytes_of(part["inlineData"]["data"]) for part in parts if "inlineData" in part
            ),
            calls=tuple(
                CallHeard(id=c.get("id") or "", name=c["name"], arguments=c.get("args") or {})
                for c in calls
            ),
        )


def _bytes_of(text: str) -> bytes:
    """Of either alphabet, as protocol buffers allow."""
    return base64.b64decode(text.translate(_PLAIN), validate=True)


def _text(parts: list[Mapping[str, Any]]) -> str:
    return "".join(part["text"] for part in parts if "text" in part and not part.get("thought"))


def _result(result: Mapping[str, Any]) -> ResultHeard:
    words = " ".join(str(value) for value in result["response"].values())
    return ResultHeard(call=result.get("id") or result["name"], text=words)


def _choice(config: Mapping[str, Any]) -> str:
    mode = config.get("mode", "AUTO")
    allowed = config.get("allowedFunctionNames") or []
    if mode == "ANY" and len(allowed) == 1:
        return str(allowed[0])
    return {"ANY": "required", "NONE": "none"}.get(mode, "auto")


def _tool(tool: Mapping[str, Any]) -> Offered:
    return Offered(
        name=tool["name"],
        description=tool.get("description") or "",
        # Google's own SDK writes this one name as Python does; the API reads both.
        parameters=tool.get("parametersJsonSchema") or tool.get("parameters_json_schema") or {},
    )
