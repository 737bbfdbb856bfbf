"""Requests with something that nobody here reads, as clients of each API send them."""

from dataclasses import dataclass
from typing import Any

from support.raw_http import CHAT_PATH as CHAT
from support.request_shapes import PIXEL, user

PICTURE = {"type": "base64", "media_type": "image/png", "data": PIXEL.partition(",")[2]}
PDF = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK"}
REMOTE = "https://corp.io/ada.png"


@dataclass(frozen=True)
class Unreadable:
    """A request with something that nobody here reads."""

    id: str
    body: dict[str, Any]
    path: str = CHAT
    model: str = "masked"


def part(**content: Any) -> dict[str, Any]:
    return {"messages": user([{"type": "text", "text": "See"}, content])}


def item(**content: Any) -> dict[str, Any]:
    return {"input": [{"role": "user", "content": [content]}]}


def block(**content: Any) -> dict[str, Any]:
    return {"max_tokens": 5, "messages": user([content])}


RESPONSES, MESSAGES = "/v1/responses", "/v1/messages"
UNREADABLE = (
    Unreadable("picture", part(type="image_url", image_url={"url": PIXEL})),
    Unreadable("picture by address", part(type="image_url", image_url={"url": REMOTE})),
    Unreadable("sound", part(type="input_audio", input_audio={"data": "AAAA", "format": "wav"})),
    Unreadable("file", part(type="file", file={"file_data": "data:a", "filename": "a.pdf"})),
    Unreadable("file by id", part(type="file", file={"file_id": "file-1"})),
    Unreadable("unknown part", part(type="hologram", hologram="AAAA")),
    Unreadable("part without a kind", {"messages": user([{"pixels": "AAAA"}])}),
    Unreadable("responses: picture", item(type="input_image", image_url=PIXEL), RESPONSES),
    Unreadable("responses: file", item(type="input_file", file_data="AA"), RESPONSES),
    Unreadable(
        "responses: screenshot",
        {
            "input": [
                {
                    "type": "computer_call_output",
                    "call_id": "c",
                    "output": {"type": "computer_screenshot", "image_url": PIXEL},
                }
            ]
        },
        RESPONSES,
    ),
    Unreadable(
        "responses: picture of a tool",
        {
            "input": [
                {
                    "type": "function_call_output",
                    "call_id": "c",
                    "output": [{"type": "input_image", "image_url": PIXEL}],
                }
            ]
        },
        RESPONSES,
    ),
    Unreadable("anthropic: picture", block(type="image", source=PICTURE), MESSAGES),
    Unreadable("anthropic: PDF", block(type="document", source=PDF), MESSAGES),
    Unreadable(
        "anthropic: PDF by address",
        block(type="document", source={"type": "url", "url": REMOTE}),
        MESSAGES,
    ),
    Unreadable(
        "anthropic: picture of a tool",
        block(type="tool_result", tool_use_id="t", content=[{"type": "image", "source": PICTURE}]),
        MESSAGES,
    ),
    Unreadable(
        "anthropic: picture in a document",
        block(
            type="document",
            source={"type": "content", "content": [{"type": "image", "source": PICTURE}]},
        ),
        MESSAGES,
    ),
    Unreadable(
        "anthropic: file for a container",
        block(type="container_upload", file_id="file_1"),
        MESSAGES,
    ),
    Unreadable(
        "ollama: picture",
        {"messages": [{"role": "user", "content": "See", "images": [PICTURE["data"]]}]},
        "/api/chat",
    ),
    Unreadable(
        "ollama: picture of a prompt", {"prompt": "See", "images": ["AAAA"]}, "/api/generate"
    ),
    Unreadable(
        "ollama: numbers of text", {"prompt": "x", "context": [15339, 1917]}, "/api/generate"
    ),
    Unreadable("cohere: picture", part(type="image_url", image_url={"url": PIXEL}), "/v2/chat"),
    Unreadable(
        "cohere: picture to embed",
        {"images": [PIXEL], "input_type": "image", "embedding_types": ["float"]},
        "/v2/embed",
        "far-away",
    ),
    Unreadable(
        "cohere: picture among inputs",
        {
            "inputs": [{"content": [{"type": "image_url", "image_url": {"url": PIXEL}}]}],
            "input_type": "search_document",
            "embedding_types": ["float"],
        },
        "/v2/embed",
        "far-away",
    ),
    Unreadable("numbers of text to embed", {"input": [15339, 1917, 318]}, "/v1/embeddings"),
    Unreadable("lists of such numbers", {"input": [[15339], [1917]]}, "/v1/embeddings"),
    Unreadable("numbers of a prompt", {"prompt": [15339, 1917]}, "/v1/completions"),
    Unreadable("something encoded", {"messages": user("QUJD" * 700)}),
)
