"""Loops are found, and nothing that only looks like one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.policy.answer_loop import FEWEST_REPEATS, SHORTEST_RUN, is_loop

law = settings(deadline=None, derandomize=True)
phrases = st.text(
    st.characters(categories=["Ll", "Lu", "Zs", "Po"], codec="utf-8"), min_size=2, max_size=60
)
PROSE = (
    "The committee met on Tuesday and heard from three witnesses, each of whom described the "
    "flood from a different side of the river. None of them agreed on when the water came. "
)


@law
@given(st.text(max_size=50), phrases, st.integers(0, 10))
def test_a_phrase_said_over_and_over_to_the_end_is_a_loop(before, phrase, rest):
    phrase = f"so {phrase.strip()} then "
    repeats = max(FEWEST_REPEATS, SHORTEST_RUN // len(phrase)) + 3
    assert is_loop(before + phrase * repeats + phrase[:rest])


@pytest.mark.parametrize(
    "text",
    [
        PROSE + "I will try again. " * 40,
        PROSE + "wait, " * 60,
        "的" * 300 + "的是" * 200,
        PROSE + "def f():\n    return f()\n\n" * 20,
        "Let me think.\nThe answer is 4.\n" * 12,
        PROSE * 9,
    ],
)
def test_stuck_answers_are_loops(text):
    assert is_loop(text)


TABLE = "| item | price |\n| --- | --- |\n" + "".join(
    f"| part {number} | {number * 7 % 90}.00 |\n" for number in range(60)
)
CODE = "".join(f"    assert parse(case_{n}) == expected_{n}\n" for n in range(50))
NUMBERS = "\n".join(f"{number}. {number * number}" for number in range(200))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ha ha ha ha",
        PROSE,
        PROSE * 3,
        PROSE + "-" * 500,
        PROSE + "." * 500,
        TABLE,
        TABLE + "| | |\n" * 60,
        CODE,
        NUMBERS,
        "0, " * 400,
        "[" + "0.0, " * 400 + "0.0]",
        "0000000000000000  00 00 00 00 00 00 00 00  |........|\n" * 40,
        "I will not talk in class.\n" * 50 + "That is all fifty, done as you asked.",
        "```\n" + "<td></td>\n" * 40 + "```",
        " " * 5000,
        "\n" * 5000,
    ],
)
def test_prose_tables_code_and_numbers_are_no_loops(text):
    assert not is_loop(text)


@law
@given(st.text(max_size=200))
def test_short_answers_are_never_loops(text):
    assert not is_loop(text)


@pytest.mark.parametrize(
    "text", ["ab" * 500_000 + "c", "a" * 1_000_000 + "b" * 100, "abcd " * 1600]
)
def test_only_the_end_is_looked_at_once(text):
    assert is_loop(text) is text.endswith("abcd ")
