"""Blocks of a client's messages as parts in no dialect in particular."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Raw, Struct

from headgate.core.chat import (
    CacheLifetime,
    FilePart,
    ImagePart,
    OtherPart,
    Part,
    TextPart,
    Thought,
    ToolCall,
)
from headgate.wire.anthropic.unsigned import signature_of

ANY_IMAGE = "image/*"
"""The media type of a picture that is named by its id at the provider."""


class CacheControl(Struct):
    """A breakpoint of the provider's prompt cache."""

    ttl: str | None = None


class Citations(Struct):
    """Whether the answer is to say what it rests on."""

    enabled: bool = False


class Source(Struct):
    """Where an image's or document's bytes, or words, are."""

    type: str = ""
    media_type: str | None = None
    data: str | None = None
    url: str | None = None
    file_id: str | None = None
    content: "str | list[Block] | None" = None


class Block(Struct):
    """A block of a request. Whatever only the provider's own tools send is not read."""

    type: str = ""
    text: str | None = None
    source: Source | str | None = None
    title: str | None = None
    context: str | None = None
    citations: Citations | list[Any] | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    id: str | None = None
    name: str | None = None
    input: Raw = Raw(b"{}")
    tool_use_id: str | None = None
    content: "str | list[Block] | dict[str, Any] | None" = None
    is_error: bool | None = None
    cache_control: CacheControl | None = None

    @property
    def cache(self) -> CacheLifetime | None:
        """How long the prompt up to here is to stay cached."""
        return lifetime_of(self.cache_control)

    @property
    def wants_citations(self) -> bool:
        """Of a document."""
        return isinstance(self.citations, Citations) and self.citations.enabled


def lifetime_of(control: CacheControl | None) -> CacheLifetime | None:
    """How long something is to stay cached."""
    if control is None:
        return None
    return "1h" if control.ttl == "1h" else "5m"


def parts_of(content: Any) -> tuple[Part, ...]:
    """Everything in a message or tool result that is neither a thought nor a call."""
    if isinstance(content, str):
        return (TextPart(content),) if content else ()
    if not isinstance(content, list):
        return ()
    return tuple(part for block in content for part in _parts(block))


def thought_of(block: Block) -> Thought:
    """A thought, with what proves it or what it is sealed in, as it came."""
    if block.type == "redacted_thinking":
        return Thought(sealed=block.data or "")
    return Thought(block.thinking or "", signature_of(block.signature))


def call_of(block: Block) -> ToolCall:
    """A call that the model made in an earlier turn."""
    arguments = bytes(block.input).decode()
    return ToolCall(block.id or "", block.name or "", arguments, cache=block.cache)


def _parts(block: Block) -> Iterator[Part]:
    match block:
        case Block(type="text", text=str(text)):
            yield TextPart(text, block.cache)
        case Block(type="image", source=Source() as source):
            yield _image(block, source)
        case Block(type="document", source=Source() as source):
            if block.context:
                yield TextPart(block.context)
            yield _document(block, source)
        case Block(type="search_result"):
            yield _search_result(block)
        case _:
            yield OtherPart(block.type)


def _image(block: Block, source: Source) -> Part:
    match source.type:
        case "base64" if source.data is not None:
            return ImagePart(data=source.data, media_type=source.media_type, cache=block.cache)
        case "url" if source.url is not None:
            return ImagePart(url=source.url, cache=block.cache)
        case "file" if source.file_id is not None:
            return FilePart(file_id=source.file_id, media_type=ANY_IMAGE, cache=block.cache)
        case _:
            return OtherPart(block.type)


def _document(block: Block, source: Source) -> Part:
    held: dict[str, Any]
    match source.type:
        case "base64" if source.data is not None:
            held = {"data": source.data, "media_type": source.media_type}
        case "text" if source.data is not None:
            held = {"text": source.data, "media_type": source.media_type}
        case "url" if source.url is not None:
            held = {"url": source.url}
        case "file" if source.file_id is not None:
            held = {"file_id": source.file_id}
        case "content" if (text := _only_text(source.content)) is not None:
            held = {"text": text, "media_type": "text/plain"}
        case _:
            return OtherPart(block.type)
    return FilePart(
        **held, name=block.title, wants_citations=block.wants_citations, cache=block.cache
    )


def _search_result(block: Block) -> Part:
    text = _only_text(block.content)
    if text is None:
        return OtherPart(block.type)
    place = block.source if isinstance(block.source, str) else None
    names = [name for name in (block.title, place) if name]
    return FilePart(
        text=text,
        media_type="text/plain",
        name=" - ".join(names) or None,
        wants_citations=block.wants_citations,
        cache=block.cache,
    )


def _only_text(content: Any) -> str | None:
    """The words of content; `None` where there is something else in it."""
    if isinstance(content, str):
        return content
    blocks: Iterable[Block] = content if isinstance(content, list) else ()
    texts = [block.text for block in blocks if block.type == "text" and block.text is not None]
    return "\n\n".join(texts) if isinstance(content, list) and len(texts) == len(content) else None
