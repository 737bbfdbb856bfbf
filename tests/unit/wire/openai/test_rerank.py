"""`/v1/rerank` in the shape that many servers share, in both directions."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.usage import Usage
from headgate.core.vectors import Ranked, Ranking, RankingRequest
from headgate.wire.losses import Losses
from headgate.wire.openai.rerank import (
    RankingForm,
    RankingSurface,
    account_of_ranking,
    decode_ranking,
)

FORM, SURFACE = RankingForm(), RankingSurface()


def read(body: Any) -> Inbound:
    return decode_ranking("openai_chat", msgspec.json.encode(body))


def inbound(**fields: Any) -> Inbound:
    return read({"model": "m", "query": "q", "documents": ["a", "b"], **fields})


def sent(request: RankingRequest, losses: Losses | None = None, **options: Any) -> dict[str, Any]:
    return dict(FORM.encode(request, model="m", options=options, losses=losses or Losses()))


@given(
    st.builds(
        RankingRequest,
        query=st.text(min_size=1),
        documents=st.lists(st.text(), min_size=1).map(tuple),
        top_n=st.none() | st.integers(1, 9),
        max_tokens_per_doc=st.none(),
        return_documents=st.just(False),
        extra=st.just({}),
    )
)
def test_a_wish_put_into_words_comes_back(request):
    assert SURFACE.canonical(read(sent(request))) == request


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "model"),
        ({"model": "m", "documents": ["a"]}, "query"),
        ({"model": "m", "query": "q"}, "documents"),
        ({"model": "m", "query": "q", "documents": []}, "documents"),
        ({"model": "m", "query": "q", "documents": "a"}, "documents"),
    ],
)
def test_the_field_at_fault_is_named(body, param):
    with pytest.raises(InvalidRequest) as caught:
        read(body)
    assert caught.value.param == param


def test_documents_are_texts_or_hold_one():
    request = SURFACE.canonical(inbound(documents=["a", {"text": "b"}], top_n=1, z=1))
    assert request == RankingRequest(query="q", documents=("a", "b"), top_n=1, extra={"z": 1})


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"documents": [{"text": "a", "title": "b"}]}, "documents"),
        ({"documents": [{"title": "b"}]}, "documents"),
        ({"documents": [7]}, "documents[0]"),
        ({"query": {"image": "x"}}, "query"),
    ],
)
def test_what_only_the_backends_own_api_knows_may_be_relayed_but_not_translated(fields, param):
    with pytest.raises(InvalidRequest) as caught:
        SURFACE.canonical(inbound(**fields))
    assert (caught.value.param or "").startswith(param)


RANKING = Ranking(
    id="r", model="m", results=(Ranked(1, 0.75), Ranked(0, 0.5)), usage=Usage(input_tokens=9)
)


@pytest.mark.parametrize("usage", [None, Usage(input_tokens=9), Usage(search_units=2)])
def test_a_reply_comes_back(usage):
    ranking = msgspec.structs.replace(RANKING, usage=usage)
    assert FORM.decode_answer(SURFACE.encode_answer(ranking, inbound())) == ranking


def test_documents_come_back_only_when_asked_for_and_no_more_than_wanted():
    plain = msgspec.json.decode(SURFACE.encode_answer(RANKING, inbound()))
    assert plain["results"][0] == {"index": 1, "relevance_score": 0.75}
    asked = inbound(documents=["a", {"text": "b"}], return_documents=True, top_n=1)
    full = msgspec.json.decode(SURFACE.encode_answer(RANKING, asked))
    assert full["results"] == [{"index": 1, "relevance_score": 0.75, "document": {"text": "b"}}]


def test_a_result_for_no_document_is_garbled():
    with pytest.raises(UpstreamGarbled):
        SURFACE.encode_answer(Ranking(results=(Ranked(2, 1.0),)), inbound(return_documents=True))


def test_the_length_of_documents_has_no_word():
    request = RankingRequest(query="q", documents=("a",), max_tokens_per_doc=9)
    with pytest.raises(InvalidRequest) as caught:
        sent(request)
    assert caught.value.param == "max_tokens_per_doc"
    assert "max_tokens_per_doc" not in sent(request, Losses(may_drop=True))
    assert sent(RankingRequest(query="q", documents=("a",)), top_n=3)["top_n"] == 3


SERVERS: dict[str, dict[str, Any]] = {
    "llama.cpp": {
        "model": "m",
        "object": "list",
        "usage": {"prompt_tokens": 9, "total_tokens": 9},
        "results": [
            {"index": 0, "relevance_score": -3.5},
            {"index": 1, "relevance_score": 8.25},
        ],
    },
    "vllm": {
        "id": "rerank-1",
        "model": "m",
        "usage": {"total_tokens": 9},
        "results": [
            {"index": 1, "document": {"text": "b"}, "relevance_score": 8.25},
            {"index": 0, "document": {"text": "a"}, "relevance_score": -3.5},
        ],
    },
    "together": {
        "object": "rerank",
        "id": "t",
        "model": "m",
        "results": [
            {"index": 1, "relevance_score": 8.25, "document": {}},
            {"index": 0, "relevance_score": -3.5, "document": {}},
        ],
        "usage": {"prompt_tokens": 9, "completion_tokens": 0, "total_tokens": 9},
    },
}


@pytest.mark.parametrize("server", SERVERS)
def test_what_servers_of_this_shape_say_is_understood(server):
    body = msgspec.json.encode(SERVERS[server])
    ranking = FORM.decode_answer(body)
    assert ranking.results == (Ranked(1, 8.25), Ranked(0, -3.5))
    assert ranking.usage == account_of_ranking(body).usage == Usage(input_tokens=9)
    assert account_of_ranking(body).model == "m"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"results":7}', b'{"error":{"message":"no"}}'])
def test_what_is_no_ranking_is_garbled(body):
    with pytest.raises(UpstreamGarbled):
        FORM.decode_answer(body)
    if body != b'{"results":7}':
        with pytest.raises(UpstreamGarbled):
            account_of_ranking(body)


def test_openrouter_says_what_a_ranking_costs():
    usage = {"search_units": 1, "cost": 0.0025}
    body = msgspec.json.encode({"model": "m", "results": [], "usage": usage})
    expected = Usage(search_units=1, reported_usd=Decimal("0.0025"))
    assert FORM.decode_answer(body).usage == account_of_ranking(body).usage == expected
