"""A body is searched as one text, and only what is changed in it changes."""

import json
import re
from collections.abc import Sequence
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


def cut(text: str, found: Sequence[Finding]) -> str:
    for each in sorted(found, key=lambda each: -each.start):
        text = text[: each.start] + "X" + text[each.end :]
    return text


def renamed(value: Any, needle: str) -> Any:
    if isinstance(value, str):
        return value.replace(needle, "X")
    if isinstance(value, list):
        return [renamed(item, needle) for item in value]
    if isinstance(value, dict):
        return {renamed(k, needle): renamed(item, needle) for k, item in value.items()}
    return value


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
def test_strings_with_findings_are_changed_wherever_they_stand(pieces, data):
    strings = [left + (NAME if has_it else "") + right for left, has_it, right in pieces]
    value = {
        "messages": [{"role": "user", "content": strings}],
        strings[0]: {"deep": [[strings[-1]]], "n": 1.50},
    }
    raw = written(value, ensure_ascii=data.draw(st.booleans()), **data.draw(layouts))
    body = Body(raw)
    assert json.loads(body.changed(places(body, NAME), cut)) == renamed(value, NAME)


@law
@given(json_values, st.booleans(), layouts)
def test_without_findings_no_byte_changes(value, ensure_ascii, layout):
    raw = written(value, ensure_ascii=ensure_ascii, **layout)
    assert Body(raw).changed([], cut) == raw


def test_what_is_not_touched_keeps_its_bytes_and_duplicates_are_both_changed():
    body = Body(rb'{ "a": "\u0062ob", "n":1.50, "a" : "is bob", "e":"\u00e9"}')
    changed = body.changed(places(body, "bob"), cut)
    assert changed == rb'{ "a": "X", "n":1.50, "a" : "is X", "e":"\u00e9"}'


def test_a_number_that_is_a_finding_becomes_a_string():
    body = Body(b'{"card":4111111111111111,"n":-1.5e3}')
    assert body.changed(places(body, "4111111111111111"), cut) == b'{"card":"X","n":-1.5e3}'


def test_a_finding_over_several_strings_changes_each_of_them():
    body = Body(b'{"first":"Ada","last":"Lovelace"}')
    start = body.text.index("Ada")
    whole = Finding("x", start, body.text.index("lace"))
    assert body.changed([whole], cut) == b'{"first":"X","X":"Xlace"}'


def test_a_finding_in_no_string_changes_nothing():
    body = Body(b'{"a":  true}')
    assert body.changed([Finding("x", 5, 9)], cut) == b'{"a":  true}'


@pytest.mark.parametrize("piece", ["a@b ", "\\n", "\\u0041", '\\"'])
def test_a_long_body_is_changed_in_linear_time(piece):
    raw = b'{"a":"' + piece.encode() * 200_000 + b' bob"}'
    body = Body(raw)
    assert body.changed(places(body, "bob"), cut).endswith(b' X"}')
