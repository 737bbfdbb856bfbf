"""What is found in a request before it is routed. What cannot be read counts as the worst.

A text that is too large, a detector that fails or is too slow, pictures, sound, files and
parts of an unknown kind all become labels, which no target outside may be sent for.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import anyio
import msgspec
from anyio.to_thread import run_sync

from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.core.plugins import load, own_names
from headgate.policy.treatment import ATTACHMENT, UNSCANNED
from headgate.privacy.body import Body
from headgate.privacy.scan import DETECTORS, Finding, findings

WINDOW_CHARS = 256 * 1024
OVERLAP_CHARS = 16 * 1024
"""Longest finding that is whole wherever a window ends, and context of those near its edge."""
THREAD_BYTES = 64 * 1024
"""Bodies over this are read in a thread, so that other requests keep their turn."""
MOST_READERS = 16
"""Threads that may read at once, those included whose detector hangs."""

BLOCK_CHARS = 1024
_BLOCK = re.compile(rf"[A-Za-z0-9+/_=\r\n-]{{{BLOCK_CHARS}}}")
"""No word is so long: something encoded, of which a scan sees nothing."""
_SEALED = re.compile(
    r'"(?:signature|encrypted_content|thought_?[sS]ignature)"\s*:\s*"[A-Za-z0-9+/_=-]*"'
)
"""What a provider has made itself, only it can read, and it is sent back to go on from."""
_FRACTION = re.compile(r"(?<=\d{9})\.0+(?![\w.])")
"""What tables put behind whole numbers, those of cards and people among them."""
_UNREADABLE_NEEDS = frozenset({"vision", "audio", "file"})
_READABLE_PARTS = frozenset(
    {
        *("text", "input_text", "output_text", "refusal", "thinking", "redacted_thinking"),
        *("reasoning", "reasoning_text", "summary_text", "message", "item_reference", "document"),
        *("tool_use", "tool_result", "tool_call", "function_call", "function_call_output"),
        *("custom_tool_call", "custom_tool_call_output", "search_result", "plan"),
    }
)
_CONVERSATION = ("messages", "input", "inputs", "system", "contents")
_WRITTEN_AS_NUMBERS = ("input", "prompt", "context")
"""Members in which a text may stand as the numbers that a model reads it by."""
_LISTS = tuple(dict.fromkeys((*_CONVERSATION, *_WRITTEN_AS_NUMBERS)))
_log = logging.getLogger(__name__)
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTerms:
    """What a route has looked for, and how long that may take."""

    detect: frozenset[str] = _NONE
    most_chars: int = 8 * 1024 * 1024
    most_s: float = 2.0
    sees_attachments: bool = True
    """Whether pictures, sound and files are looked for, too."""


@dataclass(slots=True)
class Reading:
    """What was found, by its place, in a body that is one text."""

    body: Body
    found: Sequence[Finding] = ()
    labels: frozenset[str] = _NONE
    problem: str | None = None
    """Why the text is `unscanned`, in words of ours."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Findings by label."""


def read(inbound: Inbound, terms: ReadingTerms, monotonic: Callable[[], float]) -> Reading:
    """Look for everything `terms` names in the body of a request; `monotonic` gives seconds.

    Raises:
        InvalidRequest: The body is not UTF-8.
    """
    body = Body(inbound.body)
    return _as_read(inbound, body, terms, *scanned(body.text, terms, monotonic))


def _as_read(
    inbound: Inbound, body: Body, terms: ReadingTerms, found: Sequence[Finding], problem: str | None
) -> Reading:
    counts = Counter(each.label for each in found)
    labels = set(counts)
    if problem is not None:
        labels.add(UNSCANNED)
    if terms.sees_attachments and _has_attachment(inbound, body.text):
        labels.add(ATTACHMENT)
    return Reading(body, found, frozenset(labels), problem, counts)


class Readers:
    """Reads requests beside the event loop, where that may take long."""

    def __init__(self) -> None:
        self._limiter = anyio.CapacityLimiter(MOST_READERS)

    async def read(
        self, inbound: Inbound, terms: ReadingTerms, monotonic: Callable[[], float]
    ) -> Reading:
        """As `read`; nobody waits for a detector longer than `terms` allow.

        Raises:
            InvalidRequest: The body is not UTF-8.
        """
        if len(inbound.body) < THREAD_BYTES and not has_foreign(terms.detect):
            return read(inbound, terms, monotonic)
        work = partial(read, inbound, terms, monotonic)
        with anyio.move_on_after(terms.most_s):
            # Who cannot be stopped is left alone: a thread, and a place among the readers.
            return await run_sync(work, abandon_on_cancel=True, limiter=self._limiter)
        return _as_read(inbound, Body(inbound.body), terms, (), _too_slow(terms))


@lru_cache(maxsize=64)
def has_foreign(detect: frozenset[str]) -> bool:
    """Whether a detector of somebody else's is among them, of which nothing is known."""
    return not detect <= own_names(DETECTORS)


def _too_slow(terms: ReadingTerms) -> str:
    return f"the scan took longer than {terms.most_s:g} s"


def warm(terms: ReadingTerms) -> None:
    """Have everything loaded that a scan needs, before somebody waits for it."""
    detectors = [load(DETECTORS, name, "DETECTOR") for name in sorted(terms.detect)]
    examples = "\n".join(text for each in detectors for text in each.examples)
    # Whether a detector fails is said of each request.
    scanned(examples, terms, lambda: 0.0)


def scanned(
    text: str, terms: ReadingTerms, monotonic: Callable[[], float]
) -> tuple[Sequence[Finding], str | None]:
    """What is found in a text, and why it could not be scanned, if it could not."""
    if ".0" in text:
        text = _FRACTION.sub(lambda zeros: " " * len(zeros[0]), text)
    try:
        return (_within(text, terms, monotonic) if terms.detect else ()), None
    except _Unscanned as reason:
        return (), str(reason)
    except (Exception, SystemExit) as error:
        # Whatever a detector raises, and whoever wrote it: its text may quote what it read.
        _log.error("a scan failed: %s", type(error).__name__)
        return (), f"a detector failed ({type(error).__name__})"


class _Unscanned(Exception):
    """Why the text is not scanned."""


def _within(text: str, terms: ReadingTerms, monotonic: Callable[[], float]) -> Sequence[Finding]:
    if len(text) > terms.most_chars:
        raise _Unscanned(f"it is longer than the {terms.most_chars} characters that are scanned")
    give_up = monotonic() + terms.most_s
    found: list[Finding] = []
    for start in range(0, len(text), WINDOW_CHARS):
        found += _in_window(text, start, terms.detect)
        if monotonic() > give_up:
            raise _Unscanned(_too_slow(terms))
    return found


def _in_window(text: str, start: int, wanted: frozenset[str]) -> Iterator[Finding]:
    """Findings that begin in the window at `start`."""
    end = start + WINDOW_CHARS
    first = max(0, start - OVERLAP_CHARS)
    piece = text if len(text) <= WINDOW_CHARS else text[first : end + OVERLAP_CHARS]
    for each in findings(piece, wanted):
        if not 0 <= each.start < each.end <= len(piece):
            raise _Unscanned(f"the detector of `{each.label}` names places outside of the text")
        if not 0 <= each.score <= 1:
            raise _Unscanned(f"the detector of `{each.label}` is surer than sure, or not a number")
        if start <= first + each.start < end:
            yield (
                msgspec.structs.replace(each, start=first + each.start, end=first + each.end)
                if first
                else each
            )


def _has_attachment(inbound: Inbound, text: str) -> bool:
    if inbound.has_image_urls or not _UNREADABLE_NEEDS.isdisjoint(inbound.needs):
        return True
    return _has_blob(text) or any(_holds_unread(inbound, name) for name in _LISTS)


def _has_blob(text: str) -> bool:
    """Whether something encoded of twice the length of a block, or more, stands in the text."""
    starts = range(0, len(text) - BLOCK_CHARS + 1, BLOCK_CHARS)
    if not any(_BLOCK.match(text, start) for start in starts):
        return False
    others = _SEALED.sub("", text)
    return others == text or _has_blob(others)


def _holds_unread(inbound: Inbound, name: str) -> bool:
    """Whether a member holds a part of an unknown kind, or a text that is written as numbers."""
    items = _list_of(inbound, name)
    if name in _CONVERSATION and any(kind not in _READABLE_PARTS for kind in _kinds(items)):
        return True
    return name in _WRITTEN_AS_NUMBERS and any(isinstance(each, int | list) for each in items)


def _list_of(inbound: Inbound, name: str) -> Sequence[Any]:
    """A member of the request that is a list; nothing where it is none."""
    raw = inbound.fields.get(name)
    if raw is None or not bytes(raw).startswith(b"["):
        return ()
    try:
        items: list[Any] = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequest(f"{name}: not valid JSON", param=name) from error
    return items


def _kinds(items: Any, *, are_parts: bool = False) -> Iterator[str]:
    """Types of the parts of a conversation, those inside of tool results among them.

    A part must say what it is; messages need not.
    """
    if not isinstance(items, list | tuple):
        return
    for item in items:
        if isinstance(item, dict):
            kind = item.get("type")
            if isinstance(kind, str) or are_parts:
                yield str(kind)
            for inside in ("content", "output", "parts"):
                yield from _kinds(item.get(inside), are_parts=True)
