"""The lists of names and words."""

import pytest

from headgate.privacy.gazetteer import lexicon as module
from headgate.privacy.gazetteer.lexicon import (
    COUNTRY,
    GIVEN,
    MAJOR_PLACE,
    MINOR_PLACE,
    NATIONALITY,
    SURNAME,
    WORD,
    folded,
    lexicon,
    place_beginnings,
    sources,
)

KINDS = [
    ("mary", GIVEN, WORD),
    ("johansson", SURNAME, WORD),
    ("rose", GIVEN | WORD, COUNTRY),
    ("norway", MAJOR_PLACE | COUNTRY, WORD),
    ("new york", MAJOR_PLACE, WORD),
    ("zwolle", MAJOR_PLACE, WORD),
    ("'ain benian", MINOR_PLACE, MAJOR_PLACE),
    ("finnish", NATIONALITY, GIVEN),
    ("folder", WORD, GIVEN | SURNAME),
]


@pytest.mark.parametrize(("entry", "kind", "never"), KINDS)
def test_an_entry_is_of_its_kinds_and_of_no_other(entry, kind, never):
    assert lexicon().get(entry, 0) & (kind | never) == kind


def test_what_is_asked_for_is_lower_case_without_accents():
    assert folded("Ålesund") == "alesund"
    assert folded("O’Brien") == "o'brien"
    assert folded("MARY") == "mary"
    assert all(entry == folded(entry) for entry in list(lexicon())[::500])


def test_every_kind_names_its_source_and_licence():
    text = "\n".join(sources())
    for kind in (GIVEN, MAJOR_PLACE, MINOR_PLACE, WORD, NATIONALITY, COUNTRY):
        assert f"\n{kind} " in f"\n{text}"
    assert "CC BY 4.0" in text


def test_names_of_several_words_are_known_by_their_first():
    assert {"new", "san", "united"} <= place_beginnings()
    assert "estonia" not in place_beginnings()


def test_the_list_is_small_enough_to_ship():
    assert len(lexicon()) < 180_000
    packed = module.files("headgate.privacy.gazetteer").joinpath("data", "lexicon.txt.gz")
    assert len(packed.read_bytes()) < 700_000
