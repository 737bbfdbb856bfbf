"""`/v1/embeddings` in both directions: texts or tokens, floats or base64."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import CreateEmbeddingResponse

from headgate.core.chat import ImagePart
from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.usage import Usage
from headgate.core.vectors import EmbeddingRequest, Embeddings
from headgate.wire.floats import pack
from headgate.wire.losses import Losses
from headgate.wire.openai.embeddings import EmbeddingForm, EmbeddingSurface
from headgate.wire.openai.requests import decode_request

FORM, SURFACE = EmbeddingForm(), EmbeddingSurface()
TEXTS = st.lists(st.text(max_size=9), min_size=1, max_size=4).map(tuple)
TOKENS = st.lists(st.lists(st.integers(0, 9), min_size=1).map(tuple), min_size=1, max_size=3)
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


def inbound(**fields: Any) -> Inbound:
    return decode_request("embedding", msgspec.json.encode({"model": "m", **fields}))


def sent(request: EmbeddingRequest, losses: Losses | None = None, **options: Any) -> dict[str, Any]:
    return dict(FORM.encode(request, model="m", options=options, losses=losses or Losses()))


@st.composite
def wishes(draw: st.DrawFn) -> EmbeddingRequest:
    is_text = draw(st.booleans())
    return EmbeddingRequest(
        texts=draw(TEXTS) if is_text else (),
        tokens=() if is_text else tuple(draw(TOKENS)),
        dimensions=draw(st.none() | st.integers(1, 4096)),
        user=draw(st.none() | st.just("u")),
    )


@given(wishes())
def test_a_wish_put_into_words_comes_back(request):
    body = msgspec.json.encode(sent(request))
    assert SURFACE.canonical(decode_request("embedding", body)) == request


@given(
    st.lists(st.lists(FLOATS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3),
    st.sampled_from([None, "float", "base64"]),
)
def test_vectors_put_into_words_come_back_and_suit_the_sdk(vectors, encoding):
    asked = inbound(input=["a"] * len(vectors), encoding_format=encoding)
    answer = Embeddings(model="e", vectors=tuple(vectors), usage=Usage(input_tokens=3))
    body = SURFACE.encode_answer(answer, asked)
    assert FORM.decode_answer(body) == answer
    if encoding != "base64":
        CreateEmbeddingResponse.model_validate_json(body)


@pytest.mark.parametrize(
    ("given_", "texts", "tokens"),
    [
        ("a", ("a",), ()),
        (["a", "b"], ("a", "b"), ()),
        ([1, 2], (), ((1, 2),)),
        ([[1, 2], [3]], (), ((1, 2), (3,))),
    ],
)
def test_input_is_one_or_several_texts_or_their_tokens(given_, texts, tokens):
    request = SURFACE.canonical(inbound(input=given_, input_type="x", truncate="END", z=1))
    assert (request.texts, request.tokens) == (texts, tokens)
    assert (request.input_type, request.truncate) == ("x", "END")
    assert request.extra == {"z": 1}


def test_a_field_of_the_wrong_kind_is_named():
    with pytest.raises(InvalidRequest) as caught:
        SURFACE.canonical(inbound(input="a", dimensions="4"))
    assert caught.value.param == "dimensions"


def test_unknown_usage_is_written_as_the_sdk_expects_it():
    body = SURFACE.encode_answer(Embeddings(vectors=((0.5,),)), inbound(input="a"))
    assert msgspec.json.decode(body)["usage"] == {"prompt_tokens": 0, "total_tokens": 0}


def test_a_vector_too_few_is_garbled_and_not_shifted():
    with pytest.raises(UpstreamGarbled, match="1 vectors for 2"):
        SURFACE.encode_answer(Embeddings(vectors=((0.5,),)), inbound(input=["a", "b"]))


def test_floats_are_asked_for_and_options_fill_in():
    request = EmbeddingRequest(texts=("a",), dimensions=4)
    assert sent(request, dimensions=8, normalize=True) == {
        "model": "m",
        "input": ("a",),
        "encoding_format": "float",
        "dimensions": 4,
        "normalize": True,
    }


def test_what_a_text_is_for_is_dropped_and_said():
    losses = Losses()
    request = EmbeddingRequest(texts=("a",), input_type="search_query", truncate="NONE")
    assert "input_type" not in sent(request, losses)
    assert losses.names == ("input_type",)


@pytest.mark.parametrize(
    ("request_", "param"),
    [
        (EmbeddingRequest(images=(ImagePart(data="AA=="),)), "images"),
        (EmbeddingRequest(texts=("a",), truncate="START"), "truncate"),
        (EmbeddingRequest(texts=("a",), extra={"max_tokens": 9}), "max_tokens"),
    ],
)
def test_what_has_no_word_is_refused_by_name(request_, param):
    with pytest.raises(InvalidRequest) as caught:
        sent(request_)
    assert caught.value.param == param


def test_vectors_are_put_in_their_places():
    data = [{"index": 1, "embedding": [2]}, {"index": 0, "embedding": pack((1.0,))}]
    body = msgspec.json.encode({"data": data, "model": "e", "usage": {"prompt_tokens": 2}})
    assert FORM.decode_answer(body) == Embeddings(
        model="e", vectors=((1.0,), (2.0,)), usage=Usage(input_tokens=2)
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"data":[{"embedding":"?"}]}',
        b'{"data":[{"embedding":[[1]]}]}',
        b'{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[2]}]}',
    ],
)
def test_what_holds_no_vectors_is_garbled(body):
    with pytest.raises(UpstreamGarbled):
        FORM.decode_answer(body)
