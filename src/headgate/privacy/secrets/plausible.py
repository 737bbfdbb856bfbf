"""Whether a value could be a secret: not a word, not code, not what stands for one.

A rule with a form of its own needs none of this. A rule that goes by a name alone
(`token = …`) does, because code is full of names.
"""

import re
from math import log2

_PLACEHOLDER = re.compile(
    r"[<\[{(%$@#*].*|.*(?:\$\{|\{\{|%\(|\.\.\.|\*\*\*|…|xxx|<[^>]{0,60}>).*|.*%[sdr]"
    r"|(?:my|your|the|a|an|some|new|old|db|test|user|admin|root|example|sample|dummy|fake|super"
    r"|default|change|insert|enter|replace|put|add|bad|good|wrong|correct|valid|invalid|top|s3cr3t"
    r"|not|no|this|is|me|it|here|to|be|be-?determined|redacted|removed|hidden|masked|placeholder"
    r"|pass|passwd|password|passphrase|pwd|secret|token|key|api|access|auth|login|username|name"
    r"|value|string|text|none|null|nil|true|false|undefined|empty|todo|tbd|foo|bar|baz|spam|eggs"
    r"|abc|abcd|abcdef|qwerty|0|1|12|123|1234|12345|123456|1234567|12345678|123456789|[-_. ])+",
    re.I | re.S,
)
_EXAMPLE = re.compile(
    r"example|sample|placeholder|changeme|your[_-]?|dummy|redacted|abcdefgh", re.I
)
_WORD = re.compile(r"(?:[A-Z]?[a-z]{2,}|[A-Z]{2,}|[A-Za-z])*[0-9]{0,4}")
_PARTS = re.compile(r"[^0-9A-Za-z]+")
_SWITCH = re.compile(r"(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]")
_NO_VOWEL = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}", re.I)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_RUN = re.compile(r"(.)\1{5}|(?:0123|1234|abcd|ABCD){2}|01234567|12345678|23456789|abcdefg", re.I)


def entropy(value: str) -> float:
    """Bits for each character, were the next drawn from those of `value`."""
    size = len(value)
    return -sum(count / size * log2(count / size) for count in map(value.count, set(value)))


def is_placeholder(value: str) -> bool:
    """Whether `value` only stands for a secret: `<token>`, `${TOKEN}`, `your-password`, `xxx`."""
    return _PLACEHOLDER.fullmatch(value) is not None or _EXAMPLE.search(value) is not None


def is_uuid(value: str) -> bool:
    """Whether `value` has the form of a UUID, which more often names a thing than opens one."""
    return _UUID.fullmatch(value) is not None


def looks_random(value: str) -> bool:
    """Whether a machine drew `value`: no words, names, numbers or runs make it up."""
    if len(set(value)) < 6 or _RUN.search(value):
        return False
    if _HEX.fullmatch(value):
        return len(value) >= 16 and not value.isdigit() and entropy(value) >= 2.6
    if not any(map(str.isdigit, value)):
        return _NO_VOWEL.search(value) is not None and entropy(value) >= 3.2
    if all(_WORD.fullmatch(part) or part.isdigit() for part in _PARTS.split(value)):
        return False
    switches = len(_SWITCH.findall(value))
    return switches >= 3 and entropy(value) >= (3.0 if len(value) < 20 else 3.3)


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
