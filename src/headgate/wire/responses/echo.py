"""What a response repeats of its request, and what the API says where the request is silent.

Only what was done is said: `store` is false here and background work is not done. Where
a server has responses stored (`gateway.responses`), it says so in their place.
"""

from typing import Any

import msgspec
from msgspec import Raw

from headgate.core.inbound import Inbound

_NULL = Raw(b"null")
_AS_SENT = (
    *("instructions", "max_output_tokens", "max_tool_calls", "previous_response_id"),
    *("prompt_cache_key", "prompt_cache_retention", "safety_identifier", "temperature"),
    *("top_logprobs", "top_p", "user"),
)
_OR_DEFAULT: tuple[tuple[str, Any], ...] = (
    ("metadata", {}),
    ("parallel_tool_calls", True),
    ("tool_choice", "auto"),
    ("tools", []),
    ("truncation", "disabled"),
)
_object = msgspec.json.Decoder(dict[str, Any])


def echo(inbound: Inbound) -> dict[str, Any]:
    """The members of a response that are its request's."""
    fields = inbound.fields
    said: dict[str, Any] = {name: fields.get(name) for name in _AS_SENT}
    for name, default in _OR_DEFAULT:
        value = fields.get(name, _NULL)
        said[name] = default if value == _NULL else value
    said["text"] = {"format": {"type": "text"}, **_members(inbound, "text")}
    said["reasoning"] = {"effort": None, "summary": None, **_members(inbound, "reasoning")}
    return {**said, "background": False, "error": None, "store": False}


def _members(inbound: Inbound, name: str) -> dict[str, Any]:
    value = inbound.fields.get(name, _NULL)
    return (
        {} if value == _NULL else {k: v for k, v in _object.decode(value).items() if v is not None}
    )
