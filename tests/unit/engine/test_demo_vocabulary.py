from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from headgate.engine.demo_language import taught_pieces
from headgate.engine.demo_vocabulary import (
    BYTE_LETTERS,
    CONTROL_TOKENS,
    MARKER_TOKENS,
    Vocabulary,
    learn,
    pieces,
    spelled,
)

VOCABULARY = learn(taught_pieces())


def encoded(text: str, vocabulary: Vocabulary) -> list[str]:
    """`text` as any byte-level tokeniser would cut it: the earliest merge first."""
    rank = {pair: number for number, pair in enumerate(vocabulary.merges)}
    symbols = list(spelled(text))
    while len(symbols) > 1:
        pairs = list(pairwise(symbols))
        best = min(pairs, key=lambda pair: rank.get(pair, len(rank)))
        if best not in rank:
            break
        position = pairs.index(best)
        symbols[position : position + 2] = ["".join(best)]
    return symbols


def test_every_byte_has_a_letter_of_its_own() -> None:
    assert len(set(BYTE_LETTERS)) == 256
    assert all(letter.isprintable() and not letter.isspace() for letter in BYTE_LETTERS)


def test_every_taught_piece_is_one_token() -> None:
    for piece in taught_pieces():
        assert encoded(piece, VOCABULARY) == [spelled(piece)]
        assert VOCABULARY.tokens[VOCABULARY.of(piece)] == spelled(piece)


@given(st.text(max_size=30))
def test_any_text_can_be_read(text: str) -> None:
    tokens = encoded(text, VOCABULARY)
    assert "".join(tokens) == spelled(text)
    assert set(tokens) <= VOCABULARY.ids.keys()


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=50))
def test_cutting_loses_nothing(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_tokens_are_unique_and_the_special_ones_come_last() -> None:
    assert len(VOCABULARY.ids) == len(VOCABULARY.tokens)
    assert VOCABULARY.tokens[-6:] == (*CONTROL_TOKENS, *MARKER_TOKENS)


def test_no_text_is_ever_cut_into_an_extra_token() -> None:
    vocabulary = learn(["a word"], ["a word that is long"])
    assert vocabulary.tokens[-7] == spelled("a word that is long")
    assert spelled("a word that is long") not in encoded("a word that is long", vocabulary)
