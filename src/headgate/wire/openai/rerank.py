"""`/v1/rerank`, in the shape that began with Jina and Cohere and that many servers share.

OpenAI has no such operation; servers that otherwise speak its dialect (llama.cpp, vLLM,
Together) do.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.stream import Answer
from headgate.core.usage import Usage
from headgate.core.vectors import Ranked, Ranking, RankingRequest
from headgate.wire.alignment import best_first, of_documents
from headgate.wire.complaints import complaint
from headgate.wire.counts import token_count
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE, extra_fields, split
from headgate.wire.openai.shapes import reported_usd

_FLAT = "a document of several fields is known to the backend's own API only"


class _View(Struct, gc=False):
    model: str | None = None
    query: Raw | UnsetType = UNSET
    documents: list[Raw] | None = None


class _Document(Struct, forbid_unknown_fields=True):
    text: str


class _Request(Struct):
    query: str
    documents: list[str | _Document]
    model: str | None = None
    top_n: int | None = None
    max_tokens_per_doc: int | None = None
    return_documents: bool | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The documents, however they were written."""
        return tuple(each if isinstance(each, str) else each.text for each in self.documents)


class _Result(Struct, gc=False):
    index: int
    relevance_score: float


class _Reply(Struct, gc=False):
    results: list[_Result]
    id: str | None = None
    model: str | None = None
    usage: dict[str, Any] | None = None
    meta: dict[str, Any] | None = None


class _Account(Struct, gc=False):
    results: Raw
    model: str | None = None
    usage: dict[str, Any] | None = None
    meta: dict[str, Any] | None = None


_view = msgspec.json.Decoder(_View)
_request = msgspec.json.Decoder(_Request)
_reply = msgspec.json.Decoder(_Reply)
_account = msgspec.json.Decoder(_Account)
_encoder = msgspec.json.Encoder()
_KNOWN = frozenset(field.name for field in msgspec.structs.fields(_Request))


def decode_ranking(dialect: str, body: bytes) -> Inbound:
    """Read a client's request; documents of any kind may be relayed.

    Raises:
        InvalidRequest: With the field at fault.
    """
    try:
        fields = split(body)
        view = _view.decode(body)
    except UNREADABLE as error:
        raise complaint(error, body) from error
    if not view.model:
        raise InvalidRequest("model: it is needed", param="model", hint="`auto` lets us choose")
    if view.query is UNSET:
        raise InvalidRequest("query: it is needed", param="query")
    if not view.documents:
        raise InvalidRequest("documents: at least one is needed", param="documents")
    return Inbound(dialect=dialect, operation="rerank", body=body, fields=fields, model=view.model)


def account_of_ranking(body: bytes) -> Answer:
    """What the ledger needs of a reply that is relayed.

    Raises:
        UpstreamGarbled: It is none.
    """
    try:
        reply = _account.decode(body)
    except UNREADABLE as error:
        raise UpstreamGarbled("the backend's ranking is not what its API promises") from error
    return Answer(model=reply.model or "", usage=_usage(reply.usage, reply.meta))


class RankingSurface:
    """See `wire.dialect.Surface` for what each method promises."""

    def canonical(self, inbound: Inbound) -> RankingRequest:
        """What is to be ranked.

        Raises:
            InvalidRequest: A query or a document that is no text.
        """
        asked = _asked(inbound)
        return RankingRequest(
            query=asked.query,
            documents=asked.texts,
            top_n=asked.top_n,
            max_tokens_per_doc=asked.max_tokens_per_doc,
            return_documents=bool(asked.return_documents),
            extra=extra_fields(inbound, _KNOWN),
        )

    def encode_answer(self, answer: Ranking, inbound: Inbound) -> bytes:
        """The best documents first, with their texts where they were asked for.

        Raises:
            UpstreamGarbled: A result stands for no document.
        """
        asked = _asked(inbound)
        texts = asked.texts
        results = [
            {
                "index": ranked.index,
                "relevance_score": ranked.relevance_score,
                **({"document": {"text": texts[ranked.index]}} if asked.return_documents else {}),
            }
            for ranked in of_documents(answer.results, len(texts), asked.top_n)
        ]
        head = {"object": "list", "id": answer.id, "model": answer.model}
        return _encoder.encode({**head, "results": results, **_usage_members(answer.usage)})


class RankingForm:
    """See `wire.dialect.Form` for what each method promises."""

    def encode(
        self,
        request: RankingRequest,
        *,
        model: str,
        options: Mapping[str, Any],
        losses: Losses,
    ) -> Mapping[str, Any]:
        """The members of the body; documents come back from the request, not from the backend."""
        if request.max_tokens_per_doc is not None:
            losses.unsayable("max_tokens_per_doc", "this backend reads documents whole")
        losses.leave(request.extra)
        wanted = {
            "model": model,
            "query": request.query,
            "documents": request.documents,
            "top_n": request.top_n,
        }
        return {**options, **{name: value for name, value in wanted.items() if value is not None}}

    def decode_answer(self, body: bytes) -> Ranking:
        """A complete reply."""
        try:
            reply = _reply.decode(body)
        except UNREADABLE as error:
            raise UpstreamGarbled("the backend's ranking is not what its API promises") from error
        return Ranking(
            id=reply.id or "",
            model=reply.model or "",
            results=best_first(Ranked(each.index, each.relevance_score) for each in reply.results),
            usage=_usage(reply.usage, reply.meta),
        )


def _asked(inbound: Inbound) -> _Request:
    try:
        return _request.decode(inbound.body)
    except UNREADABLE as error:
        found = complaint(error, inbound.body)
        if "unknown field" in found.message:
            raise InvalidRequest(f"documents: {_FLAT}", param="documents") from error
        raise found from error


def _usage(raw: Mapping[str, Any] | None, meta: Mapping[str, Any] | None) -> Usage | None:
    """Tokens read (some say the total only), or search units: Cohere's older shape, OpenRouter."""
    counts = raw or {}
    billed = (meta or {}).get("billed_units")
    units = billed.get("search_units") if isinstance(billed, Mapping) else None
    usage = Usage(
        input_tokens=token_count(counts.get("prompt_tokens"))
        or token_count(counts.get("total_tokens")),
        search_units=token_count(units) or token_count(counts.get("search_units")),
        reported_usd=reported_usd(counts),
    )
    return usage if usage.input_tokens or usage.search_units else None


def _usage_members(usage: Usage | None) -> Mapping[str, Any]:
    """Usage in the words that servers of this shape have for it."""
    if usage is None:
        return {}
    members: dict[str, Any] = {}
    if usage.input_tokens:
        read = usage.input_tokens
        members["usage"] = {"prompt_tokens": read, "total_tokens": read}
    if usage.search_units:
        members["meta"] = {"billed_units": {"search_units": usage.search_units}}
    return members
