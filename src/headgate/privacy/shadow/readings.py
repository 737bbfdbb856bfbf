"""Every other reading of a text, and what findings in them change about those in the text."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from headgate.privacy.finding import Finding
from headgate.privacy.shadow.encoded import decoded
from headgate.privacy.shadow.escapes import unescaped
from headgate.privacy.shadow.view import View
from headgate.privacy.shadow.wraps import joined

SURE = 0.9
"""The least score of a finding over a joined line."""


class Read(Struct, frozen=True):
    """A finding in a reading, in places of the text as given."""

    finding: Finding
    before: int | None
    """Where the character before it begins: an escape may, that another finding cuts in two."""
    is_joined: bool


def readings(plain: View) -> Iterator[View]:
    """The stretches of a text that read differently undisguised. None in most texts."""
    views = [plain, *_whole(unescaped(plain))]
    hidden = [each for view in views for each in _whole(decoded(view))]
    views += hidden
    views += [each for view in hidden for each in _whole(unescaped(view))]
    yield from views[1:]
    for view in views:
        yield from joined(view)


def _whole(views: Iterable[View]) -> list[View]:
    whole = View.of_all(views)
    return [] if whole is None else [whole]


def settled(found: Iterable[Finding], read: Sequence[Read]) -> list[Finding]:
    """Findings of a text and of its readings as one list, none of a label overlapping another.

    Overlapping ones of a label become one that covers them all. One over a joined line counts
    only where it is sure, and no part of it is as sure by itself.
    """
    plain = [Read(each, None, is_joined=False) for each in found]
    by_label = _by_label([*plain, *(each for each in read if not each.is_joined)])
    merged = {label: _merged(group) for label, group in by_label.items()}
    over_seams = _by_label(
        each
        for each in read
        if each.is_joined and not _is_refuted(each.finding, merged.get(each.finding.label, []))
    )
    for label, group in over_seams.items():
        known = [Read(each, None, is_joined=False) for each in merged.get(label, [])]
        merged[label] = _merged([*known, *group])
    return [each for group in merged.values() for each in group]


def _by_label(found: Iterable[Read]) -> dict[str, list[Read]]:
    groups: dict[str, list[Read]] = defaultdict(list)
    for each in found:
        groups[each.finding.label].append(each)
    return groups


def _merged(group: list[Read]) -> list[Finding]:
    merged: list[Finding] = []
    for each in sorted(group, key=lambda read: (read.finding.start, read.finding.end)):
        found = each.finding
        if merged and found.start < merged[-1].end:
            merged[-1] = _united(merged[-1], each)
        else:
            merged.append(found)
    return merged


def _united(first: Finding, second: Read) -> Finding:
    later = second.finding
    # Of `\nada@…` the plain reading finds `nada@…`, which begins inside the escape.
    is_cut = second.before is not None and second.before < first.start < later.start
    surer = max(first, later, key=attrgetter("score"))
    start = later.start if is_cut else first.start
    return replace(surer, start=start, end=max(first.end, later.end))


def _is_refuted(finding: Finding, known: list[Finding]) -> bool:
    """Whether it is unsure, or a part of it is known already and as sure."""
    if finding.score < SURE:
        return True
    at = bisect_left(known, finding.start, key=attrgetter("end"))
    while at < len(known) and known[at].start < finding.end:
        if known[at].end > finding.start and known[at].score >= finding.score:
            return True
        at += 1
    return False
