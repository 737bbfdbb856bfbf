"""Words of questions and answers as small numbers: enough to learn from, not to read."""

import re
from itertools import pairwise
from zlib import crc32

BUCKETS = 1 << 13
"""Many words share a bucket: none can be read back with certainty."""
MOST_WORDS = 300

_WORD = re.compile(r"[^\W\d_]+|\d|[^\w\s]")


def hashed_words(text: str) -> tuple[int, ...]:
    """Buckets of the words and pairs of words of the beginning of `text`, sorted."""
    words = _WORD.findall(text[: 20 * MOST_WORDS].casefold())[:MOST_WORDS]
    pairs = (f"{one} {other}" for one, other in pairwise(words))
    return tuple(sorted({crc32(each.encode()) % BUCKETS for each in (*words, *pairs)}))


def hashed_value(text: str) -> frozenset[int]:
    """Buckets of the single words of a short value."""
    return frozenset(crc32(word.encode()) % BUCKETS for word in _WORD.findall(text.casefold()))
