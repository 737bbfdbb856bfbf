"""Words as buckets."""

from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.cascade.words import BUCKETS, MOST_WORDS, hashed_value, hashed_words


@given(st.text())
def test_buckets_are_sorted_distinct_and_few(text):
    words = hashed_words(text)
    assert list(words) == sorted(set(words))
    assert all(0 <= word < BUCKETS for word in words)
    assert len(words) < 2 * MOST_WORDS


def test_case_and_spaces_do_not_count_but_order_does():
    assert hashed_words("How  far?") == hashed_words("how far ?")
    assert hashed_words("a b") != hashed_words("b a")


def test_a_value_from_the_question_is_found_in_it():
    assert hashed_value("sixteen eggs") <= set(hashed_words("Ducks lay sixteen big eggs"))
    assert not hashed_value("18") <= set(hashed_words("Ducks lay sixteen eggs"))


def test_a_long_text_costs_no_more_than_its_beginning():
    text = "word " * 100_000
    assert hashed_words(text) == hashed_words(text[:20_000])
