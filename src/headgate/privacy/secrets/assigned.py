"""Secrets that only a name gives away: `password = …`, `"api_key": "…"`, `my token is …`.

Two questions: is the name one of a secret (`token`, not `token_type` or `tokenizer`), and
could the value be one (see `plausible.py`). Code says `token = next_token` all day, so a
value without quotes is asked for more.
"""

import re
from dataclasses import dataclass

from headgate.privacy.detector import Hit
from headgate.privacy.secrets.plausible import (
    is_placeholder,
    is_uuid,
    looks_like_a_password,
    looks_random,
)
from headgate.privacy.secrets.rules import LIKELY

POSSIBLE = 0.7
NAMES_OF_THINGS = ("arn:", "urn:")
MOST_SIGNS = 2
"""A value with more `=` in it is several names and values."""

_ASSIGNMENT = re.compile(
    r"(?P<rest>[\w. \t-]{0,24})(?P<closes>[\s'\"`\\\])]{0,4})"
    r"(?P<sign>:=|=>|->|={1,3}|::?|\|\||\?=|,|\(|>|(?<=\s)(?:is|was)\b:?)"
    r"[\s=]{0,5}(?P<opens>\\?['\"`][\s='\"`\\]{0,4})?"
    r"(?:(?(opens)(?P<quoted>[^\s'\"`\\]{6,256}+)(?=\\?['\"`])|(?!))"
    # Not one possessive group: before Python 3.11.5 those forget what is tried inside of them.
    r"|(?P<bare>(?=[^\s'\"`,;<>(){}\[\]|\\]{6})[^\s'\"`,;<>(){}\[\]|&\\]{0,256}+"
    r"(?:&(?!\w{1,40}=)[^\s'\"`,;<>(){}\[\]|&\\]{0,64}+){0,4})(?![(\[{]))"
)
_QUOTES = frozenset("'\"`")
_BEFORE = (
    *("public", "pub", "primary", "foreign", "partition", "sort", "cache", "idempotency", "dedup"),
    *("dict", "group", "search", "translation", "i18n", "row", "hash", "shard", "object", "lookup"),
    *("site", "page", "next", "prev", "previous", "continuation", "pagination", "sync", "resume"),
    *("csrf", "xsrf", "mon", "tur", "don", "hot", "short", "arrow", "sub", "un", "key"),
)
"""What a name that is no secret's has before `key` or `token`."""
BEFORE_CHARACTERS = 14
_AFTER = re.compile(
    r"[_. -]?(?:ids?|name|type|kind|ur[il]|endpoint|file(?:name)?|path|dir|len(?:gth)?|size|count"
    r"|num|max|min|field|label|index|prefix|suffix|format|regex|pattern|policy|version|alias|spec|class"
    r"|func|fn|cls|ring|store|board|word|pair|frame|space|stroke|stone|note|code|press|down|up|error"
    r"|err|exception|status|expir\w{0,8}|ttl|lifetime|scope|iz\w{0,6}|budget|limit|usage|arn|ref"
    r"|vault|manager|provider|list|map|set|str|bytes|fingerprint|thumbprint|check|sum|y)"
    r"(?![a-z])|s(?![A-Za-z])|or(?!i[sz](?:ation|ed))",
    re.I,
)
"""What it has after: `token_type`, `keyboard`, `passwords`."""
_CODE = re.compile(r"[A-Za-z_]\w{0,60}(?:(?:\.|::|->)[A-Za-z_]\w{0,60}){1,8}")
_LINE_END = re.compile(r"[ \t]{0,4}(?:[\r\n;&]|\\[nr]|#|\Z)|</|[\"'`]|\.(?:\s|\Z)|[ \t]+[a-z-]")


@dataclass(frozen=True, slots=True)
class Assigned:
    """A value under a name of secrets."""

    kind: str
    is_password: bool
    """Chosen by a person, so it need not look random."""

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """See `rules.Rule`."""
        found = _ASSIGNMENT.match(text, end)
        if found is None or not _names_a_secret(text, start, found["rest"]):
            return None
        group = "bare" if found["quoted"] is None else "quoted"
        is_quoted = group == "quoted"
        if found["sign"] in {",", "("} and not (is_quoted and _passes(found)):
            return None
        if not self._may_be(found[group], text, found.end(), is_quoted=is_quoted):
            return None
        return Hit(*found.span(group), self.kind, LIKELY if is_quoted else POSSIBLE)

    def _may_be(self, value: str, text: str, end: int, *, is_quoted: bool) -> bool:
        if value.count("=") > MOST_SIGNS or "://" in value or _CODE.fullmatch(value):
            return False
        if is_placeholder(value) or value.startswith(NAMES_OF_THINGS):
            return False
        if not self.is_password:
            return len(value) >= 16 and not is_uuid(value) and looks_random(value)
        if not looks_like_a_password(value):
            return False
        return is_quoted or _LINE_END.match(text, end) is not None


def _passes(found: re.Match[str]) -> bool:
    """Whether code passes a name and its value on: `("token", "…")`, `setToken("…")`."""
    is_closed = not _QUOTES.isdisjoint(found["closes"])
    return "." not in found["rest"] and (found["sign"] == "(" or is_closed)


def _names_a_secret(text: str, start: int, rest: str) -> bool:
    """Whether a name is a secret's, of which a keyword begins at `start` and `rest` follows it."""
    before = text[max(0, start - BEFORE_CHARACTERS) : start].rstrip("_-. ").lower()
    return not before.endswith(_BEFORE) and _AFTER.match(rest) is None


PASSWORDS = Assigned("password", is_password=True)
KEYS = Assigned("generic-api-key", is_password=False)
NAMES: dict[str, Assigned] = {
    **dict.fromkeys(("password", "passwd", "passphrase", "pwd", "passcode"), PASSWORDS),
    **dict.fromkeys(("secret", "token", "key", "auth", "cred"), KEYS),
}
"""What a name may hold for its value to be looked at."""
