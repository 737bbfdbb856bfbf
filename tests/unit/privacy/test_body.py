"""A body is searched as one text, and what is found is found in its strings."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.errors import InvalidRequest
from headgate.privacy.body import Body
from headgate.privacy.scan import Finding

law = settings(deadline=None, derandomize=True)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
layouts = st.sampled_from([{}, {"indent": 1}, {"separators": (",", ":")}])
NAME = 'Zoe\n"Quux" é😀'
"""Of which every part is written otherwise in JSON."""


def written(value: Any, *, ensure_ascii: bool = True, **layout: Any) -> bytes:
    return json.dumps(value, ensure_ascii=ensure_ascii, **layout).encode()


def strings_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in strings_of(item)]
    if isinstance(value, dict):
        return [*value, *strings_of(list(value.values()))]
    return []


def places(body: Body, needle: str) -> list[Finding]:
    return [Finding("x", *match.span()) for match in re.finditer(re.escape(needle), body.text)]


def held(body: Body, needle: str) -> dict[str, list[str]]:
    found = body.by_text(places(body, needle))
    return {text: [text[each.start : each.end] for each in hits] for text, hits in found.items()}


@law
@given(json_values, st.booleans(), layouts)
def test_every_string_of_a_body_can_be_found_in_its_text(value, ensure_ascii, layout):
    text = Body(written(value, ensure_ascii=ensure_ascii, **layout)).text
    for string in strings_of(value):
        assert string in text


def test_both_of_two_duplicates_and_the_keys_are_searched():
    text = Body(rb'{"a":"first\u0040x.org","a":"second","k\u0065y\/":{"a\"b":1}}').text
    for string in ("first@x.org", "second", "key/", 'a"b'):
        assert string in text


def test_bytes_that_are_not_utf8_are_refused():
    with pytest.raises(InvalidRequest, match=r"not UTF-8 \(byte 6\)"):
        Body(b'{"a":"\xff"}')


around = st.text(st.sampled_from('ab \\"\n\té😀\u2028'), max_size=12)


@law
@given(st.lists(st.tuples(around, st.booleans(), around), min_size=1, max_size=6), st.data())
def test_every_string_with_a_finding_is_named_wherever_it_stands(pieces, data):
    strings = [left + (NAME if has_it else "") + right for left, has_it, right in pieces]
    value = {
        "messages": [{"role": "user", "content": strings}],
        strings[0]: {"deep": [[strings[-1]]], "n": 1.50},
    }
    layout = data.draw(layouts)
    body = Body(written(value, ensure_ascii=data.draw(st.booleans()), **layout))
    assert held(body, NAME) == {text: [NAME] for text in strings if NAME in text}


def test_both_of_two_duplicates_are_named():
    body = Body(rb'{ "a": "\u0062ob", "n":1.50, "a" : "is bob", "bob":"\u00e9"}')
    assert held(body, "bob") == {"bob": ["bob"], "is bob": ["bob"]}


def test_a_number_may_be_one():
    body = Body(b'{"card":4111111111111111,"n":-1.5e3}')
    assert held(body, "4111111111111111") == {"4111111111111111": ["4111111111111111"]}


def test_a_finding_over_several_strings_lies_in_each_of_them():
    body = Body(b'{"first":"Ada","last":"Lovelace"}')
    start = body.text.index("Ada")
    whole = Finding("x", start, body.text.index("lace"))
    assert body.by_text([whole]) == {
        "Ada": [Finding("x", 0, 3)],
        "last": [Finding("x", 0, 4)],
        "Lovelace": [Finding("x", 0, 4)],
    }


def test_what_was_found_twice_in_one_text_is_there_once():
    body = Body(b'{"a":"bob","b":"bob"}')
    assert body.by_text(places(body, "bob")) == {"bob": [Finding("x", 0, 3)]}


def test_a_finding_in_no_string_is_in_none():
    assert Body(b'{"a":  true}').by_text([Finding("x", 5, 9)]) == {}


@pytest.mark.parametrize("piece", ["a@b ", "\\n", "\\u0041", '\\"'])
def test_a_long_body_is_taken_apart_in_linear_time(piece):
    body = Body(b'{"a":"' + piece.encode() * 200_000 + b' bob","b":"bob"}')
    assert len(held(body, "bob")) == 2
