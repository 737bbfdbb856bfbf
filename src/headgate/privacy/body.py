"""A JSON body as one text to scan, and which of its strings hold what was found.

The text is the body with the escapes of its strings undone. Every string is in it: keys,
unknown members, both of two duplicates; and beside each what stands around it, such as the
name of a member, which often says what a number is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec.structs import replace

from headgate.core.errors import InvalidRequest
from headgate.privacy.scan import Finding
from headgate.wire.members import unescaped

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^u])"
)
"""Each stands for one character."""
_STRING_OR_NUMBER = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[-+.0-9eE]+')


class Body:
    """One body; what it gives out are places in `text`."""

    def __init__(self, raw: bytes) -> None:
        """Read `raw`, which is JSON.

        Raises:
            InvalidRequest: It is not UTF-8.
        """
        try:
            self._raw = raw.decode()
        except UnicodeDecodeError as error:
            raise InvalidRequest(
                f"the body is not UTF-8 (byte {error.start})", hint="send JSON encoded as UTF-8"
            ) from error
        self.text = unescaped(self._raw)

    def by_text(self, findings: Sequence[Finding]) -> dict[str, list[Finding]]:
        """Strings and numbers that findings touch, each with the parts that lie inside it.

        What stands twice is there once, with what was found in either place.
        """
        found: dict[str, list[Finding]] = {}
        for start, end, inside in self._tokens_with(findings):
            known = found.setdefault(self._token_text(start, end)[0], [])
            known += [each for each in inside if each not in known]
        return found

    def _tokens_with(self, findings: Sequence[Finding]) -> Iterator[tuple[int, int, list[Finding]]]:
        """Strings and numbers that findings touch, in order, with the part that touches them."""
        touched: dict[int, list[Finding]] = {}
        ends = self._tokens
        starts = [start for start, _ in ends]
        for finding in findings:
            first, last = self._place(finding.start), self._place(finding.end - 1)
            at = max(0, bisect_right(starts, first) - 1)
            while at < len(ends) and ends[at][0] <= last:
                part = self._part(finding, *ends[at])
                if part is not None:
                    touched.setdefault(at, []).append(part)
                at += 1
        for at in sorted(touched):
            yield (*ends[at], touched[at])

    def _part(self, finding: Finding, start: int, end: int) -> Finding | None:
        """What of a finding lies inside a token, by places in the token's text."""
        text, inner = self._token_text(start, end)
        begins = self._text_place(inner)
        first = max(finding.start - begins, 0)
        last = min(finding.end - begins, len(text))
        return replace(finding, start=first, end=last) if first < last else None

    def _token_text(self, start: int, end: int) -> tuple[str, int]:
        """What a token says, and where in the body that begins."""
        quote = 1 if self._raw[start] == '"' else 0
        first, last = self._text_place(start + quote), self._text_place(end - quote)
        return self.text[first:last], start + quote

    @cached_property
    def _tokens(self) -> list[tuple[int, int]]:
        return [match.span() for match in _STRING_OR_NUMBER.finditer(self._raw)]

    @cached_property
    def _escapes(self) -> list[tuple[int, int]]:
        """For each escape, where what follows it begins, in the text and in the body."""
        found, saved = [], 0
        for match in _ESCAPE.finditer(self._raw) if "\\" in self._raw else ():
            start, end = match.span()
            saved += end - start - 1
            found.append((end - saved, end))
        return found

    def _place(self, offset: int) -> int:
        """Where in the body the character at `offset` of the text begins."""
        at = bisect_right(self._escapes, offset, key=_first)
        if at == 0:
            return offset
        length, end = self._escapes[at - 1]
        return end + offset - length

    def _text_place(self, place: int) -> int:
        """The offset into the text of what begins at `place` in the body."""
        at = bisect_right(self._escapes, place, key=_second)
        if at == 0:
            return place
        length, end = self._escapes[at - 1]
        return length + place - end


def _first(pair: tuple[int, int]) -> int:
    return pair[0]


def _second(pair: tuple[int, int]) -> int:
    return pair[1]
