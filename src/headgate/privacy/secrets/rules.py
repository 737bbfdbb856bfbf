"""The rules that `tokens.toml` and `services.toml` hold, compiled."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol

from headgate.privacy.detector import Hit
from headgate.privacy.secrets.plausible import is_placeholder, looks_drawn, looks_random

SURE, LIKELY = 1.0, 0.9
UNMISTAKABLE = 5
"""A keyword this long may follow a letter or digit: it is nothing else."""
_LEAD = re.compile(r"(\(\?i:)?([^\[(\\]+)")
_ESCAPE = re.compile(
    r"(?:\\[abfnrtv]|\\[0-7]{1,3}|%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\x1b\[[0-9;]*m)\Z"
)
LONGEST_ESCAPE = 12
_MORE = re.compile(r"[\w-]{1,4096}", re.ASCII)


class Rule(Protocol):
    """Looks at one place where one of its keywords stands."""

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """The secret that the keyword from `start` to `end` belongs to, if there is one."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """A secret that has a form of its own."""

    kind: str
    pattern: re.Pattern[str]
    is_weak: bool
    back: int = 0
    """How many characters before the keyword it may begin."""
    ahead: int = 0
    """How many after the keyword it may end, where it begins before it."""

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """See `Rule`."""
        is_unmistakable = end - start >= UNMISTAKABLE
        if self.back:
            match = self.pattern.search(text, max(0, start - self.back), end + self.ahead)
        elif is_unmistakable or not is_glued(text, start):
            match = self.pattern.match(text, start)
        else:
            return None
        if match is None:
            return None
        if match.lastindex:
            return self._hit(text, *match.span(1))
        if not is_unmistakable and self.back and is_glued(text, match.start()):
            return None
        more = _MORE.match(text, match.end())
        if more is None:
            return self._hit(text, *match.span())
        return self._hit(text, match.start(), more.end()) if is_unmistakable else None

    def _hit(self, text: str, start: int, end: int) -> Hit | None:
        value = text[start:end]
        if is_placeholder(value) or (self.is_weak and not looks_random(value)):
            return None
        return Hit(start, end, self.kind, LIKELY if self.is_weak else SURE)


@dataclass(frozen=True, slots=True)
class Service:
    """A secret of the form that its service uses, assigned to a name with the service in it."""

    kinds: tuple[str, ...]
    pattern: re.Pattern[str]

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """See `Rule`."""
        match = self.pattern.match(text, end)
        if match is None:
            return None
        number = match.lastindex or 0
        value = match[number]
        if not looks_drawn(value) or is_placeholder(value):
            return None
        return Hit(*match.span(number), self.kinds[number - 1], LIKELY)


ASSIGNS = (
    r"[\w .\t-]{0,36}['\"`\s\\\])]{0,4}"
    r"(?:=>|->|\|\||\?=|:{0,3}=|:{1,3}|[>,(]|\s(?:is|was)\b)"
    r"['\"`\s=\\(]{0,5}"
)
"""What stands between a name and its value, in code, configuration, queries and sentences."""
_ENDS = r"(?![\w=+/-]|\.\w)"


def is_glued(text: str, start: int) -> bool:
    """Whether what begins at `start` is the rest of a word; an escape before it is none."""
    before = text[start - 1 : start]
    if not before or not ((before.isascii() and before.isalnum()) or before in "_-+"):
        return False
    tail = text[max(0, start - LONGEST_ESCAPE) : start]
    return not any(map(tail.__contains__, "\\%\x1b")) or _ESCAPE.search(tail) is None


def load() -> Iterator[tuple[str, Rule]]:
    """Every rule of the data files, with a keyword; once for each of its keywords."""
    yield from _tokens(_read("tokens.toml")["tokens"])
    for name, service in _read("services.toml").items():
        words = service.pop("words", [name])
        rule = _service(service)
        yield from ((word, rule) for word in words)


def kinds() -> frozenset[str]:
    """Every kind that the data files have."""
    services = _read("services.toml").values()
    named = {kind for service in services for kind in service if kind != "words"}
    return frozenset(named | _read("tokens.toml")["tokens"].keys())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


def _tokens(table: Mapping[str, Any]) -> Iterator[tuple[str, Rule]]:
    for kind, entry in table.items():
        if isinstance(entry, dict):
            yield from _described(kind, **entry)
            continue
        for written in [entry] if isinstance(entry, str) else entry:
            yield from _described(kind, written)


def _described(
    kind: str,
    pattern: str,
    *,
    key: str | list[str] | None = None,
    weak: bool = False,
    back: int = 0,
    ahead: int = 100,
) -> Iterator[tuple[str, Rule]]:
    if key is None:
        lead = _LEAD.match(pattern)
        assert lead is not None, f"{kind}: begins with no keyword"
        key = lead[2].lower()
        pattern = (lead[1] or "") + re.escape(lead[2]) + pattern[lead.end() :]
    rule = Token(kind, re.compile(pattern, re.ASCII), weak, back, ahead)
    yield from ((each, rule) for each in ([key] if isinstance(key, str) else key))


def _service(values: Mapping[str, str]) -> Rule:
    either = "|".join(f"({value})" for value in values.values())
    return Service(tuple(values), re.compile(f"{ASSIGNS}(?:{either}){_ENDS}", re.ASCII))
