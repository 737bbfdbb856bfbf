"""Find all of many keywords in one pass over the text.

`ahocorasick_rs` does it where it is installed, a trie of `re` where it is not: with the same
result, ten times slower. Keywords are western.
"""

import re
from collections.abc import Callable, Sequence

KeywordHit = tuple[int, int, int]
"""The keyword's number, and where it starts and ends."""
Gate = Callable[[bytes], Sequence[KeywordHit]]


def as_bytes(text: str) -> bytes:
    """What a gate reads: one lower-case byte for each character, so that offsets agree."""
    return text.encode("latin-1", "replace").lower()


def make_gate(keywords: Sequence[str]) -> Gate:
    """The fastest gate there is here, for `keywords` in lower case."""
    try:
        return native_gate(keywords)
    except ImportError:
        return plain_gate(keywords)


def native_gate(keywords: Sequence[str]) -> Gate:
    """A gate of compiled code.

    Raises:
        ImportError: It is not installed here.
    """
    import ahocorasick_rs

    machine = ahocorasick_rs.BytesAhoCorasick(
        [keyword.encode("latin-1") for keyword in keywords],
        implementation=ahocorasick_rs.Implementation.DFA,
    )

    def hits(text: bytes) -> Sequence[KeywordHit]:
        return machine.find_matches_as_indexes(text, overlapping=True)

    return hits


def plain_gate(keywords: Sequence[str]) -> Gate:
    """A gate of Python's own `re`; finds what the native one does, in the same order."""
    words = [keyword.encode("latin-1") for keyword in keywords]
    # What may follow the first three bytes; most places in a text fail before that.
    by_head: dict[bytes, list[tuple[int, bytes]]] = {}
    for number, word in enumerate(words):
        by_head.setdefault(word[:HEAD], []).append((number, word))
    shorter = sorted({len(head) for head in by_head if len(head) < HEAD})
    place = re.compile(_trie([word[:HEAD] for word in words])).finditer

    def hits(text: bytes) -> Sequence[KeywordHit]:
        found: list[KeywordHit] = []
        for match in place(text):
            start = match.start()
            for length in (*shorter, HEAD):
                for number, word in by_head.get(text[start : start + length], ()):
                    if len(word[:HEAD]) == length and text.startswith(word, start):
                        found.append((number, start, start + len(word)))
        found.sort(key=lambda hit: (hit[2], hit[1]))
        return found

    return hits


HEAD = 3


def _trie(words: Sequence[bytes]) -> bytes:
    """Matches the first byte of every word and looks ahead for the rest, so none hides another.

    `re` skips quickly to where one of the first bytes stands.
    """
    rests: dict[bytes, list[bytes]] = {}
    for word in words:
        rests.setdefault(word[:1], []).append(word[1:])
    return b"|".join(
        re.escape(first) + (b"" if b"" in after else b"(?=" + _either(after) + b")")
        for first, after in rests.items()
    )


def _either(words: Sequence[bytes]) -> bytes:
    """Any of `words`, most of them two bytes: by the first of them, then the second."""
    seconds: dict[bytes, set[bytes]] = {}
    for word in words:
        seconds.setdefault(word[:1], set()).add(word[1:])
    branches = [
        re.escape(first) + (b"" if b"" in after else _one_of(after))
        for first, after in seconds.items()
    ]
    return b"|".join(branches)


def _one_of(bytes_: set[bytes]) -> bytes:
    return b"[" + b"".join(map(re.escape, sorted(bytes_))) + b"]"
