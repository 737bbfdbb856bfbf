import pytest

from headgate.privacy.identifiers.announced import Announcement
from headgate.privacy.text import Text
from headgate.privacy.words import Words

BADGE = Announcement(Words("badge"), r"\bbadge", r"[a-z]{0,2}-?[0-9]{4,8}")


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in BADGE.find(Text(text))]


@pytest.mark.parametrize(
    "text",
    [
        "badge 12345",
        "Badge Number: 12345",
        "BADGE NO. 12345",
        "badge_id=12345",
        '{"badge": "12345"}',
        "**Badge number:** 12345",
        "badge (12345)",
        "badge number is #12345",
        "badge:        12345",
    ],
)
def test_a_value_is_found_however_it_is_announced(text):
    assert found(text) == ["12345"]


def test_further_values_of_a_list_are_found():
    assert found("badges? badge 12345, AB-23456 and 34567; 45678.") == [
        "12345",
        "AB-23456",
        "34567",
        "45678",
    ]


@pytest.mark.parametrize("text", ["12345", "badge. Then 12345", "badge 123", "badge 12345x"])
def test_without_the_words_or_the_form_nothing_is_found(text):
    assert found(text) == []
