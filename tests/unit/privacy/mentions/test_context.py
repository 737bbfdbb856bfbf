"""What the words around say."""

import pytest

from headgate.privacy.mentions.context import Context, context_of

CASES = [
    ("My name is <Xy>", {"is_named", "is_person"}),
    ("<Xy>, can you come?", {"is_named", "is_person"}),
    ("ask my friend <Xy>", {"is_person"}),
    ("<Xy> said no", {"is_person"}),
    ("Patient: <Xy>", {"is_person"}),
    ("she moved here from <Xy>", {"is_place", "is_surely_place"}),
    ("down to <Xy>", {"is_place"}),
    ("the <Xy> bridge", {"is_place"}),
    ("he works at <Xy>", {"is_organization", "is_place"}),
    ("That was to be. <Xy> is", set()),
    ("and nothing\n<Xy>", set()),
]


@pytest.mark.parametrize(("text", "claims"), CASES)
def test_words_around_make_a_kind_likely(text, claims):
    start = text.index("<")
    end = text.index(">") - 1
    found = context_of(text.replace("<", "").replace(">", ""), start, end)
    assert {claim for claim in Context._fields if getattr(found, claim)} == claims
