"""Formats by name, and which one a file is of."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from headgate.core.plugins import load_all
from headgate.traffic.bad_file import missing_columns, no_such_format
from headgate.traffic.format import Format, Names

FORMATS = "headgate.traffic.formats"
"""The package whose files are formats."""
FALLBACK = "generic"
LEAST_RESEMBLANCE = 2
"""Names that must be the same for a file to be a damaged one of a format."""


@cache
def formats() -> dict[str, Format]:
    """Every format there is, by name."""
    return load_all(FORMATS, "FORMAT")


@cache
def known_lists() -> tuple[Names, ...]:
    """Members that hold rows in some format, and the outer of two alone; longest first."""
    paths = {each.lists[:depth] for each in formats().values() for depth in (1, 2) if each.lists}
    return tuple(sorted(paths, key=lambda lists: (-len(lists), lists)))


def plain_name(name: str) -> str:
    """A name as names are compared: `Input Tokens` is `input_tokens`."""
    return re.sub(r"[^a-z0-9.{}|]", "", name.lower())


def choose(found: Sequence[str], *, file: str, asked: str | None = None) -> Format:
    """The format called `asked`, or the one that says most about names that were `found`.

    Raises:
        BadUsageFile: No such format, or what it needs is not in the file.
    """
    known = formats()
    if asked is not None and asked not in known:
        raise no_such_format(asked, tuple(known))
    plain = {plain_name(name) for name in found}
    chosen = known[asked] if asked else _best(known.values(), plain)
    absent = [
        names[0]
        for names in (chosen.input_tokens, chosen.output_tokens)
        if not _has_any(plain, names)
    ]
    if absent:
        raise missing_columns(file, format_name=chosen.name, wanted=absent, found=found)
    return chosen


def _best(known: Iterable[Format], plain: set[str]) -> Format:
    def marks(each: Format) -> int:
        return max((len(names) for names in each.marks if _has_all(plain, names)), default=0)

    def resemblance(each: Format) -> int:
        return max(sum(plain_name(name) in plain for name in names) for names in each.marks)

    best = max(known, key=lambda each: (marks(each), resemblance(each), each.name))
    return best if resemblance(best) >= LEAST_RESEMBLANCE else formats()[FALLBACK]


def _has_all(plain: set[str], names: Names) -> bool:
    return all(plain_name(name) in plain for name in names)


def _has_any(plain: set[str], names: Names) -> bool:
    # A column may hold JSON: `usage.input` is found as `usage` too.
    return any(
        plain_name(name) in plain or re.split(r"[.{]", plain_name(name))[0] in plain
        for name in names
    )
