"""Where else a value stands that was found once: a name is found by the words around it, and
not where they are missing; an address in a link is written in other characters.
"""

import html
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from headgate.privacy.scan import Finding

_SURE = 6
"""A value of so many characters is meant wherever it stands; a shorter one, as a whole word."""
_TELLING = 4
"""A shorter one, such as an age, is found where it is somebody's and nowhere else."""
_SAME_EVERYWHERE = re.compile(r"[A-Za-z0-9._-]+")
_HEX = re.compile(r"%[0-9A-F]{2}")
_MUCH = 1_000_000
"""From here on, many searches for one form each take longer than one search for all."""
_BETWEEN = "\0"


def more_of(
    values: Iterable[tuple[str, str]], texts: Sequence[str]
) -> Iterator[tuple[str, Finding]]:
    """Places of values, each with its label, in `texts`, in every form they are written in."""
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    everything = _BETWEEN.join(texts)
    labels: dict[str, str] = {}
    for label, value in sorted(values):
        for form in sorted(forms_of(value)) if len(value) >= _TELLING else ():
            labels.setdefault(form, label)
    forms = list(labels)
    for which, place in _places(forms, everything):
        number = bisect_right(starts, place) - 1
        start = place - starts[number]
        end = start + len(forms[which])
        if end <= len(texts[number]) and _is_meant(texts[number], start, end):
            yield texts[number], Finding(labels[forms[which]], start, end)


def _places(forms: Sequence[str], text: str) -> Iterator[tuple[int, int]]:
    """Where each of the forms begins in a text, overlapping ones included."""
    if len(forms) * len(text) > _MUCH and (machine := _machine(forms)) is not None:
        for which, start, _ in machine.find_matches_as_indexes(text, overlapping=True):
            yield which, start
        return
    for which, form in enumerate(forms):
        place = text.find(form)
        while place >= 0:
            yield which, place
            place = text.find(form, place + 1)


def _machine(forms: Sequence[str]) -> Any:
    """Finds all of them in one pass; `None` where there is no compiled code for it."""
    try:
        import ahocorasick_rs
    except ImportError:
        return None
    return ahocorasick_rs.AhoCorasick(forms)


def forms_of(value: str) -> set[str]:
    """A value as JSON, links and HTML write it, and what it says if it is so written."""
    if _SAME_EVERYWHERE.fullmatch(value):
        return {value}
    said = {value, html.unescape(value), unquote(value), _from_json(value)}
    forms = set(said)
    for each in said:
        forms.add(json.dumps(each)[1:-1])
        forms.add(json.dumps(each, ensure_ascii=False)[1:-1])
        forms.add(html.escape(each))
        forms.add(html.escape(each, quote=False))
        encodable = each.encode("utf-8", "replace")
        links = [quote(encodable, safe=safe) for safe in ("", "/", "@", "@:/+")]
        links.append(quote_plus(encodable))
        forms.update(links)
        forms.update(_HEX.sub(lambda found: found[0].lower(), link) for link in links)
    return {form for form in forms if form.strip()}


def is_plain_word(value: str) -> bool:
    """Whether it could be a name of the API itself, such as `user`."""
    return value.isascii() and value.isidentifier() and value[0].islower()


def _from_json(value: str) -> str:
    if "\\" not in value:
        return value
    try:
        said = json.loads(f'"{value}"')
    except ValueError:
        return value
    return str(said)


def _is_meant(text: str, start: int, end: int) -> bool:
    if end - start >= _SURE:
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_continues(before, text[start]) or _continues(after, text[end - 1]))


def _continues(neighbour: str, edge: str) -> bool:
    return neighbour.isalnum() and edge.isalnum()
