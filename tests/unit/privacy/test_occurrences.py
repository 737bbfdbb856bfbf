"""Where else a value stands."""

import sys

import pytest

from headgate.privacy import occurrences
from headgate.privacy.occurrences import forms_of, is_plain_word, more_of
from headgate.privacy.scan import Finding


def found(label: str, value: str, *texts: str) -> list[str]:
    return sorted(text[hit.start : hit.end] for text, hit in more_of({(label, value)}, texts))


@pytest.mark.parametrize(
    "written",
    ["o'h@x.io", "o%27h%40x.io", "o&#x27;h@x.io", "o%27h@x.io"],
)
def test_a_value_is_found_as_links_and_html_write_it(written):
    assert written in found("email", "o'h@x.io", f"see ?to={written}&x=1")


def test_a_value_found_in_json_text_is_found_in_prose():
    assert found("person", 'A \\"Q\\" Lee', 'it is A "Q" Lee.') == ['A "Q" Lee']
    assert "Zo\\u00eb" in forms_of("Zoë")


def test_short_values_are_whole_words_and_very_short_ones_are_left_alone():
    assert found("person", "Mark", "Mark marks Marks, Mark!") == ["Mark", "Mark"]
    assert found("age", "42", "42 of 42") == []
    assert found("email", "a@b.io", "xa@b.iox") == ["a@b.io"]


def test_places_are_of_the_right_text():
    hits = list(more_of({("person", "Ada Lee")}, ["no", "x Ada Lee", "Ada Lee Ada Lee"]))
    assert hits == [
        ("x Ada Lee", Finding("person", 2, 9)),
        ("Ada Lee Ada Lee", Finding("person", 0, 7)),
        ("Ada Lee Ada Lee", Finding("person", 8, 15)),
    ]


def test_one_value_does_not_go_across_two_texts():
    assert found("x", "ab\0cd ef", "ab", "cd ef") == []


def test_names_of_the_api_are_plain_words():
    assert is_plain_word("user")
    assert not is_plain_word("Ada")
    assert not is_plain_word("a@b.c")


def test_many_values_in_much_text_are_found_in_the_same_places(monkeypatch: pytest.MonkeyPatch):
    values = {("id", f"é-{number:05}") for number in range(0, 3000, 7)}
    texts = [
        " ".join(f"é-{number:05}" for number in range(start, start + 300))
        for start in range(0, 3000, 300)
    ]
    one_pass = sorted(more_of(values, texts), key=repr)
    assert len(one_pass) == len(values)
    monkeypatch.setattr(occurrences, "_MUCH", float("inf"))
    assert sorted(more_of(values, texts), key=repr) == one_pass
    monkeypatch.setattr(occurrences, "_MUCH", 0)
    monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
    assert sorted(more_of(values, texts), key=repr) == one_pass
