"""Lists of words around names."""

from headgate.privacy.mentions import cues


def test_words_are_listed_between_spaces_or_another_mark():
    assert cues.words("a b  c") == {"a", "b", "c"}
    assert cues.words("name is|i am", between="|") == {"name is", "i am"}


def test_phrases_have_two_words_and_cues_one():
    for phrases in (cues.PERSON_PHRASES, cues.PLACE_PHRASES, cues.ORGANIZATION_PHRASES):
        assert all(len(phrase.split()) == 2 for phrase in phrases)
    for single in (cues.PERSON_BEFORE, cues.PLACE_BEFORE, cues.TITLES, cues.COMPANY_FORMS):
        assert all(word == word.lower() and " " not in word for word in single)


def test_abbreviated_titles_are_titles():
    assert cues.ABBREVIATED_TITLES <= cues.TITLES
    assert cues.STRONG_INSTITUTIONS <= cues.INSTITUTIONS
