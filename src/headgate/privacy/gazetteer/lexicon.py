"""What a word may be: a given name, a surname, a place, an ordinary word.

The list is text with its sources at the top, written by `tools/build_gazetteer.py`. It takes some
20 MB of memory and a twentieth of a second, spent when a detector first asks.
"""

import gzip
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

GIVEN = 1
SURNAME = 2
MAJOR_PLACE = 4
"""A country, a state, a capital or a city of 100,000 people."""
MINOR_PLACE = 8
WORD = 16
"""More often a word than a name."""
NATIONALITY = 32
COUNTRY = 64
"""Of the major places."""


@lru_cache(maxsize=1)
def lexicon() -> Mapping[str, int]:
    """Every entry, folded, with the sum of what it may be."""
    found: dict[str, int] = {}
    for block in _read().split("\n= ")[1:]:
        kind, _, entries = block.partition("\n")
        found.update(dict.fromkeys(entries.split("\n"), int(kind)))
    return found


@lru_cache(maxsize=1)
def place_beginnings() -> frozenset[str]:
    """First words of the names of several words."""
    return frozenset(entry.partition(" ")[0] for entry in lexicon() if " " in entry)


def folded(word: str) -> str:
    """`word` as the lexicon holds it: lower case, without accents."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word.lower())
    return "".join(each for each in letters if not unicodedata.combining(each)).replace("’", "'")


def sources() -> tuple[str, ...]:
    """Where each kind of entry comes from, with its licence."""
    return tuple(line[2:] for line in _read().partition("\n= ")[0].split("\n"))


def _read() -> str:
    packed = files(__package__).joinpath("data", "lexicon.txt.gz").read_bytes()
    return gzip.decompress(packed).decode()
