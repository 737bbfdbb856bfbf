"""Counts by entity."""

from headgate.privacy.evaluation.entities import ALL, HARD_IDENTIFIERS, score_entities
from headgate.privacy.evaluation.labelled import Gold, LabelledText
from headgate.privacy.scan import Finding

TEXT = "Ada Lovelace, ada@example.com, account 12345"
NAME, MAIL = Gold("PERSON", 0, 12), Gold("EMAIL", 14, 29)


def scored(gold, findings):
    return score_entities([(LabelledText(TEXT, gold, 0), findings)])


def rates(entities, name):
    its = entities.by_entity[name]
    return its.labelled, its.precision, its.recall


def test_half_an_overlap_is_enough_and_less_is_not():
    found = scored((NAME, MAIL), [Finding("person", 4, 12), Finding("email", 24, 29)])
    assert rates(found, "PERSON") == (1, 1, 1)
    assert rates(found, "EMAIL") == (1, 0, 0)
    assert rates(found, ALL) == (2, 0.5, 0.5)


def test_the_kind_must_be_right():
    found = scored((NAME, Gold("LOCATION", 31, 44)), [Finding("place", 0, 12)])
    assert rates(found, "PERSON") == (1, 0, 0)
    assert found.by_entity["LOCATION"].found == 1


def test_an_entity_that_nothing_answers_for_is_named_and_counts_as_missed():
    found = scored((MAIL, Gold("SHOE_SIZE", 39, 44)), [Finding("email", 14, 29)])
    assert found.not_covered == {"SHOE_SIZE": 1}
    assert rates(found, ALL) == (2, 1, 0.5)


def test_findings_outside_the_data_are_named_and_do_not_count():
    found = scored((MAIL,), [Finding("email", 14, 29), Finding("person", 0, 12)])
    assert found.elsewhere == {"person": 1}
    assert rates(found, ALL) == (1, 1, 1)


def test_hard_identifiers_are_summed_where_there_are_any():
    found = scored((NAME, MAIL), [Finding("email", 14, 29)])
    assert rates(found, HARD_IDENTIFIERS) == (1, 1, 1)
    assert HARD_IDENTIFIERS not in scored((NAME,), []).by_entity
