"""`/api/embed` and the older `/api/embeddings`: for clients, and of backends."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.stream import Answer
from headgate.core.usage import Usage
from headgate.core.vectors import EmbeddingRequest, Embeddings
from headgate.wire.alignment import for_each
from headgate.wire.complaints import complaint
from headgate.wire.counts import token_count
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE, extra_fields
from headgate.wire.ollama.settings import BESIDE_OPTIONS, other_options

_BESIDE_OPTIONS = BESIDE_OPTIONS["embedding"]
_NOTHING = Raw(b"")
_CUTS: Mapping[str, bool] = {"NONE": False, "END": True}


class _Embed(Struct):
    input: str | list[str]
    model: str | None = None
    truncate: bool | None = None
    dimensions: int | None = None
    options: dict[str, Any] | None = None


class _Embeddings(Struct):
    prompt: str
    model: str | None = None
    options: dict[str, Any] | None = None


class _Reply(Struct, gc=False):
    embeddings: list[list[float]]
    model: str | None = None
    prompt_eval_count: Any = None


class _Account(Struct, gc=False):
    """What the ledger needs; the vectors, of either endpoint, are left as they are."""

    embeddings: Raw = _NOTHING
    embedding: Raw = _NOTHING
    model: str | None = None
    prompt_eval_count: Any = None


_embed = msgspec.json.Decoder(_Embed)
_embeddings = msgspec.json.Decoder(_Embeddings)
_reply = msgspec.json.Decoder(_Reply)
_account = msgspec.json.Decoder(_Account)
_encoder = msgspec.json.Encoder()
_KNOWN = frozenset(field.name for field in msgspec.structs.fields(_Embed))
_KNOWN_BEFORE = frozenset(field.name for field in msgspec.structs.fields(_Embeddings))


class EmbedSurface:
    """`/api/embed`; see `wire.dialect.Surface` for what each method promises."""

    def canonical(self, inbound: Inbound) -> EmbeddingRequest:
        """What is to be embedded."""
        asked: _Embed = _asked(_embed, inbound)
        return EmbeddingRequest(
            texts=_texts(asked),
            dimensions=asked.dimensions,
            # To cut is the default here: who asks for it asks for nothing.
            truncate="NONE" if asked.truncate is False else None,
            extra={**extra_fields(inbound, _KNOWN), **other_options(inbound)},
        )

    def encode_answer(self, answer: Embeddings, inbound: Inbound) -> bytes:
        """The vectors.

        Raises:
            UpstreamGarbled: There is not one for each text.
        """
        vectors = for_each(answer.vectors, len(_texts(_asked(_embed, inbound))))
        counted = {"prompt_eval_count": answer.usage.input_tokens} if answer.usage else {}
        return _encoder.encode({"model": answer.model, "embeddings": vectors, **counted})


class EmbeddingsSurface:
    """`/api/embeddings`; see `wire.dialect.Surface` for what each method promises."""

    def canonical(self, inbound: Inbound) -> EmbeddingRequest:
        """The one text."""
        asked: _Embeddings = _asked(_embeddings, inbound)
        return EmbeddingRequest(
            texts=(asked.prompt,),
            extra={**extra_fields(inbound, _KNOWN_BEFORE), **other_options(inbound)},
        )

    def encode_answer(self, answer: Embeddings, inbound: Inbound) -> bytes:
        """The one vector.

        Raises:
            UpstreamGarbled: There is none, or more.
        """
        (vector,) = for_each(answer.vectors, 1)
        return _encoder.encode({"embedding": vector})


class EmbedForm:
    """`/api/embed` of a backend; see `wire.dialect.Form` for what each method promises."""

    def encode(
        self,
        request: EmbeddingRequest,
        *,
        model: str,
        options: Mapping[str, Any],
        losses: Losses,
    ) -> Mapping[str, Any]:
        """The members of the body.

        Raises:
            InvalidRequest: Tokens or pictures, or texts to be cut at their start.
        """
        if not request.texts:
            param = "images" if request.images else "input"
            raise InvalidRequest(
                f"{param}: Ollama embeds text only", param=param, hint="send texts"
            )
        if request.input_type is not None:
            # What the text is for; a model without such a distinction embeds all alike.
            losses.drop("input_type")
        if request.user is not None:
            losses.drop("user")
        if request.truncate not in {None, *_CUTS}:
            losses.unsayable("truncate", "Ollama cuts texts at their end only")
        losses.leave(request.extra, _BESIDE_OPTIONS)
        inside = {name: value for name, value in options.items() if name not in _BESIDE_OPTIONS}
        beside = {name: value for name, value in options.items() if name in _BESIDE_OPTIONS}
        wanted = {
            "model": model,
            "input": request.texts,
            "truncate": _CUTS.get(request.truncate or ""),
            "dimensions": request.dimensions,
            "options": inside or None,
        }
        return {**beside, **{name: value for name, value in wanted.items() if value is not None}}

    def decode_answer(self, body: bytes) -> Embeddings:
        """A complete reply."""
        try:
            reply = _reply.decode(body)
        except UNREADABLE as error:
            raise UpstreamGarbled("the backend's vectors are not what its API promises") from error
        return Embeddings(
            model=reply.model or "",
            vectors=tuple(tuple(vector) for vector in reply.embeddings),
            usage=_usage(reply.prompt_eval_count),
        )


def account_of_embeddings(body: bytes) -> Answer:
    """What the ledger needs of either endpoint's reply.

    Raises:
        UpstreamGarbled: It is none.
    """
    try:
        reply = _account.decode(body)
    except UNREADABLE as error:
        raise UpstreamGarbled("the backend's reply is not what its API promises") from error
    if not bytes(reply.embeddings or reply.embedding).startswith(b"["):
        raise UpstreamGarbled("the backend's reply has no vectors")
    return Answer(model=reply.model or "", usage=_usage(reply.prompt_eval_count))


def _asked(decoder: msgspec.json.Decoder[Any], inbound: Inbound) -> Any:
    try:
        return decoder.decode(inbound.body)
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error


def _texts(asked: _Embed) -> tuple[str, ...]:
    return (asked.input,) if isinstance(asked.input, str) else tuple(asked.input)


def _usage(count: Any) -> Usage | None:
    return None if count is None else Usage(input_tokens=token_count(count))
