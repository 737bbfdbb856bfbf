"""Both gates find every keyword, wherever it stands and whatever it overlaps."""

import builtins

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.gate import as_bytes, make_gate, native_gate, plain_gate
from headgate.privacy.secrets.find import keywords

WORDS = ("a", "ab", "abc", "bca", "abcabc", "c-", "://", "ey", "s.")
MAKERS = pytest.mark.parametrize("make", [native_gate, plain_gate])
texts = st.text(st.sampled_from("abcC-:/eyYs.é電 "), max_size=60)


def everywhere(words: tuple[str, ...], text: bytes) -> list[tuple[int, int, int]]:
    return [
        (number, start, start + len(word))
        for number, word in enumerate(words)
        for start in range(len(text))
        if text.startswith(word.encode(), start)
    ]


@MAKERS
@given(texts)
def test_every_keyword_is_found_everywhere(make, text):
    read = as_bytes(text)
    assert sorted(make(WORDS)(read)) == sorted(everywhere(WORDS, read))


@given(st.lists(st.sampled_from([*keywords(), " ", "x", "-", "=", "\n", "é"]), max_size=20))
def test_both_gates_agree_on_the_real_keywords(parts):
    words = tuple(keywords())
    read = as_bytes("".join(parts))
    assert plain_gate(words)(read) == list(native_gate(words)(read))


@given(st.text())
def test_a_character_is_a_byte_so_offsets_agree(text):
    assert len(as_bytes(text)) == len(text)


def test_the_plain_gate_serves_where_the_native_one_is_missing(monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name == "ahocorasick_rs":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    assert list(make_gate(("key",))(b"a key")) == [(0, 2, 5)]
