"""Whether a value could be a secret: not a word, not code, not what stands for one.

A rule with a form of its own needs none of this. A rule that goes by a name alone
(`token = …`) does, because code is full of names.
"""

import re
from math import log2

_WORDS_FOR_IT = (
    "placeholder determined passphrase 123456789 undefined 12345678 password redacted "
    "username 1234567 correct default example invalid removed replace 123456 abcdef access "
    "change hidden insert masked passwd qwerty s3cr3t sample secret string 12345 admin "
    "dummy empty enter false login super token valid value wrong 1234 abcd auth eggs fake "
    "good here name none null pass root some spam test text this todo true user your 123 "
    "abc add api bad bar baz foo key new nil not old put pwd tbd the top 12 an be db is it "
    "me my no to 0 1 a"
)
"""What stands for a secret is made of; longer words first, as none is given back."""
_STANDS_FOR_IT = re.compile(rf"(?:{_WORDS_FOR_IT.replace(' ', '|')}|[-_. ?!:])++", re.IGNORECASE)
_TEMPLATE = re.compile(
    r"\A[<\[{(%$@#*]|\$\{|\{\{|%\(|\.\.\.|\*\*\*|…|(?-i:xxxx|XXXX)|<[^>]{0,60}>|%[sdr]\Z",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"example|sample|placeholder|changeme|dummy|redacted|abcdefgh"
    r"|(?<![0-9a-z])your(?![0-9a-z])|(?<![0-9a-z])your\w{0,9}(?:key|token|secret|pass|here)",
    re.I,
)
_WORD = re.compile(r"[A-Za-z]*[0-9]{0,4}")
_PARTS = re.compile(r"[^0-9A-Za-z]+")
_NO_VOWEL = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}", re.I)
_SWITCH = re.compile(r"(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]")
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
SHORT_PIECES = 3.5
"""Characters in a piece, on average: `a1BcdE5Gh` has fewer than `ListKeysResponse2`."""
FEW_VOWELS = 0.27
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_RUN = re.compile(r"(.)\1{5}|(?:0123|1234|abcd|ABCD){2}|01234567|12345678|23456789|abcdefg", re.I)


JUDGED = 64
"""So much of a value tells what it is."""


def entropy(value: str) -> float:
    """Bits for each character, were the next drawn from those of `value`."""
    size = len(value)
    return -sum(count / size * log2(count / size) for count in map(value.count, set(value)))


def is_placeholder(value: str) -> bool:
    """Whether `value` only stands for a secret: `<token>`, `${TOKEN}`, `your-password`, `xxx`."""
    value = value[:JUDGED]
    return bool(
        _TEMPLATE.search(value) or _STANDS_FOR_IT.fullmatch(value) or _EXAMPLE.search(value)
    )


def is_uuid(value: str) -> bool:
    """Whether `value` has the form of a UUID, which more often names a thing than opens one."""
    return _UUID.fullmatch(value) is not None


def looks_random(value: str) -> bool:
    """Whether a machine drew `value`: no words, names, numbers or runs make it up."""
    value = value[:JUDGED]
    if len(set(value)) < 6 or _RUN.search(value):
        return False
    if _HEX.fullmatch(value):
        return len(value) >= 16 and not value.isdigit() and entropy(value) >= 2.6
    if not any(map(str.isdigit, value)):
        return _is_no_word(value) and entropy(value) >= 3.2
    if all(_WORD.fullmatch(part) or part.isdigit() for part in _PARTS.split(value)):
        return False
    takes_turns = len(_SWITCH.findall(value)) >= 3 or _is_mixed(value)
    return takes_turns and entropy(value) >= (3.0 if len(value) < 20 else 3.3)


def _is_mixed(value: str) -> bool:
    """Whether small letters, capitals and digits take turns more often than in names."""
    return len(value) < SHORT_PIECES * len(_PIECES.findall(value))


def _is_no_word(value: str) -> bool:
    """Whether letters alone, such as `value`, are neither words nor names made of words."""
    if len(_PIECES.findall(value)) > 1:
        return _is_mixed(value)
    return sum(map(value.lower().count, "aeiou")) / len(value) < FEW_VOWELS


def looks_drawn(value: str) -> bool:
    """The same with less asked, for a value of exactly the form that its service's name demands."""
    if len(set(value)) < 5 or (len(value) < 32 and _RUN.search(value)):
        return False
    if any(map(str.isdigit, value)):
        return any(map(str.isalpha, value)) or len(value) >= 14
    return _NO_VOWEL.search(value) is not None


def looks_like_a_password(value: str) -> bool:
    """Whether a person might have chosen `value` as a password: letters and something else."""
    if len(value) < 6 or len(set(value)) < 4 or is_placeholder(value):
        return False
    has_other = any(not each.isalpha() and each not in "_-. /:\\" for each in value)
    return has_other and any(map(str.isalpha, value))
