"""What names name."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.mentions.label import labelled, mentions
from headgate.privacy.text import Text

CASES = [
    ("My name is Siiri", [("person", "Siiri")]),
    ("this is Dr. Kyle Kuefer.", [("title", "Dr"), ("person", "Kyle Kuefer")]),
    ("as the assistant to Alvir D. Pušaver", [("person", "Alvir D. Pušaver")]),
    ("Rose Kumpulainen rose", [("person", "Rose Kumpulainen")]),
    ("contact Jean-Luc McCathie", [("person", "Jean-Luc McCathie")]),
    ("The Old Man and the Sea", []),
    ("I flew from Washington to New York", [("place", "Washington"), ("place", "New York")]),
    ("she was born in Zuoz", [("place", "Zuoz")]),
    ("I live in Kurzenkirchenx", [("place", "Kurzenkirchenx")]),
    ("Jordan said so", [("person", "Jordan")]),
    ("a trip to Jordan", [("place", "Jordan")]),
    ("ask Conway Inc. again", [("organization", "Conway Inc")]),
    ("at the Institute of Mental Health", [("organization", "Institute of Mental Health")]),
    ("he works at Zillow", [("organization", "Zillow")]),
    ("The Company and This Group", []),
    ("the Spanish government", [("nationality", "Spanish")]),
    ("An OSError and a NaN", []),
    ("LATIN SMALL LETTER O WITH TILDE", []),
    ("Ttk Frame on Mac OS X, see Section 4", []),
    ("Go ahead, Mark it in May.", []),
    ("see nina sørensen, ok", [("person", "nina sørensen")]),
]

PIECES = ["Ada", "Mr.", "de", "Norway", "Inc.", "12", "Elm", "Street", ",", "\n", "the", "of", "NY"]


def named(text):
    return [(each.label, text[each.start : each.end]) for each in mentions(text)]


@pytest.mark.parametrize(("text", "found"), CASES)
def test_names_are_told_by_lists_and_context(text, found):
    assert named(text) == found


def test_a_detector_gets_the_mentions_of_its_kind_as_hits():
    text = Text("Mary Johansson moved to Norway")
    assert [text.value[hit.start : hit.end] for hit in labelled(text, "place")] == ["Norway"]
    assert all(0 < hit.score < 1 for hit in labelled(text, "person"))


@given(st.lists(st.sampled_from(PIECES)))
def test_mentions_are_in_order_and_do_not_overlap(words):
    text = " ".join(words)
    found = mentions(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
