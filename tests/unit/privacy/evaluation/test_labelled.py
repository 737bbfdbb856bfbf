"""Labelled texts, and which findings answer for which entity."""

from headgate.privacy.evaluation.labelled import (
    LABELS_OF,
    LabelledText,
    entity_of_label,
    without_overlaps,
)
from headgate.privacy.scan import Finding, known_labels


def test_a_fold_has_the_texts_of_its_groups():
    texts = [LabelledText("x", (), group) for group in range(4)]
    assert [each.group for each in texts if each.belongs_to("odd")] == [1, 3]
    assert [each.group for each in texts if each.belongs_to("even")] == [0, 2]
    assert all(each.belongs_to("all") for each in texts)


def test_a_label_counts_where_it_is_the_chief_one():
    both = entity_of_label(["PERSON", "TITLE"])
    assert both == {"person": "PERSON", "title": "TITLE"}
    assert entity_of_label(["PERSON"])["title"] == "PERSON"
    assert entity_of_label(["UNHEARD_OF"]) == {}


def test_every_label_named_has_a_detector():
    assert {label for labels in LABELS_OF.values() for label in labels} <= set(known_labels())


def test_the_longest_of_overlapping_findings_stays():
    address, place, mail = (
        Finding("address", 0, 20),
        Finding("place", 5, 11),
        Finding("email", 21, 30),
    )
    assert without_overlaps([place, mail, address]) == [address, mail]


def test_the_surer_of_two_as_long_stays():
    weak, sure = Finding("npi", 0, 10, "", 0.4), Finding("phone", 0, 10, "", 0.9)
    assert without_overlaps([weak, sure]) == [sure]


def test_context_gives_way_to_what_has_a_form_of_its_own():
    address = Finding("address", 0, 40)
    phone = Finding("phone", 28, 40)
    assert without_overlaps([address, phone]) == [Finding("address", 0, 28), phone]
    inside = Finding("phone", 5, 15)
    assert without_overlaps([address, inside]) == [inside, Finding("address", 15, 40)]
    assert without_overlaps([Finding("address", 28, 40), phone]) == [phone]
    person = Finding("person", 0, 10)
    assert without_overlaps([address, phone, person]) == [Finding("address", 0, 28), phone]
