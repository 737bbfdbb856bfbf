"""Blocks of requests, in no dialect in particular."""

from typing import Any

import msgspec
import pytest

from headgate.core.chat import FilePart, ImagePart, OtherPart, Part, TextPart, Thought, ToolCall
from headgate.wire.anthropic.blocks import (
    ANY_IMAGE,
    Block,
    CacheControl,
    call_of,
    lifetime_of,
    parts_of,
    thought_of,
)

HOUR = {"type": "ephemeral", "ttl": "1h"}


def block(**content: Any) -> Block:
    return msgspec.json.decode(msgspec.json.encode(content), type=Block)


def parts(**content: Any) -> tuple[Part, ...]:
    return parts_of([block(**content)])


def document(source: Any, **more: Any) -> tuple[Part, ...]:
    return parts(type="document", source=source, **more)


def test_text_and_pictures() -> None:
    assert parts_of("a") == (TextPart("a"),)
    assert parts_of("") == parts_of(None) == ()
    assert parts(type="text", text="a", cache_control=HOUR) == (TextPart("a", "1h"),)
    inline = {"type": "base64", "media_type": "image/png", "data": "aGk="}
    assert parts(type="image", source=inline, cache_control={"type": "ephemeral"}) == (
        ImagePart(data="aGk=", media_type="image/png", cache="5m"),
    )
    assert parts(type="image", source={"type": "url", "url": "u"}) == (ImagePart(url="u"),)
    assert parts(type="image", source={"type": "file", "file_id": "f"}) == (
        FilePart(file_id="f", media_type=ANY_IMAGE),
    )


def test_documents() -> None:
    pdf = {"type": "base64", "media_type": "application/pdf", "data": "JVBE"}
    assert document(pdf, title="a.pdf", citations={"enabled": True}, cache_control=HOUR) == (
        FilePart(
            data="JVBE",
            media_type="application/pdf",
            name="a.pdf",
            wants_citations=True,
            cache="1h",
        ),
    )
    assert document({"type": "url", "url": "u"}) == (FilePart(url="u"),)
    assert document({"type": "file", "file_id": "f"}) == (FilePart(file_id="f"),)
    plain = {"type": "text", "media_type": "text/plain", "data": "a"}
    assert document(plain, context="Of 1999.") == (
        TextPart("Of 1999."),
        FilePart(text="a", media_type="text/plain"),
    )


def test_documents_and_search_results_made_of_texts_are_texts() -> None:
    texts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert document({"type": "content", "content": texts}) == (
        FilePart(text="a\n\nb", media_type="text/plain"),
    )
    assert document({"type": "content", "content": "a"}) == (
        FilePart(text="a", media_type="text/plain"),
    )
    assert parts(type="search_result", source="kb/1", title="T", content=texts) == (
        FilePart(text="a\n\nb", media_type="text/plain", name="T - kb/1"),
    )


@pytest.mark.parametrize(
    "content",
    [
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
        {"type": "web_search_tool_result", "content": {"type": "error"}},
        {"type": "document", "source": {"type": "content", "content": [{"type": "image"}]}},
        {"type": "document", "source": {"type": "new"}},
        {"type": "document"},
        {"type": "image", "source": {"type": "new"}},
        {"type": "search_result", "content": [{"type": "image"}]},
        {"type": "text"},
    ],
)
def test_what_has_no_word_of_its_own_keeps_its_name(content: Any) -> None:
    assert parts(**content) == (OtherPart(content["type"]),)


def test_thoughts_and_calls_come_back_byte_for_byte() -> None:
    assert thought_of(block(type="thinking", thinking="a", signature="s+/=")) == Thought(
        "a", "s+/="
    )
    assert thought_of(block(type="thinking", thinking="a", signature="")) == Thought("a")
    assert thought_of(block(type="redacted_thinking", data="x")) == Thought(sealed="x")
    wire = b'{"type":"tool_use","id":"t","name":"f","input":{"a": 1.50, "b":"\\u00fc"}}'
    call = call_of(msgspec.json.decode(wire, type=Block))
    assert call == ToolCall("t", "f", '{"a": 1.50, "b":"\\u00fc"}')
    assert call_of(block(type="tool_use", cache_control=HOUR)) == ToolCall("", "", "{}", cache="1h")


def test_a_breakpoint_lasts_five_minutes_unless_it_says_otherwise() -> None:
    assert lifetime_of(None) is None
    assert lifetime_of(CacheControl()) == lifetime_of(CacheControl("5m")) == "5m"
    assert lifetime_of(CacheControl("1h")) == "1h"
