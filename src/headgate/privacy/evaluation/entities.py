"""Precision and recall by entity: a finding must be of the kind, and overlap by half."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from headgate.privacy.evaluation.labelled import (
    HARD,
    LABELS_OF,
    Gold,
    LabelledText,
    entity_of_label,
)
from headgate.privacy.scan import Finding

IOU = 0.5
ALL = "all"
HARD_IDENTIFIERS = "hard identifiers"
"""Cards, phones, e-mails, IBANs, SSNs and IP addresses together."""


class EntityScore(Struct, frozen=True):
    """How well one entity of a data set was found."""

    labelled: int
    found: int
    right: int
    """Findings that overlap a labelled span of the entity by half."""
    hit: int
    """Labelled spans that a finding overlaps so."""

    @property
    def precision(self) -> float:
        """0 where nothing was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """0 where nothing is labelled."""
        return self.hit / self.labelled if self.labelled else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


class Entities(Struct, frozen=True):
    """All entities of a data set."""

    by_entity: dict[str, EntityScore]
    """In alphabetical order, then sums: of the hard identifiers, if there are any, and of all."""
    not_covered: dict[str, int]
    """Labelled spans of entities that no detector answers for. They count as missed."""
    elsewhere: dict[str, int]
    """Findings by label that no entity of the data set stands for. They do not count."""


def score_entities(texts: Iterable[tuple[LabelledText, Sequence[Finding]]]) -> Entities:
    """Compare the findings in each text, free of overlaps, with its labelled spans."""
    pairs = list(texts)
    home = entity_of_label(gold.entity for text, _ in pairs for gold in text.spans)
    labelled: Counter[str] = Counter(gold.entity for text, _ in pairs for gold in text.spans)
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    for text, findings in pairs:
        for finding in findings:
            match = next((gold for gold in text.spans if _matches(gold, finding)), None)
            entity = match.entity if match else home.get(finding.label)
            if entity is None:
                elsewhere[finding.label] += 1
                continue
            found[entity] += 1
            right[entity] += match is not None
        for gold in text.spans:
            hit[gold.entity] += any(_matches(gold, finding) for finding in findings)
    counters = (labelled, found, right, hit)
    scores = {each: EntityScore(*(one[each] for one in counters)) for each in sorted(labelled)}
    hard = [each for each in scores if not HARD.isdisjoint(LABELS_OF.get(each, ()))]
    if hard:
        sums = (sum(one[each] for each in hard) for one in counters)
        scores[HARD_IDENTIFIERS] = EntityScore(*sums)
    scores[ALL] = EntityScore(*(one.total() for one in counters))
    uncovered = {each: count for each, count in labelled.items() if each not in LABELS_OF}
    return Entities(scores, uncovered, dict(elsewhere))


def _matches(gold: Gold, finding: Finding) -> bool:
    if finding.label not in LABELS_OF.get(gold.entity, ()):
        return False
    common = min(gold.end, finding.end) - max(gold.start, finding.start)
    return common > 0 and common >= IOU * (
        max(gold.end, finding.end) - min(gold.start, finding.start)
    )
