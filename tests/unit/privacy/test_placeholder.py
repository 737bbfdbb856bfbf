"""How placeholders are written and read."""

import pytest

from headgate.privacy.placeholder import ALPHABET, Match, Reader, codes_in, loose_codes, plain

CODE = "7K3QX9RBD"
NAME = f"EMAIL_{CODE}"
READER = Reader(frozenset({"email", "driver_licence"}), quoted=False)
QUOTED = Reader(frozenset({"email"}), quoted=True)


def test_codes_have_no_vowels_and_nothing_that_looks_like_something_else():
    assert not set(ALPHABET) & set("AEIOUL01")
    assert len(set(ALPHABET)) == len(ALPHABET)


@pytest.mark.parametrize(
    "written",
    [
        NAME,
        NAME.lower(),
        f"Email_{CODE}",
        f"EMAIL\\_{CODE}",
        f"EMAIL\\\\_{CODE}",
        "EMAIL\u200b_7K3\u200bQX9RBD",
        f"EMAIL\\u200b_{CODE}",
        f"EM\u00adAIL_{CODE}",
    ],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("**", "**"), ("`", "`"), ("&lt;", "&gt;"), ("x", "s"), ("'", "'s")],
)
def test_what_models_do_to_a_placeholder_is_read_as_if_it_were_not_there(written, before, after):
    match = READER.next(before + written + after, 0)
    assert match == Match(len(before), len(before + written), NAME)


@pytest.mark.parametrize(
    "other",
    ["EMAIL_7K3QX9RB", f"EMAIL {CODE}", f"E_MAIL_{CODE}", f"PHONE_{CODE}", "EMAIL_ADDRESSES"],
)
def test_what_is_written_otherwise_is_none(other):
    assert READER.next(other, 0) is None


def test_an_underscore_in_a_label_may_be_escaped_too():
    found = READER.next(f"DRIVER\\_LICENCE\\_{CODE}", 0)
    assert found is not None
    assert found.name == f"DRIVER_LICENCE_{CODE}"


def test_the_longest_label_is_read():
    reader = Reader(frozenset({"mail", "email"}), quoted=False)
    found = reader.next(NAME, 0)
    assert found is not None
    assert found.name == NAME
    assert reader.next(NAME, 1) == Match(1, len(NAME), f"MAIL_{CODE}")


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("so E", [3]),
        ("so EMAIL", [3]),
        ("so EMAIL_7K", [3]),
        ("so email_7K", [3]),
        ("an email", [3]),
        ("EMAIL\\", [0]),
        ("voicemail", []),
        ("so e", []),
        ("plain", []),
        ("a_b", []),
    ],
)
def test_the_end_of_a_text_may_have_begun_one(text, begun):
    assert READER.begun(text, 0) == begun


def test_before_a_number_a_quote_may_begin_one():
    assert QUOTED.begun('say "', 0) == [4]
    assert QUOTED.begun('say "EM', 0)[0] == 4
    assert '"' in QUOTED.ends
    assert '"' not in READER.ends


def test_codes_are_found_with_and_without_their_label():
    assert codes_in(f"x_{CODE.lower()} and {CODE}") == {CODE}
    assert loose_codes(f"the {CODE}, {CODE.lower()}!") == [CODE, CODE]
    assert plain(f"email\\_{CODE}") == NAME
