"""All secrets of a text: the gate finds keywords, and rules look only where theirs stand."""

from collections.abc import Iterator, Sequence
from functools import cache

from msgspec import Struct

from headgate.privacy.detector import Hit
from headgate.privacy.gate import Gate, as_bytes, make_gate
from headgate.privacy.secrets.assigned import NAMES, Assigned
from headgate.privacy.secrets.places import PLACES
from headgate.privacy.secrets.rules import SURE, Rule, load


class Finder(Struct, frozen=True):
    """The rules, and the gate of their keywords."""

    gate: Gate
    rules: Sequence[Sequence[Rule]]
    """For each of the gate's keywords."""
    guesses: Sequence[Assigned | None]
    """Likewise; not asked about what stands inside of a secret."""

    def find(self, text: str) -> Iterator[Hit]:
        """Every secret of `text`, in order, none overlapping another."""
        return _apart(self._all(text))

    def _all(self, text: str) -> list[Hit]:
        found: list[Hit] = []
        covered = sure_from = sure_to = 0
        for number, start, end in self.gate(as_bytes(text)):
            if sure_from < start < sure_to:
                continue
            for rule in self.rules[number]:
                hit = rule.look(text, start, end)
                if hit is not None:
                    found.append(hit)
                    covered = max(covered, hit.end)
                    if hit.score == SURE:
                        sure_from, sure_to = hit.start, hit.end
            guess = self.guesses[number]
            if guess is not None and start >= covered:
                hit = guess.look(text, start, end)
                if hit is not None:
                    found.append(hit)
                    covered = max(covered, hit.end)
        return found


def keywords() -> dict[str, list[Rule]]:
    """The rules of each keyword."""
    table: dict[str, list[Rule]] = {}
    for keyword, rule in (*load(), *PLACES.items()):
        table.setdefault(keyword, []).append(rule)
    for keyword in NAMES:
        table.setdefault(keyword, [])
    return table


@cache
def finder() -> Finder:
    """The one that detects; made once."""
    table = keywords()
    return Finder(make_gate(tuple(table)), tuple(table.values()), tuple(map(NAMES.get, table)))


def _apart(found: list[Hit]) -> Iterator[Hit]:
    """Of overlapping hits one, as wide as all, of the kind that is surest and then longest."""
    found.sort()
    best: Hit | None = None
    start = end = 0
    for hit in found:
        if best is None or hit.start >= end:
            if best is not None:
                yield best._replace(start=start, end=end)
            best, start, end = hit, hit.start, hit.end
            continue
        end = max(end, hit.end)
        if (hit.score, hit.end - hit.start) > (best.score, best.end - best.start):
            best = hit
    if best is not None:
        yield best._replace(start=start, end=end)
