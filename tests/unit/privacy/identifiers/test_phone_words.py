import pytest

from headgate.privacy.identifiers import phone_words as words
from headgate.privacy.text import Text

NUMBER = "9469 9966"


def around(written: str) -> tuple[Text, int, int]:
    start = written.index(NUMBER)
    return Text(written), start, start + len(NUMBER)


@pytest.mark.parametrize(
    "written",
    [f"call me on {NUMBER}", f"My new number: {NUMBER}", f"telephone {NUMBER}", f"тел. {NUMBER}"],
)
def test_words_before_a_number_announce_it(written):
    text, start, end = around(written)
    assert words.may_stand(text, start, end)
    assert words.precede(text, start, is_whole=False)


@pytest.mark.parametrize("written", [f"{NUMBER} (home)", f"{NUMBER} is my mobile"])
def test_words_after_a_number_announce_it(written):
    text, start, end = around(written)
    assert words.may_stand(text, start, end)
    assert words.follow(text, end)


@pytest.mark.parametrize(
    "written", [f"{NUMBER}", f"on {NUMBER} of them", "call" + " " * 60 + NUMBER]
)
def test_nothing_near_announces_nothing(written):
    text, start, end = around(written)
    assert not words.may_stand(text, start, end)
    assert not words.precede(text, start, is_whole=False)
    assert not words.follow(text, end)


def test_digits_in_one_piece_need_a_word_that_leads_up_to_them():
    text, start, _ = around(f"he will call; order {NUMBER}")
    assert words.precede(text, start, is_whole=False)
    assert not words.precede(text, start, is_whole=True)


@pytest.mark.parametrize(
    ("before", "says"),
    [("order number ", True), ("ticket #", True), ("my number ", False), ("recorder ", False)],
)
def test_words_before_a_number_may_say_something_else(before, says):
    assert words.say_something_else(before) is says
