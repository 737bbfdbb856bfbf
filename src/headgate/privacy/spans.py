"""What of a text is replaced, once findings no longer overlap and fit what the text is made of.

Findings that overlap become one that covers them all, with the label of the longest. In JSON
text a finding stays within one string or number and cuts no escape; one that goes across
several covers a part of each.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from headgate.privacy.pseudonyms import Form
from headgate.privacy.scan import Finding

UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*')
_ESCAPE = re.compile(r"(?:\\u[dD][89abAB][0-9a-fA-F]{2})?\\(?:u[0-9a-fA-F]{4}|.)")

_IN_WORDS = "_\\\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""What can stand within a placeholder beside letters and digits."""


class Span(Struct, frozen=True, gc=False):
    """One piece of a text that is replaced."""

    start: int
    end: int
    label: str
    form: Form = "plain"
    is_redacted: bool = False


def is_json(text: str) -> bool:
    """Whether it is an object or a list as JSON text."""
    if not text.lstrip(" \t\r\n").startswith(("{", "[")):
        return False
    try:
        msgspec.json.decode(text)
    except UNREADABLE:
        return False
    return True


def merged(findings: Iterable[Finding], redacted: frozenset[str]) -> list[Span]:
    """Findings as spans that do not overlap, in order."""
    spans: list[Span] = []
    group: list[Finding] = []
    end = -1
    for finding in sorted(findings, key=lambda each: (each.start, -each.end)):
        if group and finding.start >= end:
            spans.append(_cover(group, redacted))
            group = []
        end = max(end, finding.end) if group else finding.end
        group.append(finding)
    return [*spans, _cover(group, redacted)] if group else spans


def _cover(group: Sequence[Finding], redacted: frozenset[str]) -> Span:
    strictest = [each for each in group if each.label in redacted]
    named = max(
        strictest or group, key=lambda each: (each.end - each.start, each.score, each.label)
    )
    return Span(
        min(each.start for each in group),
        max(each.end for each in group),
        named.label,
        is_redacted=bool(strictest),
    )


def within_json(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans of JSON text, each within one of its strings or numbers."""
    fitted: list[Span] = []
    tokens = _TOKEN.finditer(text)
    token = next(tokens, None)
    for span in spans:
        while token is not None and token.start() < span.end:
            if token.end() > span.start:
                fitted.extend(_within(token, span))
            if token.end() > span.end:
                break
            token = next(tokens, None)
    return _joined(fitted)


def _within(token: re.Match[str], span: Span) -> Iterator[Span]:
    written = token[0]
    if not written.startswith('"'):
        yield Span(token.start(), token.end(), span.label, "number", span.is_redacted)
        return
    start = max(span.start, token.start() + 1)
    end = min(span.end, token.end() - 1)
    if start >= end:
        return
    if "\\" in written:
        for escape in _ESCAPE.finditer(token.string, token.start() + 1, token.end() - 1):
            if escape.start() < start < escape.end():
                start = escape.start()
            if escape.start() < end < escape.end():
                end = escape.end()
    form: Form = "json" if "\\" in token.string[start:end] else "plain"
    yield Span(start, end, span.label, form, span.is_redacted)


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Without overlaps, which widened edges can make."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            form: Form = "json" if "json" in {last.form, span.form} else last.form
            joined[-1] = Span(
                last.start,
                max(last.end, span.end),
                last.label,
                form,
                last.is_redacted or span.is_redacted,
            )
        else:
            joined.append(span)
    return joined


def clear_of(spans: Sequence[Span], kept: Sequence[tuple[int, int]]) -> list[Span]:
    """Spans that cut none of the places `kept`: without those inside one, widened over others."""
    clear: list[Span] = []
    for span in spans:
        touched = [each for each in kept if each[0] < span.end and span.start < each[1]]
        if any(start <= span.start and span.end <= end for start, end in touched):
            continue
        start = min([span.start, *(each[0] for each in touched)])
        end = max([span.end, *(each[1] for each in touched)])
        clear.append(msgspec.structs.replace(span, start=start, end=end))
    return _joined(clear)


def widened(text: str, spans: Sequence[Span]) -> list[Span]:
    """Spans over the whole words they stand in; over all of the text where they already are."""
    wide = []
    for span in spans:
        start, end = span.start, span.end
        while start and (text[start - 1].isalnum() or text[start - 1] in _IN_WORDS):
            start -= 1
        while end < len(text) and (text[end].isalnum() or text[end] in _IN_WORDS):
            end += 1
        wide.append(msgspec.structs.replace(span, start=start, end=end))
    joined = _joined(wide)
    if joined != list(spans):
        return joined
    first = spans[0]
    return [msgspec.structs.replace(first, start=0, end=len(text), form="plain")]
