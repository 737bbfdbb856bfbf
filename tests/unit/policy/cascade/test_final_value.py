"""Where the result of a text is found, and where there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.cascade.final_value import LONGEST_VALUE, final_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18", "18"),
        ("  Paris.  ", "Paris."),
        ("Adding both, \\boxed{\\frac{3}{4}} is it.", "\\frac{3}{4}"),
        ("\\boxed{1} at first, then \\boxed{2}", "2"),
        ("We add them. The answer is $18. Hope that helps!", "$18."),
        ("Steps…\nFinal answer: (B)", "(B)"),
        ("9 * 2 = 18\n#### 18", "18"),
        ("The answer is 1. No, the answer is 2.", "2."),
        ("```json\n[1, 2]\n```", "[1, 2]"),
        ("She sells 9 eggs.\n9 * 2 = 18\nShe makes $18 every day", "$18"),
        ("The result is 3.5 metres", "3.5 metres"),
    ],
)
def test_the_result_is_found(text, value):
    assert final_value(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "I like 1984. It came out in 1949.",
        "The sea is salt.\nThe lake is not.",
        "a" * (LONGEST_VALUE + 1),
        "\\boxed{unclosed, and then prose. And more prose.",
        "x = 3 is a start.\nThere is no number here.",
    ],
)
def test_prose_has_none(text):
    assert final_value(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    value = final_value(text)
    assert value is None or value in text
