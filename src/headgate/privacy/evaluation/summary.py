"""Everything that is measured on labelled texts, and on texts without personal data."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from headgate.privacy.evaluation.entities import Entities, score_entities
from headgate.privacy.evaluation.labelled import LabelledText, entity_of_label, without_overlaps
from headgate.privacy.evaluation.requests import Requests, score_requests
from headgate.privacy.evaluation.span_score import (
    ANY,
    Count,
    Tagged,
    regardless_of_kind,
    score,
    tags,
)
from headgate.privacy.evaluation.tokens import tokens
from headgate.privacy.scan import Finding, findings

CLEAN_UNIT = 4096
"""Characters by which hits in clean text are counted."""
SPAN_IOU = 0.9


class SpanScore(Struct, frozen=True):
    """Precision, recall and F2 of `presidio-evaluator`'s `SpanEvaluator` at an overlap of 0.9."""

    precision: float
    recall: float
    f2: float
    by_entity: dict[str, tuple[float, float]]
    """Precision and recall where the kind must be right as well."""


class Summary(Struct, frozen=True):
    """How well the detectors find what is labelled."""

    texts: int
    entities: Entities
    requests: Requests
    spans: SpanScore


class CleanText(Struct, frozen=True):
    """What was found where nothing should be."""

    characters: int
    hits: dict[str, int]

    def per_unit(self, label: str) -> float:
        """Hits of `label` in 4,096 characters."""
        return self.hits.get(label, 0) * CLEAN_UNIT / self.characters if self.characters else 0.0


def evaluate(texts: Sequence[LabelledText], wanted: frozenset[str]) -> Summary:
    """Look for `wanted` in `texts` and compare."""
    found = [(text, findings(text.text, wanted)) for text in texts]
    pairs = [(text, without_overlaps(each)) for text, each in found]
    tagged = _tagged(pairs)
    overall = score(regardless_of_kind(tagged), iou=SPAN_IOU).get(ANY, Count())
    by_entity = score(tagged, iou=SPAN_IOU)
    return Summary(
        texts=len(texts),
        entities=score_entities(pairs),
        requests=score_requests(found),
        spans=SpanScore(
            overall.precision,
            overall.recall,
            overall.f_beta(2),
            {entity: (its.precision, its.recall) for entity, its in sorted(by_entity.items())},
        ),
    )


def count_clean(texts: Iterable[str], wanted: frozenset[str]) -> CleanText:
    """Look for `wanted` in texts that hold none of it."""
    characters = 0
    hits: Counter[str] = Counter()
    for text in texts:
        characters += len(text)
        hits.update(each.label for each in findings(text, wanted))
    return CleanText(characters, dict(sorted(hits.items())))


def _tagged(pairs: Sequence[tuple[LabelledText, Sequence[Finding]]]) -> list[Tagged]:
    home = entity_of_label(gold.entity for text, _ in pairs for gold in text.spans)
    tagged = []
    for text, found in pairs:
        words = tokens(text.text)
        named = [(home.get(each.label, each.label), each.start, each.end) for each in found]
        tagged.append(Tagged(words, tags(words, text.spans), tags(words, named)))
    return tagged
