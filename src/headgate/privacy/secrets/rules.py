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
UNMISTAKABLE = 6
"""A keyword this long may follow a letter or digit: it is nothing else."""
_LEAD = re.compile(r"(\(\?i:)?([^\[(\\]+)")
_ESCAPES = re.compile(r"\\[abfnrtv0]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}")
REACH = 2_000
"""How far beyond a keyword a pattern that begins before it may end."""
_MORE = re.compile(r"[\w-]{1,256}")


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
    back: int
    is_weak: bool

    def look(self, text: str, start: int, end: int) -> Hit | None:
        """See `Rule`."""
        if self.back:
            match = self.pattern.search(text, max(0, start - self.back), end + REACH)
        else:
            match = self.pattern.match(text, start)
        if match is None:
            return None
        is_named = "value" in self.pattern.groupindex
        first, last = match.span("value" if is_named else 0)
        if not is_named:
            if end - start < UNMISTAKABLE and is_glued(text, match.start()):
                return None
            last = self._whole(text, start, end, last)
        value = text[first:last]
        if last < 0 or (self.is_weak and (is_placeholder(value) or not looks_random(value))):
            return None
        return Hit(first, last, self.kind, LIKELY if self.is_weak else SURE)

    def _whole(self, text: str, start: int, end: int, last: int) -> int:
        """Where it ends if more of the same follows; -1: that makes it something else."""
        more = _MORE.match(text, last)
        if more is None:
            return last
        return more.end() if end - start >= UNMISTAKABLE else -1


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
    if not before or not (before.isalnum() or before in "_-+/"):
        return False
    if before in "/":
        return False
    return not any(
        _ESCAPES.fullmatch(text, start - length, start)
        for length in (2, 3, 4, 6)
        if start >= length
    )


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
    back: int = 0,
    weak: bool = False,
) -> Iterator[tuple[str, Rule]]:
    if key is None:
        lead = _LEAD.match(pattern)
        assert lead is not None, f"{kind}: begins with no keyword"
        key = lead[2].lower()
        pattern = (lead[1] or "") + re.escape(lead[2]) + pattern[lead.end() :]
    rule = Token(kind, re.compile(pattern, re.ASCII), back, weak)
    yield from ((each, rule) for each in ([key] if isinstance(key, str) else key))


def _service(values: Mapping[str, str]) -> Rule:
    either = "|".join(f"({value})" for value in values.values())
    return Service(tuple(values), re.compile(f"{ASSIGNS}(?:{either}){_ENDS}", re.ASCII))
