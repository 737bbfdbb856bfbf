from hypothesis import given
from hypothesis import strategies as st

from headgate.backends.provider import Provider
from headgate.core.usage import Usage
from headgate.core.vectors import EmbeddingRequest, Embeddings, Ranking, RankingRequest
from headgate.gateway.parts import in_parts, joined, total, usage_of_all

FEW = Provider(name="few", dialect="cohere", docs="https://a.test", most_embedding_inputs=3)
MANY = Provider(name="many", dialect="cohere", docs="https://a.test")


def answered(request: EmbeddingRequest) -> Embeddings:
    """A backend whose vector for a text tells which text it was."""
    return Embeddings(
        id="e",
        model="m",
        vectors=tuple((float(text),) for text in request.texts),
        texts=request.texts,
        usage=Usage(input_tokens=len(request.texts), billed_input_tokens=len(request.texts)),
    )


@given(st.integers(1, 20))
def test_parts_are_small_enough_and_their_answers_add_up_to_the_whole(count):
    request = EmbeddingRequest(texts=tuple(str(n) for n in range(count)), dimensions=5)
    parts = in_parts(request, FEW)
    assert all(1 <= len(part.texts) <= 3 and part.dimensions == 5 for part in parts)
    assert joined([answered(part) for part in parts]) == answered(request)
    assert in_parts(request, MANY) == [request]


def test_lists_of_tokens_are_parted_too():
    request = EmbeddingRequest(tokens=((1,), (2,), (3,), (4,)))
    assert [part.tokens for part in in_parts(request, FEW)] == [((1,), (2,), (3,)), ((4,),)]


def test_a_ranking_is_never_parted():
    request = RankingRequest(query="q", documents=("a",) * 9)
    assert in_parts(request, FEW) == [request]
    assert joined([Ranking(id="r")]) == Ranking(id="r")


def test_usage_adds_up_and_stays_unknown_where_it_is():
    first = Usage(input_tokens=3, search_units=1)
    second = Usage(input_tokens=4, billed_input_tokens=2, is_estimated=True)
    assert total([first, second]) == Usage(
        input_tokens=7, search_units=1, billed_input_tokens=2, is_estimated=True
    )
    assert total([first, first]).billed_input_tokens is None
    assert usage_of_all([Embeddings(usage=first), Embeddings()]) is None
