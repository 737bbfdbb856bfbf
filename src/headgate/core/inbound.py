"""A request as it came in: what routing and checking need, and the bytes themselves."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Raw, Struct

from headgate.core.chat import OutputFormat

Operation = Literal["chat", "completion", "embedding", "rerank", "moderation", "count_tokens"]
Need = Literal[
    "tools",
    "vision",
    "audio",
    "file",
    "json",
    "json_schema",
    "logprobs",
    "choices",
    "reasoning",
]


class Inbound(Struct, frozen=True, gc=False, kw_only=True):
    """A decoded request.

    `fields` are the top-level members of the body, each as the bytes the client
    wrote; a backend of the same dialect gets them untouched, unknown ones included.
    A member that appears twice is here once (the last), so nothing can hide behind it.
    """

    dialect: str
    operation: Operation
    body: bytes
    fields: Mapping[str, Raw]
    model: str
    stream: bool = False
    wants_usage: bool = False
    """The client asked for usage in its stream."""
    choices: int = 1
    max_output_tokens: int | None = None
    needs: frozenset[Need] = frozenset()
    message_count: int = 0
    turn_text: str = ""
    """The last user message, for the complexity score; never stored."""
    output_format: OutputFormat | None = None
    """What the answer must satisfy, for the checks a route asks for."""
    tool_schemas: Mapping[str, Raw] = {}
    """Parameters schema by tool name, for the same."""
    has_image_urls: bool = False
    """Pictures are named by address, which some backends must be given inline."""
