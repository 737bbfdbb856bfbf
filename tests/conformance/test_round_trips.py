"""A conversation put into a dialect and read again is the conversation it was.

For every dialect with both halves: what it can say (`SAYABLE`) comes back identical, and
whatever else it is told, what it makes of it is stable from then on.
"""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.chat import ChatRequest
from headgate.core.errors import InvalidRequest
from headgate.core.plugins import load_all
from headgate.wire.dialect import Dialect
from headgate.wire.losses import Losses
from support.conversations import Sayable, conversations

law = settings(deadline=None, derandomize=True, max_examples=150)
FOUND: dict[str, Any] = load_all("headgate.wire.dialects", "DIALECT")
BOTH: dict[str, Dialect] = {
    name: each
    for name, each in FOUND.items()
    if hasattr(each, "encode") and "chat" in getattr(each, "endpoints", {}).values()
}
SAMPLING = ("temperature", "top_p", "top_k", "seed", "frequency_penalty", "presence_penalty")
SAYABLE = {
    "openai_responses": Sayable(
        roles=("system", "developer"),
        many_instructions=True,
        image_detail=True,
        audio=True,
        files=("data", "url", "file_id"),
        # What a backend of this API gets sealed, one of another is not sent.
        tool_parts=True,
        # Elsewhere not saying it and saying no are one; this API must be told.
        strict_tools=False,
        numbers=("temperature", "top_p"),
        efforts=("none", "minimal", "low", "medium", "high", "xhigh", "max"),
        stop=False,
    ),
    "anthropic": Sayable(
        turns_stay_apart=False,
        files=("data", "text", "url", "file_id"),
        citations=True,
        thoughts=("signed", "sealed"),
        caches=True,
        tool_errors=True,
        tool_parts=True,
        # Said inside of `tool_choice`, which is then there.
        parallel=False,
        formats=("schema",),
        format_names=False,
        numbers=("temperature", "top_p", "top_k"),
        efforts=("none", "low", "medium", "high", "xhigh", "max"),
        thinking_tokens=True,
        needs_limit=True,
    ),
    "cohere": Sayable(
        many_instructions=True,
        image_detail=True,
        thoughts=("text",),
        strict_tools=False,
        choices=("none", "required"),
        parallel=False,
        format_names=False,
        numbers=SAMPLING,
        efforts=("none", "high"),
        thinking_tokens=True,
        user=False,
    ),
    "ollama": Sayable(
        many_instructions=True,
        parts_stay_apart=False,
        image_urls=False,
        thoughts=("text",),
        tool_names=True,
        strict_tools=False,
        choices=(),
        parallel=False,
        format_names=False,
        numbers=SAMPLING,
        efforts=("none", "low", "medium", "high", "max"),
        user=False,
    ),
    "openai_chat": Sayable(
        roles=("system", "developer"),
        many_instructions=True,
        image_detail=True,
        audio=True,
        files=("data", "file_id"),
        thoughts=("text", "signed", "sealed"),
        signed_calls=True,
        caches=True,
        numbers=SAMPLING,
        efforts=("none", "minimal", "low", "medium", "high", "xhigh"),
    ),
}


def encoded(dialect: Dialect, request: ChatRequest, losses: Losses, *, stream: bool) -> bytes:
    members = dialect.encode(request, model="m", stream=stream, options={}, losses=losses)
    return msgspec.json.encode(members)


def read(dialect: Dialect, body: bytes) -> ChatRequest:
    return dialect.canonical(dialect.decode("chat", body))


def test_every_dialect_with_both_halves_says_what_it_can_say():
    assert SAYABLE.keys() == BOTH.keys()


@pytest.mark.parametrize("name", BOTH)
@law
@given(data=st.data())
def test_what_a_dialect_can_say_comes_back_identical(name, data):
    request = data.draw(conversations(SAYABLE[name]))
    losses = Losses()
    stream = data.draw(st.booleans())
    body = encoded(BOTH[name], request, losses, stream=stream)
    assert losses.names == ()
    assert BOTH[name].decode("chat", body).stream is stream
    assert read(BOTH[name], body) == request


@pytest.mark.parametrize("name", BOTH)
@law
@given(request=conversations())
def test_what_a_dialect_makes_of_anything_else_is_stable(name, request):
    def lenient() -> Losses:
        return Losses(may_drop=True, may_clamp=True)

    try:
        once = read(BOTH[name], encoded(BOTH[name], request, lenient(), stream=False))
    except InvalidRequest:
        # Some things cannot even be left out: a file that only another backend has.
        return
    again = Losses()
    assert read(BOTH[name], encoded(BOTH[name], once, again, stream=False)) == once
    assert again.names == ()
