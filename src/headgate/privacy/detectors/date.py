"""Dates and times: by form, and years and weekdays in context.

What a date is to a person (a birthday, a visit) no form tells, so every date counts.
"""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Text

_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_YEAR = r"(?:1[89]|20)[0-9]{2}"
_TIME = (
    r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?(?: ?[ap]\.?m\b\.?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
# Three groups of digits, as `Text.shape` shows them; what holds them apart is looked at later.
_THREE_GROUPS = re.compile(rb"0{1,4} 0{1,2} 0{2,4}")
_NUMERIC = re.compile(
    rf"(?:{_YEAR}([-/.])(?:0?[1-9]|1[0-2])\1{_DAY}(?:[T ]{_TIME})?"
    rf"|{_DAY}([-/.]){_DAY}\2(?:{_YEAR}|[0-9]{{2}}))(?![\w/-])",
    re.I,
)
_VERSION = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2}(?<!\b[0-9]{2}\.[0-9]{2}\.[0-9]{2})")
_STEMS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?(?![a-z])"
)
_DAY_BEFORE = re.compile(rf"(?<![\w./-]){_DAY}(?:st|nd|rd|th)?(?: of|-)? ?\Z")
_AFTER_DAY = re.compile(rf"(?:,? ?{_YEAR}|-(?:{_YEAR}|[0-9]{{2}}))(?![\w/-])")
_AFTER_MONTH = re.compile(
    rf" {_DAY}(?:st|nd|rd|th)?(?: ?, ?{_YEAR}| {_YEAR})?(?![\w/-])|,? {_YEAR}(?![\w/-])"
)
_FOUR_DIGITS = re.compile(rb"0000(?![a0])")
_YEAR_WORDS = frozenset(
    {"in", "since", "until", "till", "during", "by", "from", "before", "after", "year", "of"}
    | {"circa", "around", "early", "late", "mid"}
)
_COUNTED = re.compile(
    r" (?:bytes|items|times|files|lines|people|users|characters|words|[a-z]{2}\b)"
)
_WEEKDAY = re.compile(
    r"(?:on|next|last|this|until|till|by|every|meet|met|see you|since) "
    r"((?:mon|tues|wednes|thurs|fri|satur|sun)day)\Z"
)
_REACH = 24


def _find(text: Text) -> Iterator[Hit]:
    value = text.lower
    hits = [*_weekdays(value)]
    if b"0" in text.shape:
        hits += [*_numeric(text), *_months(value), *_years(text, value)]
    done = 0
    for hit in sorted(hits, key=lambda each: (each.start, -each.end)):
        if hit.start >= done:
            yield hit
            done = hit.end


def _numeric(text: Text) -> Iterator[Hit]:
    for groups in _THREE_GROUPS.finditer(text.shape):
        start = groups.start()
        before = text.value[max(0, start - 1) : start]
        if before.isalnum() or before in {".", "/", "-", "_"}:
            continue
        match = _NUMERIC.match(text.value, start)
        if match and not _VERSION.fullmatch(match[0]):
            yield Hit(start, match.end(), "", 0.9)


def _months(value: str) -> Iterator[Hit]:
    for stem in _STEMS:
        at = value.find(stem)
        while at >= 0:
            if (hit := _month(value, at)) is not None:
                yield hit
            at = value.find(stem, at + 3)


def _month(value: str, at: int) -> Hit | None:
    if value[at - 1 : at].isalnum() or not (month := _MONTH.match(value, at)):
        return None
    if day := _DAY_BEFORE.search(value, max(0, at - _REACH), at):
        year = _AFTER_DAY.match(value, month.end())
        return Hit(day.start(), year.end() if year else month.end(), "", 0.8)
    after = _AFTER_MONTH.match(value, month.end())
    return Hit(at, after.end(), "", 0.8) if after else None


def _years(text: Text, value: str) -> Iterator[Hit]:
    for digits in _FOUR_DIGITS.finditer(text.shape):
        start, end = digits.span()
        if value[start : start + 2] not in {"18", "19", "20"} or value[start - 1 : start] != " ":
            continue
        before = value[max(0, start - _REACH) : start].split()
        is_counted = _COUNTED.match(value, end) or value[end : end + 1] in {"/", "-"}
        if before and before[-1] in _YEAR_WORDS and not is_counted:
            yield Hit(start, end, "", 0.5)


def _weekdays(value: str) -> Iterator[Hit]:
    at = value.find("day")
    while at >= 0:
        day = _WEEKDAY.search(value, max(0, at - _REACH), at + 3)
        if day and not value[at + 3 : at + 4].isalnum():
            yield Hit(*day.span(1), "", 0.5)
        at = value.find("day", at + 3)


DETECTOR = Detector(
    name="date",
    find=_find,
    examples=(
        "On 2007-01-17 23:08:55 it began",
        "born 2/8/1935",
        "on 15th March, 2023",
        "June 14th, 1994",
        "founded in 1977",
        "We'll meet Monday at noon",
        "1978-02-05T00:00:00",
        "in Dec. 1995",
    ),
    counter_examples=(
        "version 1.22.333",
        "3.10.1 fixes it",
        "Linux 2.6.33",
        "a list of 2000 items",
        "192.168.100.200",
        "it may be 2",
        "10/12 of them",
    ),
    certainty="context",
)
