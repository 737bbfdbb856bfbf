"""JSON objects in the shapes of the OpenAI SDK: members are attributes."""

import json
from typing import Any

OPTIONAL_MEMBERS = frozenset(
    {
        *("content", "refusal", "reasoning", "reasoning_content", "role", "name"),
        *("tool_calls", "function_call", "function", "audio", "annotations", "arguments"),
        *("logprobs", "finish_reason", "usage", "system_fingerprint", "service_tier"),
        *("prompt_tokens_details", "completion_tokens_details", "cached_tokens", "id", "type"),
        *("reasoning_tokens", "text_offset", "top_logprobs", "bytes"),
    }
)
"""Members the API may leave out: as attributes they are `None` then, as in the SDK."""


class Record(dict[str, Any]):
    """A JSON object; `answer.choices[0].message.content` and `answer["choices"]` both work."""

    def __getattr__(self, name: str) -> Any:
        """A member as an attribute."""
        if name in self or name in OPTIONAL_MEMBERS:
            return self.get(name)
        raise AttributeError(f"this answer has no `{name}`; it has: {', '.join(self)}")

    def model_dump(self) -> dict[str, Any]:
        """A plain dictionary, as the SDK's models give."""
        plain: dict[str, Any] = json.loads(json.dumps(self))
        return plain


def record(body: bytes) -> Record:
    """Decode a JSON object."""
    decoded: Record = json.loads(body, object_hook=Record)
    return decoded


def request_body(fields: dict[str, Any]) -> bytes:
    """Encode a request; members that are `None` are left out, SDK models are dumped."""
    given = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(given, default=_dump, ensure_ascii=False).encode()


def _dump(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(exclude_none=True)
    raise TypeError(f"a {type(value).__name__} cannot be sent as JSON")
