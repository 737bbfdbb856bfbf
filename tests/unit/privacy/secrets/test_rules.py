"""The data files hold what their comments promise."""

import re

import pytest

from headgate.privacy.secrets.rules import Service, Token, is_glued, kinds, load

RULES = list(load())
TOKENS = [(word, rule) for word, rule in RULES if isinstance(rule, Token)]


def test_there_are_kinds_enough_and_each_is_spelled_as_the_others():
    assert len(kinds()) >= 220
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind) for kind in kinds())


def test_keywords_are_what_the_gate_can_find():
    for word, _ in RULES:
        assert word == word.lower()
        assert word.isascii()
        assert len(word) >= 2, word


def test_no_pattern_repeats_without_end():
    for word, rule in RULES:
        pattern = rule.pattern.pattern
        assert (
            re.search(r"(?<!\\)[*+](?!\+|\)|$|\?)", re.sub(r"\[[^]]*\]|\}\+", "", pattern)) is None
        ), word


def test_every_rule_names_a_kind_of_the_files():
    named = {rule.kind for _, rule in TOKENS}
    named |= {kind for _, rule in RULES if isinstance(rule, Service) for kind in rule.kinds}
    assert named == kinds()


@pytest.mark.parametrize(
    ("text", "start", "glued"),
    [
        ("key", 0, False),
        (" key", 1, False),
        ("=key", 1, False),
        ("/key", 1, False),
        ("mykey", 2, True),
        ("_key", 1, True),
        ("\\nkey", 2, False),
        ("%3Dkey", 3, False),
        ("\\u003dkey", 6, False),
        ("\x1b[1mkey", 4, False),
        ("xnkey", 2, True),
    ],
)
def test_a_word_before_it_glues_and_an_escape_does_not(text, start, glued):
    assert is_glued(text, start) == glued
