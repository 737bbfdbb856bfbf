"""Lists of words that make streets."""

from headgate.privacy.mentions import streets


def test_the_lists_are_of_single_small_words():
    every = streets.STREETS | streets.PERHAPS_STREETS | streets.FIRST | streets.BEFORE
    assert all(word == word.lower() and " " not in word for word in every)


def test_no_word_is_both_surely_and_perhaps_a_street():
    assert not streets.STREETS & streets.PERHAPS_STREETS
    assert streets.WEAK_BEFORE <= streets.BEFORE
