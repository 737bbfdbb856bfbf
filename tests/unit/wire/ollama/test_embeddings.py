import json
from typing import Any

import pytest

from headgate.core.chat import ImagePart
from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.usage import Usage
from headgate.core.vectors import EmbeddingRequest, Embeddings
from headgate.wire.losses import Losses
from headgate.wire.ollama.embeddings import (
    EmbeddingsSurface,
    EmbedForm,
    EmbedSurface,
    account_of_embeddings,
)
from headgate.wire.ollama.requests import decode_embed, decode_embeddings

ONE = Embeddings(model="m", vectors=((0.5, -1.0),), usage=Usage(input_tokens=3))


def asked(**fields: Any) -> Any:
    return decode_embed(json.dumps({"model": "m", **fields}).encode())


def encoded(request: EmbeddingRequest, losses: Losses | None = None, **options: Any) -> Any:
    return EmbedForm().encode(request, model="real", options=options, losses=losses or Losses())


def test_a_request_is_read() -> None:
    fields = {"input": ["a", "b"], "dimensions": 4, "options": {"num_ctx": 5}, "keep_alive": 1}
    assert EmbedSurface().canonical(asked(**fields)) == EmbeddingRequest(
        texts=("a", "b"), dimensions=4, extra={"num_ctx": 5, "keep_alive": 1}
    )
    assert EmbedSurface().canonical(asked(input="a")).texts == ("a",)


@pytest.mark.parametrize(("given", "meant"), [(None, None), (True, None), (False, "NONE")])
def test_to_cut_is_what_happens_anyway(given: bool | None, meant: str | None) -> None:
    assert EmbedSurface().canonical(asked(input="a", truncate=given)).truncate == meant


def test_the_older_way_has_one_prompt_and_one_vector() -> None:
    inbound = decode_embeddings(b'{"model":"m","prompt":"a","options":{"num_ctx":5}}')
    surface = EmbeddingsSurface()
    assert surface.canonical(inbound) == EmbeddingRequest(texts=("a",), extra={"num_ctx": 5})
    assert json.loads(surface.encode_answer(ONE, inbound)) == {"embedding": [0.5, -1.0]}
    with pytest.raises(UpstreamGarbled):
        surface.encode_answer(Embeddings(), inbound)


def test_an_answer_has_a_vector_for_each_text() -> None:
    assert json.loads(EmbedSurface().encode_answer(ONE, asked(input="a"))) == {
        "model": "m",
        "embeddings": [[0.5, -1.0]],
        "prompt_eval_count": 3,
    }
    with pytest.raises(UpstreamGarbled):
        EmbedSurface().encode_answer(ONE, asked(input=["a", "b"]))


def test_a_backend_is_asked() -> None:
    request = EmbeddingRequest(texts=("a",), dimensions=2, truncate="NONE", extra={"keep_alive": 5})
    assert encoded(request, num_ctx=512, keep_alive="1h") == {
        "keep_alive": "1h",
        "model": "real",
        "input": ("a",),
        "truncate": False,
        "dimensions": 2,
        "options": {"num_ctx": 512},
    }
    assert encoded(EmbeddingRequest(texts=("a",), truncate="END"))["truncate"] is True


def test_what_does_not_matter_is_left_out_and_named() -> None:
    losses = Losses()
    request = EmbeddingRequest(texts=("a",), input_type="search_query", user="u")
    assert encoded(request, losses).keys() == {"model", "input"}
    assert losses.names == ("input_type", "user")


@pytest.mark.parametrize(
    ("request_", "param"),
    [
        (EmbeddingRequest(tokens=((1, 2),)), "input"),
        (EmbeddingRequest(images=(ImagePart(data="a"),)), "images"),
        (EmbeddingRequest(texts=("a",), truncate="START"), "truncate"),
        (EmbeddingRequest(texts=("a",), extra={"x_new": 1}), "x_new"),
    ],
)
def test_what_it_cannot_be_told_is_refused_by_name(request_: EmbeddingRequest, param: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        encoded(request_)
    assert caught.value.param == param


def test_a_backends_vectors_are_read() -> None:
    body = b'{"model":"m","embeddings":[[0.5,-1]],"prompt_eval_count":3}'
    assert EmbedForm().decode_answer(body) == ONE
    assert EmbedForm().decode_answer(b'{"embeddings":[[1]]}').usage is None


def test_the_ledger_needs_no_vectors() -> None:
    account = account_of_embeddings(b'{"model":"m","embeddings":[["?"]],"prompt_eval_count":3}')
    assert (account.model, account.usage) == ("m", Usage(input_tokens=3))
    assert account_of_embeddings(b'{"embedding":[0.1]}').usage is None


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"embeddings":null}', b'{"embedding":7}'])
def test_what_is_no_answer_is_garbled(body: bytes) -> None:
    with pytest.raises(UpstreamGarbled):
        account_of_embeddings(body)
    with pytest.raises(UpstreamGarbled):
        EmbedForm().decode_answer(body)
