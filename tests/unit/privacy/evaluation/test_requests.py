"""Counts of whole texts."""

from headgate.privacy.evaluation.labelled import Gold, LabelledText
from headgate.privacy.evaluation.requests import Requests, score_requests
from headgate.privacy.scan import Finding

TEXT = "Ada, ada@example.com"
BOTH = LabelledText(TEXT, (Gold("PERSON", 0, 3), Gold("EMAIL", 5, 20)), 0)
NONE = LabelledText(TEXT, (), 1)


def test_covered_means_to_the_last_letter():
    assert score_requests([(BOTH, [Finding("email", 5, 20)])]) == Requests(1, 1, 0, 1, 1, 0, 0)
    assert score_requests([(BOTH, [Finding("email", 5, 19)])]).hard_covered == 0


def test_a_finding_of_any_label_covers():
    assert score_requests([(BOTH, [Finding("secret", 0, 20)])]).redacted == 1


def test_punctuation_need_not_be_covered():
    text = LabelledText("(415) 555", (Gold("PHONE", 0, 9),), 0)
    assert score_requests([(text, [Finding("phone", 1, 9)])]).hard_covered == 1


def test_texts_without_personal_data_are_counted_apart():
    found = score_requests([(NONE, [Finding("person", 0, 3)]), (NONE, [])])
    assert (found.personal, found.clean, found.clean_flagged) == (0, 2, 1)
