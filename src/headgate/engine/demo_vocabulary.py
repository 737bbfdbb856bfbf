"""The words of the demonstration model: byte-level pair encoding, as GPT-2 has it.

Any text can be read, byte by byte if need be. Pairs are merged until every word the
model was taught is one token, so that it speaks in words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

END_OF_TEXT: Final = "<|endoftext|>"
TURN_START: Final = "<|im_start|>"
TURN_END: Final = "<|im_end|>"
CONTROL_TOKENS: Final = (END_OF_TEXT, TURN_START, TURN_END)
"""Never shown in an answer."""

CALL_START: Final = "<tool_call>"
CALL_END: Final = "</tool_call>"
TOOLS_START: Final = "<tools>"
MARKER_TOKENS: Final = (CALL_START, CALL_END, TOOLS_START)
"""Text as far as a reader is concerned, but always one token each."""

# How GPT-2 cuts text before pairs are merged, for the ASCII text we teach.
_PIECES: Final = re.compile(r" ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tokens in the order of their numbers, spelled in byte letters, and how they merge."""

    tokens: tuple[str, ...]
    merges: tuple[Pair, ...]
    ids: dict[str, int]

    def of(self, piece: str) -> int:
        """The number of a taught piece, or of a special token."""
        found = self.ids.get(piece)
        return self.ids[spelled(piece)] if found is None else found


def pieces(text: str) -> list[str]:
    """Cut `text` where pairs never merge across."""
    return _PIECES.findall(text)


def spelled(text: str) -> str:
    """`text` with a printable letter for each of its bytes."""
    return "".join(BYTE_LETTERS[byte] for byte in text.encode())


def learn(taught: Iterable[str], extra_tokens: Sequence[str] = ()) -> Vocabulary:
    """A vocabulary in which each of the `taught` pieces is one token.

    `extra_tokens` are ordinary tokens that no text is ever cut into; only the model
    can say them.
    """
    merges = _merges(Counter(spelled(piece) for piece in taught))
    tokens = (
        *BYTE_LETTERS,
        *(first + second for first, second in merges),
        *(spelled(token) for token in extra_tokens),
        *CONTROL_TOKENS,
        *MARKER_TOKENS,
    )
    return Vocabulary(tokens, merges, {token: number for number, token in enumerate(tokens)})


def _merges(counts: Counter[str]) -> tuple[Pair, ...]:
    words = {word: list(word) for word in counts}
    merges: list[Pair] = []
    while frequencies := _pair_frequencies(words, counts):
        # The pair itself breaks ties: the same text gives the same file everywhere.
        chosen = min(frequencies, key=lambda pair: (-frequencies[pair], pair))
        merges.append(chosen)
        for symbols in words.values():
            _merge(symbols, chosen)
    return tuple(merges)


def _pair_frequencies(words: dict[str, list[str]], counts: Counter[str]) -> Counter[Pair]:
    frequencies: Counter[Pair] = Counter()
    for word, symbols in words.items():
        for pair in pairwise(symbols):
            frequencies[pair] += counts[word]
    return frequencies


def _merge(symbols: list[str], pair: Pair) -> None:
    position = 0
    while position < len(symbols) - 1:
        if (symbols[position], symbols[position + 1]) == pair:
            symbols[position : position + 2] = [pair[0] + pair[1]]
        position += 1


def _byte_letters() -> tuple[str, ...]:
    """GPT-2's alphabet: a visible Latin-1 letter stands for itself, the rest move up to 256."""
    visible = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    hidden = [byte for byte in range(256) if byte not in visible]
    return tuple(chr(byte if byte in visible else 256 + hidden.index(byte)) for byte in range(256))


BYTE_LETTERS: Final = _byte_letters()
