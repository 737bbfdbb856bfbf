"""Embeddings and rankings in no dialect in particular; built only to be translated."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from headgate.core.chat import ImagePart
from headgate.core.usage import Usage


class EmbeddingRequest(Struct, frozen=True, kw_only=True):
    """What is to be embedded: texts, lists of tokens, or pictures; one kind only."""

    texts: tuple[str, ...] = ()
    tokens: tuple[tuple[int, ...], ...] = ()
    images: tuple[ImagePart, ...] = ()
    dimensions: int | None = None
    input_type: str | None = None
    """In Cohere's words: `search_document`, `search_query`, `classification`, `clustering`."""
    truncate: str | None = None
    """What to do with a text that is too long: `NONE`, `START` or `END`."""
    user: str | None = None
    extra: Mapping[str, Any] = {}


class Embeddings(Struct, frozen=True, gc=False, kw_only=True):
    """One vector for each input, in their order."""

    id: str = ""
    model: str = ""
    vectors: tuple[tuple[float, ...], ...] = ()
    texts: tuple[str, ...] = ()
    """What was embedded, where it was text."""
    usage: Usage | None = None


class RankingRequest(Struct, frozen=True, kw_only=True):
    """Texts to be ordered by how well they answer a query."""

    query: str
    documents: tuple[str, ...]
    top_n: int | None = None
    max_tokens_per_doc: int | None = None
    return_documents: bool = False
    extra: Mapping[str, Any] = {}


class Ranked(Struct, frozen=True, gc=False):
    """A document by its place in the request, and how relevant it is."""

    index: int
    relevance_score: float


class Ranking(Struct, frozen=True, gc=False, kw_only=True):
    """Documents, the most relevant first."""

    id: str = ""
    model: str = ""
    results: tuple[Ranked, ...] = ()
    usage: Usage | None = None
