"""Undo cheap disguises: wide or native digits, odd dashes and spaces, invisible characters.

Every folded character becomes one ASCII character or disappears, so an offset in the folded
text always has one place in the original. Text that is plain ASCII is returned as it is, and
`scan` never pays for this.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from string import ascii_letters

# Blocks in which something folds. Walking all of Unicode would take a second at import.
_BLOCKS = (
    (0x00A0, 0x0370),
    (0x0600, 0x1C80),
    (0x2000, 0x2200),
    (0x2212, 0x2213),
    (0x2219, 0x221A),
    (0x2460, 0x2500),
    (0x2776, 0x2794),
    (0x3000, 0x3003),
    (0xA620, 0xAC00),
    (0xFE00, 0xFFFC),
    (0x1D400, 0x1D800),
    (0x1F100, 0x1F180),
    (0x1FBF0, 0x1FBFA),
    (0xE0000, 0xE0200),
)
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u2800\u3164\uffa0\u20e3"
)
_PUNCTUATION = dict.fromkeys("\u00b7\u2022\u2027\u2219\u3002\uff61", ".") | dict.fromkeys(
    "\u2043\u2212", "-"
)
_BY_CATEGORY = {"Pd": "-", "Zs": " "}
_WORTH_FOLDING = frozenset("0123456789@.+-/:()#_ " + ascii_letters)
"""What an identifier is made of. The commas of Chinese text are left alone, for speed."""
_COMPATIBLE = ("<wide>", "<narrow>", "<font>", "<small>", "<circle>", "<noBreak>", "<compat>")


def _folded(character: str) -> str | None:
    """What `character` is read as; `None` for itself."""
    category = unicodedata.category(character)
    if category == "Cf" or character in _INVISIBLE or _is_mark(character):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return _PUNCTUATION.get(character) or _BY_CATEGORY.get(category) or _compatible(character)


def _compatible(character: str) -> str | None:
    """The plain form of a wide, circled or decorated character."""
    # Superscripts stay: a footnote mark after a number is not one of its digits.
    if unicodedata.decomposition(character).startswith(_COMPATIBLE):
        plain = unicodedata.normalize("NFKC", character)
        return plain if plain in _WORTH_FOLDING else None
    return None


def _is_mark(character: str) -> bool:
    """A combining accent, a variation selector or a tag."""
    point = ord(character)
    return 0x0300 <= point < 0x0370 or 0xFE00 <= point < 0xFE10 or point >= 0xE0000


def _all_folded() -> Iterator[tuple[int, str]]:
    for first, end in _BLOCKS:
        for point in range(first, end):
            if (plain := _folded(chr(point))) is not None:
                yield point, plain


_TABLE = dict(_all_folded())
_ASCII = bytes(range(0x80))
FEW = 12
"""Up to here, replacing one kind of character after the other is faster than a table."""


def fold(text: str) -> str:
    """`text` as a reader would type it on a plain keyboard."""
    if text.isascii():
        return text
    disguised = _disguised(text)
    if len(disguised) > FEW:
        return text.translate(_TABLE)
    for character in disguised:
        text = text.replace(character, _TABLE[ord(character)])
    return text


def beyond_ascii(text: str) -> frozenset[str]:
    """The characters in `text` that are not of ASCII."""
    # Dropping bytes is many times faster than looking at each character.
    octets = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    return frozenset(octets.decode("utf-8", "surrogatepass"))


def _disguised(text: str) -> list[str]:
    """The characters in `text` that are read as something else."""
    return [character for character in beyond_ascii(text) if ord(character) in _TABLE]


def origins(text: str) -> Sequence[int]:
    """For each offset into `fold(text)`, the offset into `text` it came from."""
    if text.isascii():
        return range(len(text) + 1)
    gone = "".join(each for each in _disguised(text) if not _TABLE[ord(each)])
    if not gone:
        return range(len(text) + 1)
    kept: list[int] = []
    done = 0
    for match in re.finditer(f"[{re.escape(gone)}]+", text):
        kept += range(done, match.start())
        done = match.end()
    return [*kept, *range(done, len(text) + 1)]
