"""`/v1/embeddings`: for clients whose backend speaks another dialect, and for backends."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.vectors import EmbeddingRequest, Embeddings
from headgate.wire.alignment import Vector, for_each, in_place
from headgate.wire.complaints import complaint
from headgate.wire.floats import pack, unpack
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE, extra_fields
from headgate.wire.openai.shapes import reported_usage


class _Request(Struct):
    input: str | list[str | int | list[int]]
    model: str | None = None
    encoding_format: str | None = None
    dimensions: int | None = None
    user: str | None = None
    # Not OpenAI's, but how clients of this API tell one that needs them.
    input_type: str | None = None
    truncate: str | None = None


class _Vector(Struct, gc=False):
    embedding: str | list[float]
    index: int | None = None


class _Reply(Struct, gc=False):
    data: list[_Vector]
    model: str | None = None
    usage: dict[str, Any] | None = None


_request = msgspec.json.Decoder(_Request)
_reply = msgspec.json.Decoder(_Reply)
_encoder = msgspec.json.Encoder()
_KNOWN = frozenset(field.name for field in msgspec.structs.fields(_Request))


class EmbeddingSurface:
    """See `wire.dialect.Surface` for what each method promises."""

    def canonical(self, inbound: Inbound) -> EmbeddingRequest:
        """What is to be embedded."""
        asked = _asked(inbound)
        texts, tokens = _inputs(asked.input)
        return EmbeddingRequest(
            texts=texts,
            tokens=tokens,
            dimensions=asked.dimensions,
            input_type=asked.input_type,
            truncate=asked.truncate,
            user=asked.user,
            extra=extra_fields(inbound, _KNOWN),
        )

    def encode_answer(self, answer: Embeddings, inbound: Inbound) -> bytes:
        """The vectors in the encoding asked for.

        Raises:
            UpstreamGarbled: There is not one for each input.
        """
        asked = _asked(inbound)
        texts, tokens = _inputs(asked.input)
        vectors = for_each(answer.vectors, len(texts) + len(tokens))
        in_base64 = asked.encoding_format == "base64"
        data = [
            {
                "object": "embedding",
                "index": index,
                "embedding": pack(vector) if in_base64 else vector,
            }
            for index, vector in enumerate(vectors)
        ]
        # This API promises counts; SDKs read them without asking whether they are there.
        tokens_read = answer.usage.input_tokens if answer.usage else 0
        usage = {"prompt_tokens": tokens_read, "total_tokens": tokens_read}
        return _encoder.encode(
            {"object": "list", "data": data, "model": answer.model, "usage": usage}
        )


class EmbeddingForm:
    """See `wire.dialect.Form` for what each method promises."""

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
            InvalidRequest: Pictures, or a way to cut texts short.
        """
        if request.images:
            raise InvalidRequest(
                "images: this backend embeds text only", param="images", hint="send texts"
            )
        if request.input_type is not None:
            # What the text is for; a model without such a distinction embeds all alike.
            losses.drop("input_type")
        if request.truncate not in {None, "NONE"}:
            losses.unsayable("truncate", "this backend refuses texts that are too long")
        losses.leave(request.extra)
        wanted = {
            "model": model,
            "input": request.texts or request.tokens,
            "encoding_format": "float",
            "dimensions": request.dimensions,
            "user": request.user,
        }
        return {**options, **{name: value for name, value in wanted.items() if value is not None}}

    def decode_answer(self, body: bytes) -> Embeddings:
        """A complete reply; of whichever encoding, for some servers know only one."""
        try:
            reply = _reply.decode(body)
            vectors = [(each.index, _numbers(each.embedding)) for each in reply.data]
        except (*UNREADABLE, ValueError) as error:
            raise UpstreamGarbled("the backend's vectors are not what its API promises") from error
        return Embeddings(
            model=reply.model or "",
            vectors=in_place(vectors),
            usage=reported_usage(reply.usage),
        )


def _asked(inbound: Inbound) -> _Request:
    try:
        return _request.decode(inbound.body)
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error


def _inputs(
    given: str | list[str | int | list[int]],
) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """Texts, or lists of tokens; a flat list of tokens is one text."""
    if isinstance(given, str):
        return (given,), ()
    numbers = tuple(each for each in given if isinstance(each, int))
    if numbers:
        return (), (numbers,)
    texts = tuple(each for each in given if isinstance(each, str))
    return texts, tuple(tuple(each) for each in given if isinstance(each, list))


def _numbers(embedding: str | list[float]) -> Vector:
    return unpack(embedding) if isinstance(embedding, str) else tuple(embedding)
