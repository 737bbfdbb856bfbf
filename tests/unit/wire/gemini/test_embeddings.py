"""Embeddings as Gemini is asked for them, and answers."""

from typing import Any

import pytest

from headgate.core.chat import ImagePart
from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.stream import Answer
from headgate.core.usage import Usage
from headgate.core.vectors import EmbeddingRequest, Embeddings
from headgate.wire.gemini.embeddings import EmbeddingForm
from headgate.wire.losses import Losses

FORM = EmbeddingForm()


def encoded(options: Any = None, losses: Losses | None = None, **asked: Any) -> Any:
    return FORM.encode(
        EmbeddingRequest(**asked),
        model="models/e-1",
        options=options or {},
        losses=losses or Losses(),
    )["requests"]


def test_each_text_is_a_request_of_its_own() -> None:
    assert encoded(texts=("a", "b"), dimensions=3, input_type="search_query") == [
        {
            "model": "models/e-1",
            "taskType": "RETRIEVAL_QUERY",
            "outputDimensionality": 3,
            "content": {"parts": [{"text": text}]},
        }
        for text in ("a", "b")
    ]


def test_options_and_own_fields_fill_in_what_is_left_open() -> None:
    options = {"taskType": "CLUSTERING", "title": "t", "outputDimensionality": 2, "topK": 1}
    (request,) = encoded(options, texts=("a",), extra={"title": "own"})
    assert request == {
        "model": "models/e-1",
        "taskType": "CLUSTERING",
        "title": "own",
        "outputDimensionality": 2,
        "content": {"parts": [{"text": "a"}]},
    }
    assert encoded(options, texts=("a",), input_type="search_document")[0]["taskType"] == (
        "RETRIEVAL_DOCUMENT"
    )


def test_pictures_are_embedded_inline() -> None:
    (request,) = encoded(images=(ImagePart(data="aQ==", media_type="image/jpeg"),))
    assert request["content"]["parts"] == [
        {"inlineData": {"mimeType": "image/jpeg", "data": "aQ=="}}
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"tokens": ((1, 2),)},
        {"images": (ImagePart(url="https://a.example/a.png"),)},
        {"texts": ("a",), "input_type": "image"},
        {"texts": ("a",), "truncate": "START"},
        {"texts": ("a",), "extra": {"unknown": 1}},
    ],
)
def test_what_has_no_word_is_refused(asked: Any) -> None:
    with pytest.raises(InvalidRequest):
        encoded(**asked)


def test_what_changes_nothing_is_left_out() -> None:
    losses = Losses()
    encoded(losses=losses, texts=("a",), user="u", truncate="END")
    assert losses.names == ("user",)


BODY = (
    b'{"embeddings":[{"values":[0.5,-1]},{"values":[2,3]}],"usageMetadata":{"promptTokenCount":4}}'
)


def test_an_answer_is_read() -> None:
    usage = Usage(input_tokens=4)
    assert FORM.decode_answer(BODY) == Embeddings(vectors=((0.5, -1.0), (2.0, 3.0)), usage=usage)
    assert FORM.account(BODY) == Answer(usage=usage)
    assert FORM.account(b'{"embeddings":[]}') == Answer()


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"embeddings":7}', b"[" * 100_000])
def test_what_is_no_answer_is_garbled(body: bytes) -> None:
    with pytest.raises(UpstreamGarbled):
        FORM.decode_answer(body)
    if body != b'{"embeddings":7}':
        with pytest.raises(UpstreamGarbled):
            FORM.account(body)
