"""What a response says of its request."""

import json
from typing import Any

import msgspec
from openai.types.responses import Response

from headgate.wire.responses.echo import echo
from headgate.wire.responses.requests import decode_request


def said(**more: Any) -> dict[str, Any]:
    body = json.dumps({"model": "m", "input": "Hi", **more}).encode()
    found: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(echo(decode_request("chat", body)))
    )
    return found


def test_silence_is_told_by_the_api_s_own_defaults():
    found = said()
    assert found["text"] == {"format": {"type": "text"}}
    assert found["reasoning"] == {"effort": None, "summary": None}
    assert (found["tool_choice"], found["tools"], found["metadata"]) == ("auto", [], {})
    assert (found["parallel_tool_calls"], found["truncation"]) == (True, "disabled")
    assert found["instructions"] is None
    assert found == said(tools=None, tool_choice=None, text=None, reasoning=None, metadata=None)


def test_what_was_sent_is_repeated_and_what_was_not_done_is_not():
    tool = {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": False}
    sent = {
        "instructions": "Be kind.",
        "max_output_tokens": 9,
        "temperature": 0.5,
        "metadata": {"a": "b"},
        "tools": [tool],
        "tool_choice": {"type": "function", "name": "f"},
        "parallel_tool_calls": False,
    }
    found = said(
        **sent, text={"verbosity": "low"}, reasoning={"effort": "low"}, store=True, service_tier="x"
    )
    assert {name: found[name] for name in sent} == sent
    assert found["text"] == {"verbosity": "low", "format": {"type": "text"}}
    assert found["reasoning"] == {"effort": "low", "summary": None}
    assert found["store"] is False
    assert "service_tier" not in found
    head = {"id": "r", "object": "response", "created_at": 1, "model": "m", "output": []}
    Response.model_validate_json(json.dumps(head | found), strict=True)
