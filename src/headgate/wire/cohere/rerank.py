"""`/v2/rerank`: for clients whose backend speaks another dialect, and for backends."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.errors import UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.stream import Answer
from headgate.core.vectors import Ranked, Ranking, RankingRequest
from headgate.wire.alignment import best_first, of_documents
from headgate.wire.cohere.shapes import billed_units, reported_usage
from headgate.wire.complaints import complaint
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE, extra_fields

_OWN_FIELDS = frozenset({"priority"})


class _Request(Struct):
    query: str
    documents: list[str]
    model: str | None = None
    top_n: int | None = None
    max_tokens_per_doc: int | None = None


class _Result(Struct, gc=False):
    index: int
    relevance_score: float


class _Reply(Struct, gc=False):
    results: list[_Result]
    id: str | None = None
    meta: dict[str, Any] | None = None


class _Account(Struct, gc=False):
    results: Raw
    meta: dict[str, Any] | None = None


_request = msgspec.json.Decoder(_Request)
_reply = msgspec.json.Decoder(_Reply)
_account = msgspec.json.Decoder(_Account)
_encoder = msgspec.json.Encoder()
_KNOWN = frozenset(field.name for field in msgspec.structs.fields(_Request))


class RankingSurface:
    """See `wire.dialect.Surface` for what each method promises."""

    def canonical(self, inbound: Inbound) -> RankingRequest:
        """What is to be ranked.

        Raises:
            InvalidRequest: A document that is no text.
        """
        asked = _asked(inbound)
        return RankingRequest(
            query=asked.query,
            documents=tuple(asked.documents),
            top_n=asked.top_n,
            max_tokens_per_doc=asked.max_tokens_per_doc,
            extra=extra_fields(inbound, _KNOWN),
        )

    def encode_answer(self, answer: Ranking, inbound: Inbound) -> bytes:
        """The best documents first.

        Raises:
            UpstreamGarbled: A result stands for no document.
        """
        asked = _asked(inbound)
        results = of_documents(answer.results, len(asked.documents), asked.top_n)
        meta: dict[str, Any] = {"api_version": {"version": "2"}}
        if answer.usage is not None:
            meta["billed_units"] = billed_units(answer.usage)
        return _encoder.encode({"id": answer.id, "results": results, "meta": meta})


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
        """The members of the body; documents come back from the request, not from Cohere."""
        losses.leave(request.extra, _OWN_FIELDS)
        wanted = {
            "model": model,
            "query": request.query,
            "documents": request.documents,
            "top_n": request.top_n,
            "max_tokens_per_doc": request.max_tokens_per_doc,
            **{name: value for name, value in request.extra.items() if name in _OWN_FIELDS},
        }
        return {name: value for name, value in wanted.items() if value is not None}

    def decode_answer(self, body: bytes) -> Ranking:
        """A complete reply."""
        try:
            reply = _reply.decode(body)
        except UNREADABLE as error:
            raise UpstreamGarbled("the backend's ranking is not what its API promises") from error
        results = (Ranked(each.index, each.relevance_score) for each in reply.results)
        return Ranking(
            id=reply.id or "", results=best_first(results), usage=reported_usage(reply.meta)
        )

    @staticmethod
    def account(body: bytes) -> Answer:
        """What the ledger needs of a reply that is relayed.

        Raises:
            UpstreamGarbled: It is none.
        """
        try:
            return Answer(usage=reported_usage(_account.decode(body).meta))
        except UNREADABLE as error:
            raise UpstreamGarbled("the backend's ranking is not what its API promises") from error


def _asked(inbound: Inbound) -> _Request:
    try:
        return _request.decode(inbound.body)
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error
