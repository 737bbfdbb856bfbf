import pytest

from headgate.privacy.shadow.view import View
from headgate.privacy.shadow.wraps import joined

LONG = "This line is as long as those that a mail program breaks, up to the end "


def read(text: str) -> list[str]:
    return [view.written.strip() for view in joined(View.of(text))]


def test_digits_over_a_line_break_are_joined_both_ways():
    assert read("card 4111 1111\n1111 1111 ok") == [
        "card 4111 11111111 1111 ok",
        "card 4111 1111 1111 1111 ok",
    ]


@pytest.mark.parametrize("between", ["\n", "\r\n", " \n", "\n  ", "\n> ", "=\n"])
def test_spaces_quotation_and_soft_breaks_go_with_the_break(between):
    assert read(f"4111{between}1111")[0] == "41111111"


def test_a_dash_at_the_end_of_a_line_stays():
    assert read("4111-\n1111")[0] == "4111-1111"


def test_only_a_finding_over_the_break_counts():
    view = next(joined(View.of("4111\n1111")))
    assert view.cover(0, 8) == (0, 9)
    assert view.cover(0, 4) is None
    assert view.cover(4, 8) is None


def test_an_account_and_the_domain_of_an_address_are_joined():
    assert "GB82 WEST1234" in read("GB82 WEST\n1234")[0]
    assert "ada@example.com" in read("ada@\nexample.com")[0]
    assert f"{LONG}ada@example.com" in read(f"{LONG}ada@exam\nple.com")[0]
    assert "ada@example.com" in read("ada@exam=\nple.com")[0]


@pytest.mark.parametrize(
    "text",
    [
        "1234567890\n2345678901\n3456789012\n4567890123\n",
        "one\ntwo\n3",
        "root@web01\nls",
        "no break at all 4111",
    ],
    ids=["column", "words", "prompt", "one-line"],
)
def test_other_breaks_stay(text):
    assert read(text) == []


def test_a_wrapped_disguise_is_joined_too():
    assert read("４１１１\n１１１１")[0] == "41111111"


def test_a_line_of_equals_signs_is_no_soft_break():
    assert list(joined(View.of("Heading\n=======\nada@example.com"))) == []
    assert list(joined(View.of("write to ada@exam=\nple.com"))) != []
