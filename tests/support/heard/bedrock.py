"""Reads a body of Bedrock's Converse."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from support.heard.values import CallHeard, Heard, Offered, ResultHeard, Turn

_MODEL = re.compile(r"/model/([^/]+)/converse")


def read(body: Mapping[str, Any], path: str = "") -> Heard:
    """What it asks; the model stands in the path, tool results in a user's turn."""
    config = body.get("inferenceConfig") or {}
    tools = body.get("toolConfig") or {}
    found = _MODEL.search(path)
    return Heard(
        model=unquote(found[1]) if found else "",
        system="\n".join(block["text"] for block in body.get("system") or () if "text" in block),
        turns=tuple(turn for message in body["messages"] for turn in _turns(message)),
        tools=tuple(_tool(t["toolSpec"]) for t in tools.get("tools") or () if "toolSpec" in t),
        choice=_choice(tools.get("toolChoice") or {"auto": {}}),
        schema=_schema(body),
        stop=tuple(config.get("stopSequences") or ()),
        most_tokens=config.get("maxTokens"),
    )


def _turns(message: Mapping[str, Any]) -> Iterator[Turn]:
    blocks = message["content"]
    results = [block["toolResult"] for block in blocks if "toolResult" in block]
    if results:
        yield Turn(role="tool", results=tuple(_result(result) for result in results))
    if len(results) < len(blocks):
        yield Turn(
            role=message["role"],
            text="".join(block["text"] for block in blocks if "text" in block),
            pictures=tuple(
                base64.b64decode(block["image"]["source"]["bytes"], validate=True)
                for block in blocks
                if "image" in block
            ),
            calls=tuple(_call(block["toolUse"]) for block in blocks if "toolUse" in block),
        )


def _result(result: Mapping[str, Any]) -> ResultHeard:
    texts = [b["text"] if "text" in b else json.dumps(b["json"]) for b in result["content"]]
    return ResultHeard(call=result["toolUseId"], text="".join(texts))


def _call(use: Mapping[str, Any]) -> CallHeard:
    assert isinstance(use["input"], Mapping)
    return CallHeard(id=use["toolUseId"], name=use["name"], arguments=use["input"])


def _choice(choice: Mapping[str, Any]) -> str:
    if "tool" in choice:
        return str(choice["tool"]["name"])
    return "required" if "any" in choice else "auto"


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    form = ((body.get("outputConfig") or {}).get("textFormat") or {}).get("structure") or {}
    text = (form.get("jsonSchema") or {}).get("schema")
    return json.loads(text) if text else None


def _tool(spec: Mapping[str, Any]) -> Offered:
    return Offered(
        name=spec["name"],
        description=spec.get("description") or "",
        parameters=spec["inputSchema"]["json"],
    )
