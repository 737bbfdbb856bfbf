"""Embeddings, rankings and moderations: between dialects, in parts, and by our own engine."""

from collections.abc import Iterator
from typing import Any

import cohere
import httpx
import openai
import pytest
from openai import OpenAI
from openai.types import CreateEmbeddingResponse, ModerationCreateResponse

from support.behaviours import OK
from support.headgate_server import HeadgateServer
from support.openai_shapes import vector_of
from support.request_shapes import PIXEL
from support.upstream import Upstream

MANY = [f"text {number}" for number in range(200)]
DOCUMENTS = ["nothing of it", "tall penguins", "tall trees and tall penguins swim"]
QUERY = "tall penguins swim"
ONCE: Any = {"max_retries": 0}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    native = {"backend": "cohere", "base_url": upstream.root_url}
    config = {
        "targets": {
            "embed": {**native, "model": "embed-v4.0"},
            "queries": {
                **native,
                "model": "embed-v3",
                "options": {"input_type": "search_query", "truncate": "END"},
            },
            "judge": {**native, "model": "rerank-v4.0-pro"},
            "box": {
                "backend": "openai_compatible",
                "model": "real",
                "base_url": upstream.base_url,
            },
            "openai": {"backend": "openai", "base_url": upstream.base_url},
        },
        "routes": {
            "vectors": {"targets": ["embed"]},
            "questions": {"targets": ["queries"]},
            "ranks": {"targets": ["judge"]},
            "local": {"targets": ["box"]},
            "usual": {"targets": ["box", "openai"]},
        },
        "default_route": "usual",
    }
    keys = {"COHERE_API_KEY": "co-secret", "OPENAI_API_KEY": "sk-secret-0123456789"}
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config, env=keys) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: HeadgateServer) -> Iterator[OpenAI]:
    with server.client() as client:
        yield client


@pytest.fixture(scope="module")
def native(server: HeadgateServer) -> Iterator[cohere.ClientV2]:
    with httpx.Client(timeout=20) as connections:
        yield cohere.ClientV2("any", base_url=server.root_url, httpx_client=connections)


def strictly(value: Any) -> None:
    """The SDK builds its types without checking them; check them."""
    type(value).model_validate(value.model_dump(mode="python", warnings="error"))


def rank(server: HeadgateServer, **body: Any) -> Any:
    """`/v1/rerank`, for which OpenAI's SDK has no call."""
    return httpx.post(f"{server.base_url}/rerank", json=body, timeout=10)


@pytest.mark.parametrize("encoding", [openai.omit, "float", "base64"])
def test_openais_sdk_embeds_at_cohere_in_any_encoding(
    client: OpenAI, upstream: Upstream, encoding: Any
) -> None:
    answer = client.embeddings.create(
        model="vectors", input=["one", "two"], encoding_format=encoding, dimensions=4, user="u"
    )
    assert isinstance(answer, CreateEmbeddingResponse)
    vectors: list[Any] = [item.embedding for item in answer.data]
    if encoding != "base64":
        # The SDK itself asks for base64 and unpacks it, where nothing was said.
        assert [list(map(float, each)) for each in vectors] == [
            vector_of("one", 4),
            vector_of("two", 4),
        ]
    else:
        assert all(isinstance(each, str) for each in vectors)
    assert [item.index for item in answer.data] == [0, 1]
    assert answer.usage.prompt_tokens == 2
    assert answer.model == "embed-v4.0"
    assert upstream.requests[-1].json == {
        "model": "embed-v4.0",
        "input_type": "search_document",
        "texts": ["one", "two"],
        "embedding_types": ["float"],
        "output_dimension": 4,
    }


def test_what_a_text_is_for_is_said_by_the_request_or_else_by_the_target(
    client: OpenAI, upstream: Upstream
) -> None:
    client.embeddings.create(model="questions", input="why?")
    sent = upstream.requests[-1].json
    assert (sent["input_type"], sent["truncate"], sent["texts"]) == (
        "search_query",
        "END",
        ["why?"],
    )
    client.embeddings.create(
        model="questions", input="why?", extra_body={"input_type": "clustering"}
    )
    assert upstream.requests[-1].json["input_type"] == "clustering"


def test_more_texts_than_cohere_takes_go_in_parts_and_come_back_in_order(
    client: OpenAI, upstream: Upstream, server: HeadgateServer
) -> None:
    before = len(upstream.requests)
    raw = client.embeddings.with_raw_response.create(model="vectors", input=MANY)
    answer = raw.parse()
    sizes = [len(each.json["texts"]) for each in upstream.requests[before:]]
    assert sizes == [96, 96, 8]
    assert [item.embedding for item in answer.data] == [vector_of(text, 8) for text in MANY]
    assert [item.index for item in answer.data] == list(range(200))
    assert answer.usage.total_tokens == 200
    decision = raw.headers["x-headgate-decision"]
    (row,) = server.ledger_rows(where={"decision_id": decision})
    assert (row["input_tokens"], row["billed_input_tokens"]) == (200, 200)


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"input": [[1, 2], [3]]}, "input"),
        ({"input": "one", "extra_body": {"task": "retrieval"}}, "task"),
    ],
)
def test_what_cohere_cannot_embed_is_refused_by_name(
    client: OpenAI, asked: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model="vectors", **asked)
    assert caught.value.param == param


@pytest.mark.parametrize("model", ["vectors", "local"])
def test_coheres_sdk_embeds_at_either(
    native: cohere.ClientV2, upstream: Upstream, model: str
) -> None:
    answer = native.embed(
        model=model,
        texts=["one", "two"],
        input_type="search_query",
        embedding_types=["float", "base64"],
        output_dimension=4,
        request_options=ONCE,
    )
    strictly(answer)
    assert answer.embeddings.float_ == [vector_of("one", 4), vector_of("two", 4)]
    assert answer.embeddings.base64 is not None
    assert len(answer.embeddings.base64) == 2
    assert answer.texts == ["one", "two"]
    assert answer.meta is not None
    assert answer.meta.billed_units is not None
    assert answer.meta.billed_units.input_tokens
    if model == "local":
        assert upstream.requests[-1].json == {
            "model": "real",
            "input": ["one", "two"],
            "encoding_format": "float",
            "dimensions": 4,
        }


def test_coheres_sdk_embeds_inputs_of_one_text_each(native: cohere.ClientV2) -> None:
    inputs: Any = [{"content": [{"type": "text", "text": text}]} for text in ("one", "two")]
    answer = native.embed(model="local", inputs=inputs, input_type="classification")
    assert answer.embeddings.float_ == [vector_of("one", 8), vector_of("two", 8)]


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"images": [PIXEL], "input_type": "image"}, "images"),
        ({"texts": ["a"], "input_type": "image", "embedding_types": ["int8"]}, "embedding_types"),
        ({"texts": ["a"], "input_type": "search_query", "truncate": "START"}, "truncate"),
    ],
)
def test_what_an_openai_backend_cannot_embed_is_refused_by_name(
    native: cohere.ClientV2, asked: dict[str, Any], word: str
) -> None:
    with pytest.raises(cohere.BadRequestError) as caught:
        native.embed(model="local", request_options=ONCE, **asked)
    assert caught.value.body["message"].startswith(f"{word}: ")


def test_pictures_are_embedded_at_cohere(native: cohere.ClientV2, upstream: Upstream) -> None:
    answer = native.embed(model="vectors", images=[PIXEL], input_type="image")
    assert answer.embeddings.float_ == [vector_of(PIXEL, 8)]
    assert upstream.requests[-1].json["images"] == [PIXEL]


@pytest.mark.parametrize("model", ["ranks", "local"])
def test_coheres_sdk_ranks_at_either(
    native: cohere.ClientV2, server: HeadgateServer, model: str
) -> None:
    answer = native.rerank(
        model=model, query=QUERY, documents=DOCUMENTS, top_n=2, request_options=ONCE
    )
    strictly(answer)
    assert [(result.index, result.relevance_score) for result in answer.results] == [
        (2, 1.0),
        (1, 2 / 3),
    ]
    assert answer.meta is not None
    assert answer.meta.billed_units is not None
    if model == "ranks":
        assert answer.meta.billed_units.search_units == 1
        assert server.ledger_rows(where={"target": "judge"})[-1]["search_units"] == 1


@pytest.mark.parametrize("model", ["ranks", "local"])
def test_the_common_shape_ranks_at_either(
    server: HeadgateServer, upstream: Upstream, model: str
) -> None:
    documents = [DOCUMENTS[0], {"text": DOCUMENTS[1]}, DOCUMENTS[2]]
    answer = rank(server, model=model, query=QUERY, documents=documents, return_documents=True)
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["index"] for result in results] == [2, 1, 0]
    if model == "ranks":
        assert [result["document"]["text"] for result in results] == DOCUMENTS[::-1]
        assert answer.json()["meta"] == {"billed_units": {"search_units": 1}}
        assert upstream.requests[-1].json == {
            "model": "rerank-v4.0-pro",
            "query": QUERY,
            "documents": DOCUMENTS,
        }
    else:
        assert upstream.requests[-1].json["documents"] == documents
        assert answer.json()["usage"]["prompt_tokens"] == 12


def test_a_document_of_fields_goes_to_a_backend_of_the_same_dialect_only(
    server: HeadgateServer, upstream: Upstream
) -> None:
    documents = [{"title": "a", "text": "tall"}, {"title": "b", "text": "small"}]
    assert rank(server, model="local", query="tall", documents=documents).status_code == 200
    assert upstream.requests[-1].json["documents"] == documents
    refused = rank(server, model="ranks", query="tall", documents=documents)
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "documents"


@pytest.mark.parametrize(
    ("more", "sent_model"),
    [({}, None), ({"model": "omni-moderation-latest"}, "omni-moderation-latest")],
)
def test_a_moderation_is_relayed_with_or_without_a_model(
    client: OpenAI,
    server: HeadgateServer,
    upstream: Upstream,
    more: dict[str, Any],
    sent_model: str | None,
) -> None:
    raw = client.moderations.with_raw_response.create(input=["a hug", "harm"], **more)
    answer = raw.parse()
    assert isinstance(answer, ModerationCreateResponse)
    assert [result.flagged for result in answer.results] == [False, True]
    assert upstream.requests[-1].json.get("model") == sent_model
    # Untouched: every number as the backend wrote it.
    assert b'"violence":0.001' in raw.content
    decision = raw.headers["x-headgate-decision"]
    (row,) = server.ledger_rows(where={"decision_id": decision})
    assert row["target"] == "openai"
    assert row["response_model"] == "omni-moderation-latest"
    assert row["outcome"] == "answered"
    assert row["cost_pico_usd"] is None


def test_a_target_that_cannot_judge_is_not_asked(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="moderation"):
        client.moderations.create(input="a hug", model="local")


def test_our_own_engine_embeds_for_coheres_sdk(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("embedded")
    with (
        HeadgateServer(folder, None) as server,
        httpx.Client(timeout=60) as connections,
        server.client(timeout_s=60) as direct,
    ):
        native = cohere.ClientV2("any", base_url=server.root_url, httpx_client=connections)
        texts = ["A real model needs memory.", "Streams arrive in pieces."]
        answer = native.embed(model="auto", texts=texts, input_type="search_document")
        same = direct.embeddings.create(model="auto", input=texts, encoding_format="float")
    assert answer.embeddings.float_ is not None
    for ours, theirs in zip(answer.embeddings.float_, same.data, strict=True):
        assert ours == pytest.approx(theirs.embedding, abs=1e-6)
