"""`/v2/rerank` in both directions."""

from typing import Any

import cohere
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Inbound
from headgate.core.usage import Usage
from headgate.core.vectors import Ranked, Ranking, RankingRequest
from headgate.wire.cohere.requests import decode_request
from headgate.wire.cohere.rerank import RankingForm, RankingSurface
from headgate.wire.losses import Losses

FORM, SURFACE = RankingForm(), RankingSurface()


def inbound(**fields: Any) -> Inbound:
    body = {"model": "m", "query": "q", "documents": ["a", "b"], **fields}
    return decode_request("rerank", msgspec.json.encode(body))


def sent(request: RankingRequest) -> dict[str, Any]:
    return dict(FORM.encode(request, model="m", options={}, losses=Losses()))


@given(
    st.builds(
        RankingRequest,
        query=st.text(min_size=1),
        documents=st.lists(st.text(), min_size=1).map(tuple),
        top_n=st.none() | st.integers(1, 9),
        max_tokens_per_doc=st.none() | st.integers(1, 4096),
        return_documents=st.just(False),
        extra=st.sampled_from([{}, {"priority": 2}]),
    )
)
def test_a_wish_put_into_coheres_words_comes_back(request):
    body = msgspec.json.encode(sent(request))
    assert SURFACE.canonical(decode_request("rerank", body)) == request


def test_documents_are_not_sent_back():
    request = RankingRequest(query="q", documents=("a",), return_documents=True)
    assert sent(request) == {"model": "m", "query": "q", "documents": ("a",)}


RANKING = Ranking(id="r", results=(Ranked(1, 0.75), Ranked(0, 0.5)), usage=Usage(search_units=2))


def test_a_reply_suits_the_sdk_and_comes_back():
    body = SURFACE.encode_answer(RANKING, inbound())
    cohere.V2RerankResponse.model_validate_json(body, strict=True)
    assert FORM.decode_answer(body) == RANKING
    best = SURFACE.encode_answer(RANKING, inbound(top_n=1))
    assert [ranked.index for ranked in FORM.decode_answer(best).results] == [1]


def test_a_backend_that_counts_tokens_is_told_in_tokens():
    answer = Ranking(results=(Ranked(0, 1.0),), usage=Usage(input_tokens=9))
    said = msgspec.json.decode(SURFACE.encode_answer(answer, inbound()))
    assert said["meta"]["billed_units"] == {"input_tokens": 9}


def test_a_result_for_no_document_is_garbled():
    with pytest.raises(UpstreamGarbled):
        SURFACE.encode_answer(Ranking(results=(Ranked(2, 1.0),)), inbound())


def test_results_are_put_in_order():
    body = b'{"results":[{"index":0,"relevance_score":-5},{"index":1,"relevance_score":8.6}]}'
    assert FORM.decode_answer(body) == Ranking(results=(Ranked(1, 8.6), Ranked(0, -5.0)))


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"results":[{"index":"a"}]}', b'{"results":[{"index":1}]}']
)
def test_what_is_no_ranking_is_garbled(body):
    with pytest.raises(UpstreamGarbled):
        FORM.decode_answer(body)


@pytest.mark.parametrize(
    ("fields", "param"),
    [({"documents": ["a", {"text": "b"}]}, "documents[1]"), ({"top_n": "two"}, "top_n")],
)
def test_what_is_not_this_apis_is_named(fields, param):
    with pytest.raises(InvalidRequest) as caught:
        SURFACE.canonical(inbound(**fields))
    assert caught.value.param == param


def test_what_has_no_place_is_accounted_for():
    request = SURFACE.canonical(inbound(relevant_spans={"mode": "enabled"}))
    with pytest.raises(InvalidRequest) as caught:
        sent(request)
    assert caught.value.param == "relevant_spans"


def test_the_ledger_needs_the_count_only():
    body = b'{"results":"left alone","meta":{"billed_units":{"search_units":3}}}'
    assert FORM.account(body).usage == Usage(search_units=3)
    with pytest.raises(UpstreamGarbled):
        FORM.account(b'{"message":"no"}')
