"""Which word of the demonstration model follows which, as probabilities.

English pairs are taken from a few sentences. JSON has rules of its own, used only where a
grammar forbids the rest: they prefer to close what is open, so an object ends even at
temperature 0. Sentences are separated by an empty line, which no JSON string may hold:
there, a sentence's end can only be the string's end.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from headgate.engine.demo_text import INTRODUCTION, SENTENCES
from headgate.engine.demo_vocabulary import TURN_END, pieces

Successors = Mapping[str, float]

ANSWER_START: Final = "\n"
SENTENCE_GAP: Final = "\n\n"

_VALUE_START: Final[Successors] = {
    ' "': 0.5, " 42": 0.2, " true": 0.1, " null": 0.05, " false": 0.05,
    ' {"': 0.03, ' ["': 0.03, " [": 0.02, " {": 0.02,
}  # fmt: skip
_VALUE_END: Final[Successors] = {"}": 0.4, "]": 0.3, ",": 0.1, TURN_END: 0.2}
_ITEM_START: Final[Successors] = {'"': 0.5, "42": 0.3, '{"': 0.1, "]": 0.1}
_STRING_START: Final[Successors] = {"This": 1.0}
_KEY_START: Final[Successors] = {"answer": 0.9, "This": 0.1}

JSON_RULES: Final[Mapping[str, Successors]] = {
    "{": {'"': 0.9, "}": 0.1},
    '{"': _KEY_START,
    ' {"': _KEY_START,
    "answer": {'":': 1.0},
    '":': _VALUE_START,
    ' "': _STRING_START,
    " {": {'"': 0.9, "}": 0.1},
    "[": _ITEM_START,
    " [": _ITEM_START,
    '["': _STRING_START,
    ' ["': _STRING_START,
    # Opens a string or ends one; only one of the two is possible under a grammar.
    '"': {"This": 0.6, "}": 0.15, "]": 0.1, ",": 0.05, ":": 0.1},
    ":": _VALUE_START,
    '",': {' "': 0.7, " 42": 0.2, ' {"': 0.1},
    ",": _VALUE_START,
    '"}': _VALUE_END,
    '"]': _VALUE_END,
    "}": _VALUE_END,
    "]": _VALUE_END,
    "42": _VALUE_END,
    " 42": _VALUE_END,
    " true": _VALUE_END,
    " false": _VALUE_END,
    " null": _VALUE_END,
}

AFTER_SENTENCE: Final[Successors] = {
    TURN_END: 0.6, SENTENCE_GAP: 0.39,
    '"}': 4e-3, '"]': 3e-3, '",': 2e-3, '":': 1e-3, " This": 1e-5,
}  # fmt: skip
ANSWER_STARTS: Final[Successors] = {"This": 0.999, '{"': 8e-4, '["': 2e-4}

FALLBACK: Final[Successors] = {" is": 0.5, '"': 0.3, ".": 0.1, '":': 0.1}
"""After anything the model was never taught."""


def taught_pieces() -> list[str]:
    """Every piece of text that must be one token, as often as it is read."""
    read = [piece for text in _TEXTS for piece in pieces(text)]
    told = {piece for rule in _RULES.items() for piece in (rule[0], *rule[1])} - {TURN_END}
    return read + sorted(told)


def habits() -> dict[str, Successors]:
    """What follows each piece, and how likely.

    Among the words that may follow, one that is nearer to the end of its sentence is a
    little likelier. So the likeliest way always comes nearer to an end: without that,
    an engine at temperature 0 could go in circles.
    """
    weights: dict[str, dict[str, float]] = {}
    for text in _TEXTS:
        pairs = list(pairwise(pieces(text)))
        for left, (piece, following) in zip(range(len(pairs), 0, -1), pairs, strict=True):
            known = weights.setdefault(piece, {})
            known[following] = max(known.get(following, 0.0), 1 + 1 / left)
    return {piece: _shares(following) for piece, following in weights.items()} | dict(_RULES)


def _shares(weights: Mapping[str, float]) -> Successors:
    total = sum(weights.values())
    return {piece: weight / total for piece, weight in weights.items()}


_TEXTS: Final = (INTRODUCTION, *SENTENCES)
_RULES: Final[Mapping[str, Successors]] = {
    **JSON_RULES,
    ANSWER_START: ANSWER_STARTS,
    SENTENCE_GAP: _shares(Counter(pieces(text)[0] for text in SENTENCES)),
    ".": AFTER_SENTENCE,
    " This": {" demonstration": 1.0},
}
