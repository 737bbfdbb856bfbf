"""What is replaced in a request."""

import json

import pytest

from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.replace import Masking, redaction_of
from headgate.privacy.restore import restored
from headgate.privacy.scan import Finding

KEY = b"0123456789abcdef"
MASK = {"email": "mask", "card": "mask", "secret": "redact", "person": "allow"}


def finder(*values: tuple[str, str]):
    def find(text: str) -> list[Finding]:
        return [
            Finding(label, text.find(value), text.find(value) + len(value))
            for label, value in values
            if value in text
        ]

    return find


def test_what_is_masked_comes_back_and_what_is_redacted_does_not():
    names = Pseudonyms(KEY)
    masking = Masking(names, MASK)
    text = "ada@x.io has hunter22 and is Ada"
    out = masking.text(
        text, finder(("email", "ada@x.io"), ("secret", "hunter22"), ("person", "Ada"))(text)
    )
    name = names.name_of("email", "ada@x.io")
    assert out == f"{name} has {redaction_of('secret')} and is Ada"
    assert restored(out, names) == "ada@x.io has [SECRET] and is Ada"
    assert (masking.masked, masking.redacted) == ({"email": 1}, {"secret": 1})
    assert "ada" not in repr(masking)


def test_a_body_without_findings_is_itself():
    body = {"messages": [{"role": "user", "content": "Hi"}]}
    assert Masking(Pseudonyms(KEY), MASK).body(body, lambda _: []) is body


def test_a_value_found_once_is_replaced_everywhere():
    names = Pseudonyms(KEY)
    body = {
        "messages": [{"role": "user", "content": "I am ada@x.io"}],
        "metadata": {"ada@x.io": "mailto:ada%40x.io", "n": ["ada@x.io"]},
    }

    def find(text: str) -> list[Finding]:
        return [Finding("email", 5, 13)] if text.startswith("I am") else []

    out = Masking(names, MASK).body(body, find)
    assert "ada@" not in json.dumps(out)
    assert "ada%" not in json.dumps(out)
    assert out["metadata"]["n"] == [names.name_of("email", "ada@x.io")]


def test_each_text_is_looked_at_once():
    seen: list[str] = []

    def find(text: str) -> list[Finding]:
        seen.append(text)
        return []

    Masking(Pseudonyms(KEY), MASK).body({"a": ["x", "x"], "b": "x"}, find)
    assert sorted(seen) == ["a", "b", "x"]


def test_what_cannot_be_read_is_not_masked():
    def find(text: str) -> list[Finding]:
        raise ValueError("cannot read")

    with pytest.raises(ValueError, match="cannot read"):
        Masking(Pseudonyms(KEY), MASK).body({"a": "x"}, find)


def test_numbers_are_replaced_by_texts_and_settings_are_not():
    names = Pseudonyms(KEY)
    find = finder(("card", "4111111111111111"))
    body = {"n": 4111111111111111, "s": "4111111111111111", "seed": 4111111111111111}
    out = Masking(names, MASK).body(body, find)
    assert out["n"] == names.name_of("card", "4111111111111111", "number")
    assert out["s"] == names.name_of("card", "4111111111111111")
    assert out["seed"] == 4111111111111111


def test_a_number_in_json_text_is_put_in_quotes():
    names = Pseudonyms(KEY)
    text = '{"n": 4111111111111111}'
    out = Masking(names, MASK).text(text, finder(("card", "4111111111111111"))(text))
    assert json.loads(out) == {"n": names.name_of("card", "4111111111111111", "number")}
    assert restored(out, names) == text
    assert restored(out, names, "json") == text


def test_keys_that_are_alike_once_redacted_are_told_apart():
    body = {"hunter22": 1, "hunter33": 2}
    out = Masking(Pseudonyms(KEY), MASK).body(
        body, finder(("secret", "hunter22"), ("secret", "hunter33"))
    )
    assert out == {"[SECRET]": 1, "[SECRET] 2": 2}


def test_words_of_the_api_and_sealed_thoughts_stay():
    find = finder(("email", "user is"), ("email", "A" * 80))
    body = {"messages": [{"role": "user", "signature": "A" * 80, "content": "user is"}]}

    def found(text: str) -> list[Finding]:
        return [Finding("email", 0, 4)] if text == "user is" else find(text)

    out = Masking(Pseudonyms(KEY), MASK).body(body, found)
    assert out["messages"][0]["role"] == "user"
    assert out["messages"][0]["signature"] == "A" * 80
    assert out["messages"][0]["content"] != "user is"


def test_text_that_would_complete_a_placeholder_is_replaced_with_it():
    names = Pseudonyms(KEY)
    name = names.name_of("card", "1234567")
    # The text ends with all but the label of another live placeholder.
    ssn = Pseudonyms(KEY).name_of("email", "a@b.c")
    text = name[:-1] + "a@b.c"
    findings = [Finding("email", len(name) - 1, len(text))]
    out = Masking(names, MASK).text(text, findings)
    assert restored(out, names) == text
    assert ssn.startswith("EMAIL_")


def test_masking_again_changes_nothing():
    names = Pseudonyms(KEY)
    once = Masking(names, MASK).text("ada@x.io", [Finding("email", 0, 8)])
    again = Masking(names, MASK).text(once, [Finding("card", 6, 15), Finding("email", 0, 15)])
    assert again == once
