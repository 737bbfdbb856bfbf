"""`/v2/embed`: for clients whose backend speaks another dialect, and for backends."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.chat import ImagePart
from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.stream import Answer
from headgate.core.vectors import EmbeddingRequest, Embeddings
from headgate.wire.alignment import Vector, for_each
from headgate.wire.cohere.conversation import image_of
from headgate.wire.cohere.shapes import billed_units, reported_usage
from headgate.wire.complaints import complaint
from headgate.wire.floats import pack, unpack
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE, extra_fields

USUAL_INPUT_TYPE = "search_document"
"""What a text is taken for where nobody says: most that is embedded is to be found later.

Such a vector also stands nearest to one of any other kind, so a query that went in as a
document still finds; set `input_type` on a target that embeds queries.
"""
_FORMATS = ("float", "base64")
"""Kinds of vectors that follow from the numbers themselves; others only Cohere can make."""
_OWN_FIELDS = frozenset({"max_tokens", "priority"})


class _Text(Struct):
    text: str | None = None
    type: str = "text"
    image_url: "_Url | None" = None


class _Url(Struct):
    url: str


class _Input(Struct):
    content: list[_Text]


class _Request(Struct):
    model: str | None = None
    texts: list[str] | None = None
    images: list[str] | None = None
    inputs: list[_Input] | None = None
    input_type: str | None = None
    embedding_types: list[str] | None = None
    output_dimension: int | None = None
    truncate: str | None = None


class _ByType(Struct, gc=False):
    float_: list[list[float]] | None = msgspec.field(default=None, name="float")
    base64: list[str] | None = None


class _Reply(Struct, gc=False):
    embeddings: _ByType | list[list[float]]
    id: str | None = None
    meta: dict[str, Any] | None = None


class _Account(Struct, gc=False):
    embeddings: Raw
    """Left as it is: it may be many megabytes."""
    meta: dict[str, Any] | None = None


_request = msgspec.json.Decoder(_Request)
_reply = msgspec.json.Decoder(_Reply)
_account = msgspec.json.Decoder(_Account)
_encoder = msgspec.json.Encoder()
_KNOWN = frozenset(field.name for field in msgspec.structs.fields(_Request))


class EmbeddingSurface:
    """See `wire.dialect.Surface` for what each method promises."""

    def canonical(self, inbound: Inbound) -> EmbeddingRequest:
        """What is to be embedded.

        Raises:
            InvalidRequest: A kind of vector, or a mixture, that only Cohere knows.
        """
        asked = _asked(inbound)
        texts, images = _inputs(asked)
        return EmbeddingRequest(
            texts=texts,
            images=images,
            dimensions=asked.output_dimension,
            input_type=asked.input_type,
            truncate=asked.truncate,
            extra=extra_fields(inbound, _KNOWN),
        )

    def encode_answer(self, answer: Embeddings, inbound: Inbound) -> bytes:
        """The vectors by their kind.

        Raises:
            UpstreamGarbled: There is not one for each input.
        """
        asked = _asked(inbound)
        texts, images = _inputs(asked)
        vectors = for_each(answer.vectors, len(texts) + len(images))
        by_type: dict[str, Any] = {}
        for kind in asked.embedding_types or _FORMATS[:1]:
            by_type[kind] = vectors if kind == "float" else [pack(each) for each in vectors]
        meta: dict[str, Any] = {"api_version": {"version": "2"}}
        if answer.usage is not None:
            meta["billed_units"] = billed_units(answer.usage)
        return _encoder.encode(
            {
                "id": answer.id,
                "embeddings": by_type,
                "texts": texts,
                "response_type": "embeddings_by_type",
                "meta": meta,
            }
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
            InvalidRequest: Something that is no text and no picture at hand.
        """
        if request.tokens:
            raise InvalidRequest(
                "input: Cohere takes text, not another tokenizer's tokens", param="input"
            )
        if request.user is not None:
            losses.drop("user")
        losses.leave(request.extra, _OWN_FIELDS)
        usual = "image" if request.images else options.get("input_type", USUAL_INPUT_TYPE)
        wanted = {
            "model": model,
            "input_type": request.input_type or usual,
            "texts": list(request.texts) or None,
            "images": [_data_url(image) for image in request.images] or None,
            "embedding_types": ["float"],
            "output_dimension": request.dimensions,
            "truncate": request.truncate or options.get("truncate"),
            **{name: value for name, value in request.extra.items() if name in _OWN_FIELDS},
        }
        return {name: value for name, value in wanted.items() if value is not None}

    def decode_answer(self, body: bytes) -> Embeddings:
        """A complete reply."""
        try:
            reply = _reply.decode(body)
            vectors = _vectors(reply.embeddings)
        except (*UNREADABLE, ValueError) as error:
            raise UpstreamGarbled("the backend's vectors are not what its API promises") from error
        return Embeddings(id=reply.id or "", vectors=vectors, usage=reported_usage(reply.meta))

    @staticmethod
    def account(body: bytes) -> Answer:
        """What the ledger needs of a reply that is relayed.

        Raises:
            UpstreamGarbled: It is none.
        """
        try:
            return Answer(usage=reported_usage(_account.decode(body).meta))
        except UNREADABLE as error:
            raise UpstreamGarbled("the backend's vectors are not what its API promises") from error


def _asked(inbound: Inbound) -> _Request:
    try:
        asked = _request.decode(inbound.body)
    except UNREADABLE as error:
        raise complaint(error, inbound.body) from error
    for kind in asked.embedding_types or ():
        if kind not in _FORMATS:
            raise InvalidRequest(
                f"embedding_types: `{kind}` is known to backends of the Cohere API only",
                param="embedding_types",
                hint="ask for `float` or `base64`",
            )
    return asked


def _inputs(asked: _Request) -> tuple[tuple[str, ...], tuple[ImagePart, ...]]:
    """All that is to be embedded: texts, or pictures."""
    texts, urls = list(asked.texts or ()), list(asked.images or ())
    for index, each in enumerate(asked.inputs or ()):
        match each.content:
            case [_Text(type="text", text=str(text))]:
                texts.append(text)
            case [_Text(type="image_url", image_url=_Url(url=url))]:
                urls.append(url)
            case _:
                raise InvalidRequest(
                    f"inputs[{index}]: a mixture is known to backends of the Cohere API only",
                    param="inputs",
                )
    if texts and urls:
        raise InvalidRequest(
            "inputs: texts beside pictures are known to backends of the Cohere API only",
            param="inputs",
        )
    return tuple(texts), tuple(image_of(url) for url in urls)


def _data_url(image: ImagePart) -> str:
    if image.data is None:
        raise InvalidRequest(
            "images: Cohere takes pictures inline",
            param="images",
            hint="send them as `data:` URLs in base64",
        )
    return f"data:{image.media_type or 'image/png'};base64,{image.data}"


def _vectors(found: _ByType | list[list[float]]) -> tuple[Vector, ...]:
    if isinstance(found, list):
        return tuple(tuple(vector) for vector in found)
    if found.float_ is not None:
        return tuple(tuple(vector) for vector in found.float_)
    if found.base64 is None:
        raise ValueError("there are no vectors of a kind that was asked for")
    return tuple(unpack(text) for text in found.base64)
