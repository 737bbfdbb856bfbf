"""Words and punctuation of a text, cut as spaCy's English tokenizer cuts them.

`span_score` counts in these tokens, and its published figures rest on that cut. Where this one
differs (it knows the common abbreviations and contractions, not all of them), figures move in
the fourth decimal: `tests/unit/privacy/evaluation` holds them against the original's.
"""

import re
from string import ascii_lowercase
from typing import NamedTuple

_CHUNK = re.compile(r"\S+|\s+")
_WHOLE = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:[A-Za-z]\.){2,}"
    r"|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|de|co|edu|gov|info|io|uk|us)(?:/\S*)?"
)
_ABBREVIATIONS = frozenset(
    [
        "Mr.",
        "Mrs.",
        "Ms.",
        "Dr.",
        "Prof.",
        "St.",
        "Ave.",
        "Inc.",
        "Ltd.",
        "Co.",
        "Corp.",
        "Jr.",
        "Sr.",
        "vs.",
        "e.g.",
        "i.e.",
        "a.m.",
        "p.m.",
        "Jan.",
        "Feb.",
        "Mar.",
        "Apr.",
        "Jun.",
        "Jul.",
        "Aug.",
        "Sep.",
        "Sept.",
        "Oct.",
        "Nov.",
        "Dec.",
        "Mt.",
        "Rep.",
        "Sen.",
        "Gov.",
        "Gen.",
        "Rev.",
        "Bros.",
        "Messrs.",
        "Ph.D.",
        "Va.",
        "Md.",
        "D.C.",
        "Fla.",
        "Ga.",
        "Ill.",
        "Ind.",
        "Mass.",
        "Mich.",
        "Minn.",
        "Miss.",
        "Pa.",
        "Tenn.",
        "Wash.",
        "Wis.",
        "Ark.",
        "Ariz.",
        "Colo.",
        "Conn.",
        "Del.",
        "Ia.",
        "Id.",
        "Kan.",
        "Kans.",
        "Ky.",
        "La.",
        "Mo.",
        "Mont.",
        "Neb.",
        "Nebr.",
        "Nev.",
        "Okla.",
        "Ore.",
        "Adm.",
        "Ak.",
        "Ala.",
        "Calif.",
        "N.C.",
        "N.D.",
        "N.H.",
        "N.J.",
        "N.M.",
        "N.Y.",
        "S.C.",
    ]
) | {f"{letter}." for letter in ascii_lowercase}
_UPPER, _LOWER = (
    "".join(letter for letter in map(chr, range(0x41, 0x530)) if test(letter))
    for test in (str.isupper, str.islower)
)
_PREFIX = re.compile(
    r"""\.{2,}|…|[§%=—–+](?![0-9])|[,:;!?¿¡()\[\]{}<>_#*&。？！，、；：～·'"“”‘’`$£€¥]"""
)
_SUFFIX = re.compile(
    r"""['’][sS]\Z|\.{2,}\Z|…\Z|[—–]\Z|[,:;!?¿¡()\[\]{}<>_#*&。？！，、；：～·'"“”‘’`]\Z"""
    r"""|(?<=[0-9])\+\Z|(?<=[0-9])(?:km|m|cm|mm|kg|g|mg|kb|KB|mb|MB|gb|GB|tb|TB|%|\$|£|€)\Z"""
    rf"""|(?<=[{_LOWER}0-9%²\-+'")\]}}])\.\Z|(?<=[{_UPPER}][{_UPPER}])\.\Z"""
)
_LETTER = r"[^\W\d_]"
_INFIX = re.compile(
    r"\.{2,}|…|(?<=[0-9])[+*^-](?=[0-9-])|(?<=[a-z'\"])\.(?=[A-Z'\"])"
    rf"|(?<={_LETTER}),(?={_LETTER})|(?<={_LETTER})(?:–|—|--|~)(?={_LETTER})|(?<=[^\W_])-(?={_LETTER})"
    rf"|(?<=[^\W_])[:<>=/](?={_LETTER})"
)
_CONTRACTION = re.compile(r"(.+?)(n['’]t|['’](?:m|re|ve|ll|d|s|em|S))\Z")


class Token(NamedTuple):
    """A word, a mark, or a stretch of white space beyond a single space."""

    start: int
    text: str


def tokens(text: str) -> list[Token]:
    """All of them, in order."""
    found: list[Token] = []
    for chunk in _CHUNK.finditer(text):
        start, piece = chunk.start(), chunk[0]
        if piece.isspace():
            if start and piece[0] == " ":
                start, piece = start + 1, piece[1:]
            if piece:
                found.append(Token(start, piece))
        else:
            found.extend(_cut(piece, start))
    return found


def _cut(piece: str, start: int) -> list[Token]:
    """The tokens of a stretch without white space."""
    before: list[Token] = []
    after: list[Token] = []
    while piece and not _is_one(piece):
        if prefix := _PREFIX.match(piece):
            before.append(Token(start, prefix[0]))
            start, piece = start + prefix.end(), piece[prefix.end() :]
        elif suffix := _SUFFIX.search(piece):
            after.append(Token(start + suffix.start(), suffix[0]))
            piece = piece[: suffix.start()]
        else:
            before.extend(_inner(piece, start))
            break
    else:
        if piece:
            before.append(Token(start, piece))
    return before + after[::-1]


def _is_one(piece: str) -> bool:
    return piece in _ABBREVIATIONS or _WHOLE.fullmatch(piece) is not None


def _inner(piece: str, start: int) -> list[Token]:
    if contraction := _CONTRACTION.fullmatch(piece):
        middle = start + len(contraction[1])
        return [Token(start, contraction[1]), Token(middle, contraction[2])]
    found: list[Token] = []
    done = 0
    for infix in _INFIX.finditer(piece):
        if infix.start() > done:
            found.append(Token(start + done, piece[done : infix.start()]))
        found.append(Token(start + infix.start(), infix[0]))
        done = infix.end()
    if done < len(piece):
        found.append(Token(start + done, piece[done:]))
    return found
