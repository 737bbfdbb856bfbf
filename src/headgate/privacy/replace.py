"""Replace what was found in a request: by a placeholder that is restored later, or for good.

Works on decoded JSON. Every string is looked at, keys and numbers, too; a value found in one
place is replaced in every place. What the placeholders of the request are stays the same
however often it is masked, in whole or in part.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from typing_extensions import override

from headgate.privacy.occurrences import is_plain_word, more_of
from headgate.privacy.placeholder import codes_in
from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.scan import Finding
from headgate.privacy.spans import Span, clear_of, is_json, merged, widened, within_json

Find = Callable[[str], Sequence[Finding]]
_SHORTEST_NUMBER = 10**6
"""Smaller ones are counts and settings, not identifiers."""
_SETTINGS = frozenset({"seed", "created", "created_at", "expires_after", "max_tokens"})
_FIXED = frozenset({"role", "type", "object", "finish_reason", "status", "mode", "format"})
"""Members whose words belong to the API; in them only what was found itself is replaced."""
_WIDENINGS = 3
"""The findings, the words they stand in, all of the text."""
_SEALED = re.compile(r"[A-Za-z0-9+/=_-]{64,}")
_SEALED_MEMBERS = frozenset(
    {"signature", "encrypted_content", "thought_signature", "thoughtSignature", "data"}
)
"""What only its provider can read, or bytes: a change would break it. Who must not send it
says so by its own rule."""


class Masking:
    """One request on its way out: what is replaced in it, and how much was."""

    __slots__ = ("_masked", "_masks", "_names", "_redacted", "_redacts", "_taken")

    def __init__(self, names: Pseudonyms, actions: Mapping[str, str]) -> None:
        """By the action of each label; those other than `mask` and `redact` replace nothing."""
        self._names = names
        self._masks = frozenset(label for label, action in actions.items() if action == "mask")
        self._redacts = frozenset(label for label, action in actions.items() if action == "redact")
        self._taken: set[str] = set()
        self._masked: set[tuple[str, str]] = set()
        self._redacted: set[tuple[str, str]] = set()

    @override
    def __repr__(self) -> str:
        return f"<masked {self.masked}, redacted {self.redacted}>"

    @property
    def masked(self) -> dict[str, int]:
        """How many different values of each label got placeholders."""
        return _counts(self._masked)

    @property
    def redacted(self) -> dict[str, int]:
        """How many different values of each label were taken out for good."""
        return _counts(self._redacted)

    def text(self, text: str, findings: Sequence[Finding]) -> str:
        """One text, with what was found in it replaced; JSON text stays JSON text."""
        self._taken |= codes_in(text)
        return self._replaced(text, self._of_interest(findings))

    def body(self, body: Any, find: Find) -> Any:
        """A decoded body, with what `find` finds in its texts replaced; itself if that is nothing.

        `find` is asked once for every different text. Errors it raises pass through: what
        could not be read must not be sent.
        """
        texts = _Texts()
        texts.collect(body)
        found = {text: hits for text in texts.all if (hits := self._of_interest(find(text)))}
        if not found:
            return body
        self._taken |= codes_in("\n".join(texts.all))
        for text, finding in more_of(_values(found), list(texts.all)):
            value = text[finding.start : finding.end]
            if not (text in texts.fixed and is_plain_word(value)):
                found.setdefault(text, []).append(finding)
        replaced = {text: self._replaced(text, hits) for text, hits in found.items()}
        return self._rebuilt(body, replaced)

    def _of_interest(self, findings: Sequence[Finding]) -> list[Finding]:
        return [each for each in findings if each.label in self._masks | self._redacts]

    def _replaced(self, text: str, findings: Sequence[Finding]) -> str:
        kept, start = [], 0
        while (ours := self._names.next_in(text, start)) is not None:
            kept.append((ours[0].start, ours[0].end))
            start = ours[0].end
        spans = clear_of(merged(findings, self._redacts), kept)
        fits_json = bool(spans) and is_json(text)
        for _ in range(_WIDENINGS if spans else 0):
            fitted = within_json(text, spans) if fits_json else spans
            written = self._written(text, fitted)
            if written is not None:
                return written
            # Beside the text around it a placeholder reads as another: replace that, too.
            spans = widened(text, spans)
        assert not spans, "a placeholder that stands alone is read as itself"
        return text

    def _written(self, text: str, spans: Sequence[Span]) -> str | None:
        """`text` with its spans replaced; `None` if it would not be restored to what it is."""
        parts: list[str] = []
        ours: list[tuple[int, int]] = []
        length = end = 0
        for span in spans:
            word = self._word(text[span.start : span.end], span)
            before = text[end : span.start]
            parts += before, word
            length += len(before) + len(word)
            if not span.is_redacted:
                quote = int(span.form == "number")
                ours.append((length - len(word) + quote, length - quote))
            end = span.end
        written = "".join([*parts, text[end:]])
        return written if self._is_read_as(written, ours) else None

    def _is_read_as(self, written: str, ours: Sequence[tuple[int, int]]) -> bool:
        """Whether exactly these places are read as placeholders that we have put in."""
        expected = set(ours)
        start = 0
        while (read := self._names.next_in(written, start)) is not None:
            place = (read[0].start, read[0].end)
            if place in expected:
                expected.discard(place)
            elif any(place[0] < each[1] and each[0] < place[1] for each in ours):
                return False
            start = read[0].end
        return not expected

    def _word(self, value: str, span: Span) -> str:
        if span.is_redacted:
            self._redacted.add((span.label, value))
            word = redaction_of(span.label)
        else:
            self._masked.add((span.label, value))
            word = self._names.name_of(span.label, value, span.form, taken=self._taken)
        return f'"{word}"' if span.form == "number" else word

    def _rebuilt(self, value: Any, replaced: Mapping[str, str], member: str = "") -> Any:
        match value:
            case str():
                return value if _is_sealed(value, member) else replaced.get(value, value)
            case dict():
                return self._rebuilt_object(value, replaced)
            case list():
                return [self._rebuilt(each, replaced, member) for each in value]
            case int() if _is_telling(value, member) and str(value) in replaced:
                return self._number(str(value), replaced[str(value)])
            case _:
                return value

    def _rebuilt_object(
        self, value: Mapping[str, Any], replaced: Mapping[str, str]
    ) -> dict[str, Any]:
        rebuilt: dict[str, Any] = {}
        for key, each in value.items():
            new = name = replaced.get(key, key)
            number = 2
            while new in rebuilt:
                # Two keys are alike once they are redacted.
                new, number = f"{name} {number}", number + 1
            rebuilt[new] = self._rebuilt(each, replaced, key)
        return rebuilt

    def _number(self, digits: str, replaced: str) -> str:
        """What stands in place of a number: all of it is replaced, and comes back as one."""
        if (ours := self._names.next_in(replaced)) is None:
            return replaced
        return self._names.name_of(ours[1].label, digits, "number", taken=self._taken)


class _Texts:
    """Every text of a body, once."""

    def __init__(self) -> None:
        self.all: dict[str, None] = {}
        self.fixed: set[str] = set()
        """Those that may belong to the API."""

    def collect(self, value: Any, member: str = "") -> None:
        match value:
            case str():
                if not _is_sealed(value, member):
                    self._add(value, is_fixed=member in _FIXED)
            case dict():
                for key, each in value.items():
                    self._add(key, is_fixed=True)
                    self.collect(each, key)
            case list():
                for each in value:
                    self.collect(each, member)
            case int() if _is_telling(value, member):
                self._add(str(value), is_fixed=False)
            case _:
                pass

    def _add(self, text: str, *, is_fixed: bool) -> None:
        if text:
            self.all[text] = None
            if is_fixed:
                self.fixed.add(text)


def redaction_of(label: str) -> str:
    """What stands where something was taken out for good."""
    return f"[{label.upper()}]"


def _is_sealed(text: str, member: str) -> bool:
    return member in _SEALED_MEMBERS and _SEALED.fullmatch(text) is not None


def _is_telling(value: int, member: str) -> bool:
    """Whether a number may be somebody's."""
    return abs(value) >= _SHORTEST_NUMBER and member not in _SETTINGS


def _values(found: Mapping[str, Sequence[Finding]]) -> set[tuple[str, str]]:
    return {
        (each.label, text[each.start : each.end]) for text, hits in found.items() for each in hits
    }


def _counts(values: set[tuple[str, str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for label, _ in values:
        counts[label] = counts.get(label, 0) + 1
    return counts
