"""What an answer rests on, where the operator lets Gemini search: sources and their number."""

from msgspec import Struct

from headgate.core.stream import Citation, Cited, Source, StreamEvent


class _Page(Struct, gc=False):
    uri: str | None = None
    title: str | None = None
    text: str | None = None


class _Chunk(Struct, gc=False, rename="camel"):
    web: _Page | None = None
    retrieved_context: _Page | None = None


class _Segment(Struct, gc=False):
    text: str | None = None


class _Support(Struct, gc=False, rename="camel"):
    segment: _Segment | None = None
    grounding_chunk_indices: list[int] | None = None


class Grounding(Struct, gc=False, rename="camel"):
    """A candidate's `groundingMetadata`."""

    grounding_chunks: list[_Chunk] | None = None
    grounding_supports: list[_Support] | None = None
    web_search_queries: list[str] | None = None

    @property
    def searches(self) -> int:
        """How often the web was searched."""
        return len(self.web_search_queries or ())

    def citations(self, choice: int) -> list[StreamEvent]:
        """What was said, and what it rests on; where it stands is told in bytes, so not here."""
        sources = [_source(chunk) for chunk in self.grounding_chunks or ()]
        cited: list[StreamEvent] = []
        for support in self.grounding_supports or ():
            places = support.grounding_chunk_indices or ()
            found = tuple(sources[place] for place in places if 0 <= place < len(sources))
            if found:
                text = (support.segment.text if support.segment else None) or ""
                cited.append(Cited(Citation(text=text, sources=found), choice))
        return cited


def _source(chunk: _Chunk) -> Source:
    page = chunk.web or chunk.retrieved_context or _Page()
    return Source(title=page.title, url=page.uri, text=page.text)
