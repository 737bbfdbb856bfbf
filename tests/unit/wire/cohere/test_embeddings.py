"""`/v2/embed` in both directions: what is asked, and vectors by kind."""

from typing import Any

import cohere
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from headgate.core.chat import ImagePart
from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.usage import Usage
from headgate.core.vectors import EmbeddingRequest, Embeddings
from headgate.wire.cohere.embeddings import EmbeddingForm, EmbeddingSurface
from headgate.wire.cohere.requests import decode_request
from headgate.wire.floats import pack
from headgate.wire.losses import Losses
from support.request_shapes import PIXEL

FORM, SURFACE = EmbeddingForm(), EmbeddingSurface()
TEXTS = st.lists(st.text(max_size=9), min_size=1, max_size=4).map(tuple)
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


def inbound(**fields: Any) -> Inbound:
    return decode_request("embedding", msgspec.json.encode({"model": "m", **fields}))


def sent(request: EmbeddingRequest, losses: Losses | None = None, **options: Any) -> dict[str, Any]:
    return dict(FORM.encode(request, model="m", options=options, losses=losses or Losses()))


def wants(draw: st.DrawFn) -> EmbeddingRequest:
    inline = ImagePart(data="AA==", media_type="image/webp")
    kind = draw(st.booleans())
    return EmbeddingRequest(
        texts=draw(TEXTS) if kind else (),
        images=() if kind else (inline,) * draw(st.integers(1, 3)),
        dimensions=draw(st.none() | st.integers(1, 4096)),
        input_type=draw(st.sampled_from(["search_query", "clustering", "image"])),
        truncate=draw(st.none() | st.sampled_from(["NONE", "START", "END"])),
        extra=draw(st.sampled_from([{}, {"max_tokens": 9}, {"priority": 2}])),
    )


@given(st.composite(wants)())
def test_a_wish_put_into_coheres_words_comes_back(request):
    body = msgspec.json.encode(sent(request))
    assert SURFACE.canonical(decode_request("embedding", body)) == request


@given(st.lists(st.lists(FLOATS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3))
def test_vectors_put_into_coheres_words_come_back(vectors):
    asked = inbound(texts=["a"] * len(vectors), embedding_types=["base64"])
    answer = Embeddings(
        id="e", vectors=tuple(vectors), usage=Usage(input_tokens=3, billed_input_tokens=3)
    )
    assert FORM.decode_answer(SURFACE.encode_answer(answer, asked)) == answer
    floats = replace(asked, body=inbound(texts=["a"] * len(vectors)).body)
    assert FORM.decode_answer(SURFACE.encode_answer(answer, floats)) == answer


def test_a_reply_suits_the_sdk():
    asked = inbound(texts=["a", "b"], embedding_types=["float", "base64"], input_type="x")
    answer = Embeddings(id="e", vectors=((0.5,), (0.25,)))
    body = SURFACE.encode_answer(answer, asked)
    reply = cohere.EmbedByTypeResponse.model_validate_json(body, strict=True)
    assert reply.embeddings.base64 == [pack((0.5,)), pack((0.25,))]
    assert reply.texts == ["a", "b"]
    assert reply.meta is not None
    assert reply.meta.billed_units is None


def test_what_a_text_is_for_has_an_order():
    text = EmbeddingRequest(texts=("a",))
    assert sent(text)["input_type"] == "search_document"
    assert sent(text, input_type="search_query")["input_type"] == "search_query"
    asked = replace(text, input_type="clustering")
    assert sent(asked, input_type="search_query")["input_type"] == "clustering"
    picture = EmbeddingRequest(images=(ImagePart(data="AA=="),))
    assert sent(picture, input_type="search_query")["input_type"] == "image"


def test_a_target_may_cut_texts_short():
    text = EmbeddingRequest(texts=("a",))
    assert "truncate" not in sent(text)
    assert sent(text, truncate="END")["truncate"] == "END"
    assert sent(replace(text, truncate="NONE"), truncate="END")["truncate"] == "NONE"


def test_who_asks_is_dropped_and_said():
    losses = Losses()
    assert "user" not in sent(EmbeddingRequest(texts=("a",), user="u"), losses)
    assert losses.names == ("user",)


@pytest.mark.parametrize(
    ("request_", "param"),
    [
        (EmbeddingRequest(tokens=((1, 2),)), "input"),
        (EmbeddingRequest(images=(ImagePart(url="https://a.example/a.png"),)), "images"),
        (EmbeddingRequest(texts=("a",), extra={"task": "x"}), "task"),
    ],
)
def test_what_cohere_cannot_embed_is_refused_by_name(request_, param):
    with pytest.raises(InvalidRequest) as caught:
        sent(request_)
    assert caught.value.param == param


@pytest.mark.parametrize(
    ("inputs", "texts", "images"),
    [
        ([[{"type": "text", "text": "a"}], [{"type": "text", "text": "b"}]], ("a", "b"), 0),
        ([[{"type": "image_url", "image_url": {"url": PIXEL}}]], (), 1),
    ],
)
def test_inputs_of_one_thing_each_are_understood(inputs, texts, images):
    request = SURFACE.canonical(inbound(inputs=[{"content": content} for content in inputs]))
    assert (request.texts, len(request.images)) == (texts, images)


TEXT = {"type": "text", "text": "a"}
PICTURE = {"type": "image_url", "image_url": {"url": PIXEL}}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"inputs": [{"content": [TEXT, PICTURE]}]}, "inputs"),
        ({"inputs": [{"content": []}]}, "inputs"),
        ({"inputs": [{"content": [TEXT]}, {"content": [PICTURE]}]}, "inputs"),
        ({"inputs": [{}]}, "inputs[0]"),
        ({"texts": ["a"], "embedding_types": ["float", "int8"]}, "embedding_types"),
        ({"texts": ["a"], "output_dimension": "4"}, "output_dimension"),
    ],
)
def test_what_only_cohere_can_embed_is_named(fields, param):
    with pytest.raises(InvalidRequest) as caught:
        SURFACE.canonical(inbound(**fields))
    assert caught.value.param == param


def test_a_vector_too_few_is_garbled_and_not_shifted():
    with pytest.raises(UpstreamGarbled, match="1 vectors for 2"):
        SURFACE.encode_answer(Embeddings(vectors=((0.5,),)), inbound(texts=["a", "b"]))


@pytest.mark.parametrize(
    ("embeddings", "vectors"),
    [
        ({"float": [[0.5]]}, ((0.5,),)),
        ({"base64": [pack((0.5,))]}, ((0.5,),)),
        ([[0.5]], ((0.5,),)),
    ],
)
def test_vectors_of_any_kind_are_read(embeddings, vectors):
    body = msgspec.json.encode({"id": "e", "embeddings": embeddings, "meta": None})
    assert FORM.decode_answer(body) == Embeddings(id="e", vectors=vectors)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"embeddings":{}}',
        b'{"embeddings":{"int8":[[1]]}}',
        b'{"embeddings":{"base64":["?"]}}',
        b'{"embeddings":"a"}',
    ],
)
def test_what_holds_no_vectors_is_garbled(body):
    with pytest.raises(UpstreamGarbled):
        FORM.decode_answer(body)


def test_the_ledger_needs_the_count_only():
    body = b'{"embeddings":{"int8":"left alone"},"meta":{"billed_units":{"input_tokens":7}}}'
    assert FORM.account(body).usage == Usage(input_tokens=7, billed_input_tokens=7)
    with pytest.raises(UpstreamGarbled):
        FORM.account(b'{"message":"no"}')
