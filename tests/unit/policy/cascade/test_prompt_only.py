"""Routers that see the prompt only."""

from headgate.policy.cascade.prompt_only import PROMPT_ONLY

LESSONS = [
    (f"{'prove' if number % 2 else 'greet'} this number", float(number % 2))
    for number in range(200)
]


def test_chance_has_no_favourites():
    worth = PROMPT_ONLY["random"].make(LESSONS)
    assert worth("prove it") == worth("greet")


def test_length_prefers_the_longer_prompt():
    worth = PROMPT_ONLY["prompt length"].make(LESSONS)
    assert worth("a long prompt") > worth("short")


def test_words_prefer_what_gained():
    worth = PROMPT_ONLY["prompt words"].make(LESSONS)
    assert worth("prove this number") > worth("greet this number")
