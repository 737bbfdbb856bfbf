"""The cut of words, as spaCy's English tokenizer makes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.evaluation.tokens import tokens

CASES = [
    ("Call me, please.", ["Call", "me", ",", "please", "."]),
    ("Dr. Kyle's car", ["Dr.", "Kyle", "'s", "car"]),
    ("didn't (at all)", ["did", "n't", "(", "at", "all", ")"]),
    ("a@b.co 1.5 10-12", ["a@b.co", "1.5", "10", "-", "12"]),
    ("Weeks-Rivas Inc.", ["Weeks", "-", "Rivas", "Inc."]),
    ("one\n\n two", ["one", "\n\n ", "two"]),
    ("two  spaces", ["two", " ", "spaces"]),
    ("38-year old", ["38", "-", "year", "old"]),
]


@pytest.mark.parametrize(("text", "words"), CASES)
def test_a_text_is_cut_as_the_original_cuts_it(text, words):
    assert [each.text for each in tokens(text)] == words


@given(st.text(st.sampled_from("aB1 .,'-@\n()é’")))
def test_tokens_stand_where_they_say_and_leave_out_only_single_spaces(text):
    place = 0
    for each in tokens(text):
        assert text[each.start : each.start + len(each.text)] == each.text
        assert text[place : each.start] in {"", " "}
        place = each.start + len(each.text)
    assert text[place:] in {"", " "}
