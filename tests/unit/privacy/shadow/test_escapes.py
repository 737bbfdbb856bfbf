import html
import json
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.shadow.escapes import CUT, SURROUNDINGS, unescaped
from headgate.privacy.shadow.view import View

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def read(text: str) -> list[str]:
    return [view.written for view in unescaped(View.of(text))]


@dataclass
class Case:
    id: str
    escaped: str
    plain: str


CASES = [
    Case("json", r"ada\u0040example.com", "ada@example.com"),
    Case("json-pair", r"\ud835\udfd2\u0031", "𝟒1"),
    Case("braces", r"ada\u{40}example.com", "ada@example.com"),
    Case("hexadecimal", r"ada\x40example.com", "ada@example.com"),
    Case("new-line-in-front", r"end\nada@example.com", "end\nada@example.com"),
    Case("escaped-slash", r"030\/1234567", "030/1234567"),
    Case("address", "ada%40example.com", "ada@example.com"),
    Case("utf-8", "%EF%BC%94111", "４111"),
    Case("latin-1", "%E9t%E9%20", "été "),
    Case("plus-for-space", "a=4111+1111%20", "a=4111 1111 "),
    Case("decimal-entity", "ada&#64;example.com", "ada@example.com"),
    Case("hexadecimal-entity", "ada&#x40;example.com", "ada@example.com"),
    Case("named-entity", "ada&commat;example&period;com", "ada@example.com"),
    Case("twice", r"ada\\u0040example.com", "ada@example.com"),
    Case("twice-in-an-address", "ada%2540example.com", "ada@example.com"),
    Case("mixed", "ada&amp;#64;example.com", "ada@example.com"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_escapes_are_undone(case):
    assert read(case.escaped) == [case.plain]


@pytest.mark.parametrize(
    "text",
    ["plain", "100% of it & more", r"print('done\n')", r"re.compile(r'\d+\s')", "a && b %d", "&c"],
)
def test_what_hides_nothing_is_not_read_again(text):
    assert read(text) == []


def test_a_character_covers_its_whole_escape():
    text = r"to ada\u0040example.com"
    [view] = unescaped(View.of(text))
    at = view.written.index("@")
    assert view.cover(at, at + 1) == (6, 12)
    assert view.cover(3, len(view.written)) == (3, len(text))


def test_one_escape_may_stand_for_several_characters():
    [view] = unescaped(View.of("%C3%A9%40"))
    assert [view.cover(at, at + 1) for at in range(2)] == [(0, 6), (6, 9)]


def test_only_the_surroundings_of_an_escape_are_read_and_their_edges_do_not_count():
    text = "word " * 200 + "%40" + " word" * 200
    [view] = unescaped(View.of(text))
    assert len(view.written) < 3 * SURROUNDINGS
    assert view.cover(0, CUT) is None
    assert view.cover(CUT, CUT + 1) is not None


@given(any_text)
def test_any_json_text_is_read_as_what_it_says(text):
    written = json.dumps("\\u0041" + text)[1:-1]
    view = next(unescaped(View.of(written)))
    assert all(0 <= a < b <= len(written) for a, b in zip(view.starts, view.ends, strict=True))


@given(any_text)
def test_quoting_for_an_address_or_a_page_is_undone(text):
    plain = text.replace("%", "").replace("&", "").replace("\\", "").replace("+", "")
    for written in (quote(f"@{plain}", safe=""), f"&#64;{html.escape(plain)}"):
        [view] = unescaped(View.of(written))
        assert view.written == f"@{plain}"
        assert (view.starts[0], view.ends[-1]) == (0, len(written))
