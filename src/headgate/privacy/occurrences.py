"""Where else a value stands that was found once: a name is found by the words around it, and
not where they are missing; an address in a link is written in other characters.
"""

import html
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from urllib.parse import quote, quote_plus, unquote

from headgate.privacy.scan import Finding

_SURE = 6
"""A value of so many characters is meant wherever it stands; a shorter one, as a whole word."""
_TELLING = 4
"""A shorter one, such as an age, is found where it is somebody's and nowhere else."""
_HEX = re.compile(r"%[0-9A-F]{2}")
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
    for form, label in labels.items():
        place = everything.find(form)
        while place >= 0:
            number = bisect_right(starts, place) - 1
            start = place - starts[number]
            end = start + len(form)
            if end <= len(texts[number]) and _is_meant(texts[number], start, end):
                yield texts[number], Finding(label, start, end)
            place = everything.find(form, place + 1)


def forms_of(value: str) -> set[str]:
    """A value as JSON, links and HTML write it, and what it says if it is so written."""
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
