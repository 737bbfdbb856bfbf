"""One spelling for one value."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.cascade.literals import as_choice, as_number, as_words


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("18", "18", ""),
        ("18.0", "18", ""),
        ("$18", "18", "usd"),
        ("$ 18.00", "18", "usd"),
        ("\\$18", "18", "usd"),
        ("18 dollars", "18", "usd"),
        ("**18**.", "18", ""),
        ("1,080.50", "2161/2", ""),
        ("1,234", "1234", ""),
        ("3,5", "7/2", ""),
        ("-4", "-4", ""),
        ("−4", "-4", ""),
        ("-$4", "-4", "usd"),
        ("3/4", "3/4", ""),
        ("\\frac{3}{4}", "3/4", ""),
        ("0.75", "3/4", ""),
        (".5", "1/2", ""),
        ("1e3", "1000", ""),
        ("50 %", "50", "%"),
        ("50\\%", "50", "%"),
        ("12 km/h", "12", "km/h"),
        ("3 apples", "3", "apple"),
    ],
)
def test_a_number_is_read_whatever_its_form(text, value, unit):
    assert as_number(text) == (value, unit)


@pytest.mark.parametrize(
    "text", ["", "abc", "1/0", "[18]", "{18}", "18 and 19", "1.2.3", "9" * 50, "1e999", "B"]
)
def test_what_is_no_single_number_is_none(text):
    assert as_number(text) is None


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9
    )
)
def test_units_and_thousands_leave_a_number_what_it_is(number: Decimal):
    plain = as_number(f"{number:f}")
    assert plain is not None
    for form in (f"{number:,f}", f"{number:f}0", f"${number:f}", f"{number:f} dollars"):
        assert as_number(form.replace("$-", "-$"))[0] == plain[0]


@given(st.text(max_size=80))
def test_any_text_is_read(text):
    for read in (as_number, as_choice):
        found = read(text)
        assert found is None or len(found) == 2
    assert as_words(as_words(text)) == as_words(text)


@pytest.mark.parametrize(
    ("text", "letter", "words"),
    [
        ("B", "B", ""),
        ("(B)", "B", ""),
        ("b.", "B", ""),
        ("**B**", "B", ""),
        ("Option C", "C", ""),
        ("B) Paris", "B", "paris"),
        ("[D]", "D", ""),
    ],
)
def test_a_choice_is_its_letter(text, letter, words):
    assert as_choice(text) == (letter, words)


@pytest.mark.parametrize("text", ["", "A dog", "Be", "AB", "12"])
def test_what_only_begins_with_a_letter_is_no_choice(text):
    assert as_choice(text) is None


def test_words_lose_case_and_marks_but_a_literal_keeps_its_case():
    assert as_words(" Paris.\n") == as_words("**paris**") == "paris"
    assert as_words("{'a': 1}") == as_words('{ "a":1 }')
    assert as_words("['a']") != as_words("['A']")
