"""`batchEmbedContents`: one request for each text or picture, all in one body."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.chat import ImagePart
from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.stream import Answer
from headgate.core.usage import Usage
from headgate.core.vectors import EmbeddingRequest, Embeddings
from headgate.wire.gemini.answers import usage_of
from headgate.wire.losses import Losses
from headgate.wire.members import UNREADABLE

_TASKS: Mapping[str, str] = {
    "search_document": "RETRIEVAL_DOCUMENT",
    "search_query": "RETRIEVAL_QUERY",
    "classification": "CLASSIFICATION",
    "clustering": "CLUSTERING",
}
_OWN_FIELDS = frozenset({"taskType", "title"})


class _Vector(Struct, gc=False):
    values: list[float]


class _Reply(Struct, gc=False, rename="camel"):
    embeddings: list[_Vector]
    usage_metadata: dict[str, Any] | None = None


class _Account(Struct, gc=False, rename="camel"):
    embeddings: Raw
    """Left as it is: it may be many megabytes."""
    usage_metadata: dict[str, Any] | None = None


_reply = msgspec.json.Decoder(_Reply)
_account = msgspec.json.Decoder(_Account)


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
                "input: Gemini takes text, not another tokenizer's tokens", param="input"
            )
        if request.truncate not in {None, "END"}:
            losses.unsayable("truncate", "Gemini cuts a text that is too long at its end")
        if request.user is not None:
            losses.drop("user")
        losses.leave(request.extra, _OWN_FIELDS)
        shared = {
            "model": f"models/{model.removeprefix('models/')}",
            "taskType": _task(request.input_type) or options.get("taskType"),
            "title": options.get("title"),
            "outputDimensionality": request.dimensions or options.get("outputDimensionality"),
            **{name: value for name, value in request.extra.items() if name in _OWN_FIELDS},
        }
        present = {name: value for name, value in shared.items() if value is not None}
        parts = [{"text": text} for text in request.texts] + [_image(i) for i in request.images]
        return {"requests": [{**present, "content": {"parts": [part]}} for part in parts]}

    def decode_answer(self, body: bytes) -> Embeddings:
        """A complete reply.

        Raises:
            UpstreamGarbled: It is none.
        """
        try:
            reply = _reply.decode(body)
        except UNREADABLE as error:
            raise _garbled() from error
        vectors = tuple(tuple(each.values) for each in reply.embeddings)
        return Embeddings(vectors=vectors, usage=_usage(reply.usage_metadata))

    @staticmethod
    def account(body: bytes) -> Answer:
        """What the ledger needs of a reply.

        Raises:
            UpstreamGarbled: It is none.
        """
        try:
            return Answer(usage=_usage(_account.decode(body).usage_metadata))
        except UNREADABLE as error:
            raise _garbled() from error


def _task(input_type: str | None) -> str | None:
    if input_type is None:
        return None
    if input_type not in _TASKS:
        raise InvalidRequest(f"input_type: Gemini knows no `{input_type}`", param="input_type")
    return _TASKS[input_type]


def _image(image: ImagePart) -> Mapping[str, Any]:
    if image.data is None:
        raise InvalidRequest(
            "images: Gemini takes pictures inline",
            param="images",
            hint="send them as `data:` URLs in base64",
        )
    return {"inlineData": {"mimeType": image.media_type or "image/png", "data": image.data}}


def _usage(raw: Mapping[str, Any] | None) -> Usage | None:
    return usage_of(raw) if raw else None


def _garbled() -> UpstreamGarbled:
    return UpstreamGarbled("the backend's vectors are not what its API promises")
