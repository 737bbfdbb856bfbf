import sys

import pytest

from headgate.core.plugins import load, load_all
from headgate.privacy import words
from headgate.privacy.detector import Detector
from headgate.privacy.detectors import national_id
from headgate.privacy.scan import (
    DETECTORS,
    Finding,
    _detectors,
    certainties,
    findings,
    known_labels,
    scan,
    usual_labels,
)
from headgate.privacy.secrets import find

ALL = frozenset({"card", "email", "iban", "ip", "phone", "ssn"})
LETTER = """
Dear Ada, call me on 415-555-2671 or write to bob@example.com from 86.121.97.248.
My SSN is 123-45-6789, my card 4111 1111 1111 1111, my account DE89 3704 0044 0532 0130 00.
"""


def test_the_structured_kinds_have_detectors():
    assert set(known_labels()) >= ALL


def test_what_rests_on_words_around_it_is_not_looked_for_unless_asked():
    rests_on = certainties()
    assert set(rests_on) == set(known_labels())
    assert rests_on["email"] == "identifier"
    assert usual_labels() == {label for label in rests_on if rests_on[label] != "context"}
    assert {"email", "secret"} <= usual_labels()
    assert "person" not in usual_labels()


def test_every_kind_in_a_text_is_labelled():
    assert scan(LETTER, ALL) == ALL


def test_only_wanted_labels_are_looked_for():
    assert scan(LETTER, frozenset({"email", "ssn"})) == {"email", "ssn"}
    assert scan(LETTER, frozenset()) == frozenset()


def test_clean_text_has_no_label():
    assert scan("In 2023 we met 15 people, about 3.5 each, at 12:30.", ALL) == frozenset()


def test_findings_are_in_order_and_cover_the_data():
    shown = [(each.label, LETTER[each.start : each.end]) for each in findings(LETTER, ALL)]
    assert shown == [
        ("phone", "415-555-2671"),
        ("email", "bob@example.com"),
        ("ip", "86.121.97.248"),
        ("ssn", "123-45-6789"),
        ("card", "4111 1111 1111 1111"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
    ]


def test_places_are_those_of_the_text_as_it_was_written():
    text = "card: 4111\u200b 1111 １１１１\u00ad 1111\u200b!"
    [finding] = findings(text, frozenset({"card"}))
    assert finding == Finding("card", 6, len(text) - 2)
    assert text[finding.start : finding.end] == "4111\u200b 1111 １１１１\u00ad 1111"


def test_a_label_nobody_detects_is_an_error_and_not_skipped():
    with pytest.raises(KeyError, match="horoscope"):
        scan("anything", frozenset({"email", "horoscope"}))


def test_an_error_in_a_detector_reaches_the_caller(monkeypatch):
    def broken(_):
        raise RuntimeError("detector broke")

    broken_detector = Detector(name="email", find=broken, examples=(), counter_examples=())
    module = "headgate.privacy.detectors.email.DETECTOR"
    load(DETECTORS, "email", "DETECTOR")
    monkeypatch.setattr(module, broken_detector)
    _detectors.cache_clear()
    try:
        with pytest.raises(RuntimeError, match="detector broke"):
            scan("hello", ALL)
    finally:
        _detectors.cache_clear()


def test_a_lone_surrogate_from_json_is_read_over():
    assert scan("\ud800 ada@example.com \udfff", ALL) == {"email"}


def test_without_compiled_code_the_same_is_found(monkeypatch):
    every = load_all(DETECTORS, "DETECTOR")
    texts = [text for each in every.values() for text in (*each.examples, *each.counter_examples)]
    whole = [*texts, "\n".join(texts), LETTER]
    caches = (words._finder, national_id._shaped, find.finder)
    by_native = [findings(text, frozenset(every)) for text in whole]
    monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
    for cache in caches:
        cache.cache_clear()
    by_plain = [findings(text, frozenset(every)) for text in whole]
    for cache in caches:
        cache.cache_clear()
    assert by_plain == by_native
