"""What stands for what."""

import pytest

from headgate.core.errors import TooLarge
from headgate.privacy import pseudonyms
from headgate.privacy.pseudonyms import Pseudonyms, Value, escaped, unescaped

KEY = b"0123456789abcdef"


def test_a_placeholder_follows_from_key_label_and_value():
    name = Pseudonyms(KEY).name_of("email", "ada@example.com")
    assert name == Pseudonyms(KEY).name_of("email", "ada@example.com")
    assert name.startswith("EMAIL_")
    assert len(name) == len("EMAIL_") + 9
    assert name != Pseudonyms(b"another key").name_of("email", "ada@example.com")
    assert name[6:] != Pseudonyms(KEY).name_of("person", "ada@example.com")[7:]


def test_values_that_differ_in_case_have_different_codes_that_begin_alike():
    names = Pseudonyms(KEY)
    small, large = names.name_of("person", "ada"), names.name_of("person", "ADA")
    assert small != large
    assert small[:-3] == large[:-3]


def test_a_code_that_stands_in_the_request_is_not_taken():
    first = Pseudonyms(KEY).name_of("email", "a@b.c")
    second = Pseudonyms(KEY).name_of("email", "a@b.c", taken={first[-9:]})
    assert first != second
    names = Pseudonyms(KEY)
    names.name_of("email", "a@b.c")
    assert names.name_of("email", "a@b.c", taken={first[-9:]}) == first, "once live, it stays"


def test_only_live_placeholders_are_found():
    names = Pseudonyms(KEY)
    assert names.next_in("EMAIL_7K3QX9RBD") is None
    name = names.name_of("email", "a@b.c")
    found = names.next_in(f"EMAIL_7K3QX9RBD {name}")
    assert found is not None
    assert found[0].start == 16
    assert found[1].text == "a@b.c"
    assert names.is_begun_by(name[:8])
    assert not names.is_begun_by(name)
    assert not names.is_begun_by("EMAIL_22222")
    assert names.has_code(name[-9:])


def test_nothing_shows_a_value():
    names = Pseudonyms(KEY)
    name = names.name_of("email", "ada@example.com")
    value = names.value_of(name)
    shown = f"{names!r} {names} {value!r} {value} {[value]}"
    assert "ada" not in shown
    assert "email" in shown


def test_what_was_kept_restores_the_session_elsewhere():
    names = Pseudonyms(KEY)
    made = [names.name_of("email", "a@b.c"), names.name_of("card", "42", "number")]
    kept = names.take_new()
    assert names.take_new() == []
    other = Pseudonyms(KEY)
    other.restore(kept)
    other.restore(kept)
    values = [other.value_of(name) for name in made]
    assert [(value.text, value.form) for value in values if value] == [
        ("a@b.c", "plain"),
        ("42", "number"),
    ]
    assert other.take_new() == []
    assert other.is_begun_by('"CARD_')


def test_a_session_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pseudonyms, "MOST_VALUES", 2)
    names = Pseudonyms(KEY)
    names.name_of("email", "a")
    names.name_of("email", "b")
    names.name_of("email", "a")
    with pytest.raises(TooLarge):
        names.name_of("email", "c")


def test_a_value_is_written_as_its_place_needs_it():
    prose = Value("person", 'A "Q"', "plain")
    assert prose.written_in("text") == 'A "Q"'
    assert prose.written_in("json") == 'A \\"Q\\"'
    assert prose.written_in("leaf") == 'A "Q"'
    of_json = Value("person", 'A \\"Q\\"', "json")
    assert of_json.written_in("text") == of_json.written_in("json") == 'A \\"Q\\"'
    assert of_json.written_in("leaf") == 'A "Q"'
    assert unescaped(escaped("é\n\\")) == "é\n\\"
    assert unescaped("half \\") == "half \\"
