"""Reads a body of Cohere's `/v2/chat`, which is OpenAI's in all but a few names."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from support.heard import openai_chat
from support.heard.values import Heard

_CHOICES = {"REQUIRED": "required", "NONE": "none"}


def read(body: Mapping[str, Any], path: str = "") -> Heard:
    """What it asks; a named tool is said by offering no other."""
    wanted = body.get("response_format") or {}
    choice = body.get("tool_choice")
    plain = {n: v for n, v in body.items() if n not in {"tool_choice", "response_format"}}
    plain["messages"] = [_message(message) for message in body["messages"]]
    return replace(
        openai_chat.read(plain),
        choice=_CHOICES[choice] if choice else "auto",
        schema=wanted.get("json_schema") or wanted.get("schema"),
        wants_json=wanted.get("type") == "json_object",
        stop=tuple(body.get("stop_sequences") or ()),
    )


def _message(message: Mapping[str, Any]) -> Mapping[str, Any]:
    content = message.get("content")
    if message["role"] != "tool" or not isinstance(content, list):
        return message
    # A tool's result may be a list of documents.
    texts = [part.get("text") or (part.get("document") or {}).get("data") for part in content]
    return {**message, "content": "".join(_words(text) for text in texts)}


def _words(found: Any) -> str:
    if isinstance(found, Mapping):
        return " ".join(str(value) for value in found.values())
    return str(found or "")
