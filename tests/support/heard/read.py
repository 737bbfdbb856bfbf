"""Which API a request is of, by its path."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from support.heard import anthropic, bedrock, cohere, gemini, ollama, openai_chat, responses
from support.heard.values import Heard

Read = Callable[[Mapping[str, Any], str], Heard]
_READERS: tuple[tuple[re.Pattern[str], Read], ...] = (
    (re.compile(r".*/chat/completions"), openai_chat.read),
    (re.compile(r".*/responses"), responses.read),
    (re.compile(r".*/messages"), anthropic.read),
    (re.compile(r".*/v2/chat"), cohere.read),
    (re.compile(r".*/api/chat"), ollama.read),
    (re.compile(r".*/model/.+/converse(-stream)?"), bedrock.read),
    (re.compile(r".*/models/.+:(streamG|g)enerateContent"), gemini.read),
)


def heard(path: str, body: Mapping[str, Any]) -> Heard:
    """What was asked in a chat; it fails on a body that is none of its API's."""
    return next(read for pattern, read in _READERS if pattern.fullmatch(path))(body, path)
