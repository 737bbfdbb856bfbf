"""Runs of capitalised words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.mentions.runs import runs

CASES = [
    ("I met Ada Lovelace today", ["I", "Ada Lovelace"]),
    ("by W. C. Sellar and Bob", ["W C Sellar and Bob"]),
    ("see Mora de Rubielos, Spain", ["Mora de Rubielos", "Spain"]),
    ("Dr. Kyle Kuefer", ["Dr Kyle Kuefer"]),
    ("Jean-Luc O'Neill's dog", ["Jean-Luc O'Neill"]),
    ("one Line\nTwo Lines", ["Line", "Two Lines"]),
    ("self.Name FooBar() os.Path Foo_bar @Name +Tag x=Y", []),
    ("Don't Stop", ["Stop"]),
    ("Þórunn in ΛΕΥΚΩΣΙΑ and Москва", ["Þórunn", "ΛΕΥΚΩΣΙΑ and Москва"]),
    ("nothing is capital, here", ["nothing is capital", "here"]),
]


@pytest.mark.parametrize(("text", "found"), CASES)
def test_a_run_is_what_can_be_one_name(text, found):
    assert [" ".join(word.text for word in run) for run in runs(text)] == found


@given(st.text(st.sampled_from("AbÉ é.'’-\n(1_")))
def test_words_stand_where_they_say_in_order(text):
    place = 0
    for run in runs(text):
        for word in run:
            assert word.start >= place
            assert text[word.start : word.end] == word.text
            place = word.end
