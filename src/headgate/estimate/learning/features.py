"""A prompt as small numbers: enough to learn from, not to read.

Words and pairs of neighbouring words as buckets with counts, and the prompt's shape. Many
words share a bucket, so none can be read back with certainty.
"""

import re
from collections import Counter
from itertools import pairwise
from math import log1p
from string import ascii_uppercase
from zlib import crc32

from msgspec import Struct

from headgate.estimate.complexity import score

BUCKETS = 1 << 16
HEAD_CHARS, TAIL_CHARS = 800, 400
"""What is read of a long prompt: how it begins, and how it ends. More of it ranks no better on
the sets we have, and takes longer."""
MOST_WORDS = 256
_MASK = BUCKETS - 1
PAIR = 40_503
"""Fibonacci hashing in 16 bits: spreads the pairs of two buckets."""
SHAPES = 15
_WORD = re.compile(r"\w+|[^\w\s]")
_LONG_WORD = 9
_OPTION = re.compile(r"\n\(?[A-J][.)] ")
_SYMBOLS, _CAPITALS = b"+*/=^<>[]{}\\$_|", ascii_uppercase.encode()
MOST_KNOWN = 50_000


class _Known(dict[str, int]):
    """Buckets of words, looked up once."""

    def __missing__(self, word: str) -> int:
        # A number's size says more than its digits.
        named = f"#{min(len(word), 4)}" if word.isdigit() else word
        bucket = self[word] = crc32(named.encode()) & _MASK
        return bucket


_known = _Known()


class Features(Struct, frozen=True, gc=False):
    """What is learned from; may be stored."""

    buckets: tuple[int, ...]
    counts: tuple[int, ...]
    """How often each bucket occurs."""
    shape: tuple[float, ...]
    """`SHAPES` numbers about length, digits, punctuation and the like."""
    prior: float
    """`estimate.complexity`: how hard it looks, 0 to 1."""


def features_of(text: str) -> Features:
    """The features of a prompt."""
    read = text if len(text) <= HEAD_CHARS + TAIL_CHARS else _ends(text)
    words = _WORD.findall(read.lower())[:MOST_WORDS]
    counted = Counter(_buckets(words))
    return Features(tuple(counted), tuple(counted.values()), _shape(text, read, words), score(text))


def _ends(text: str) -> str:
    return f"{text[:HEAD_CHARS]}\n{text[-TAIL_CHARS:]}"


def _buckets(words: list[str]) -> list[int]:
    if len(_known) > MOST_KNOWN:
        _known.clear()
    found = list(map(_known.__getitem__, words))
    return found + [(one * PAIR + other) & _MASK for one, other in pairwise(found)]


def _shape(text: str, read: str, words: list[str]) -> tuple[float, ...]:
    size, count = len(read) or 1, len(words) or 1
    letters = list(filter(str.isalpha, words))
    lengths_of_words = list(map(len, letters))
    numbers = sum(map(str.isdigit, words))
    ascii_only = read.encode("ascii", "ignore")
    options = _OPTION.split(read)
    lengths = [len(option) for option in options[1:]] or [0]
    mean = sum(lengths) / len(lengths)
    return (
        log1p(len(text)),
        log1p(len(options[0])),
        float(len(options) - 1),
        log1p(mean),
        (max(lengths) - min(lengths)) / (mean + 1),
        numbers / count,
        log1p(numbers),
        sum(lengths_of_words) / (len(letters) or 1),
        sum(map(_LONG_WORD.__le__, lengths_of_words)) / count,
        len(set(words)) / count,
        _count(ascii_only, _CAPITALS) / size,
        log1p(read.count("?")),
        log1p(read.count("\n")),
        read.count(",") / count,
        _count(ascii_only, _SYMBOLS) / size,
    )


def _count(text: bytes, of: bytes) -> int:
    return len(text) - len(text.translate(None, of))
