"""Score findings as `presidio-evaluator`'s `SpanEvaluator` does (version 0.3.2).

The rules: tokens inside a span take its type; neighbours of one type, and those that only
skip words stand between, are one span; a span reaches from its first to its last token that
is no skip word. A labelled span is right where the spans predicted over it cover at least
`iou` of their common extent. A prediction that touches several labelled spans counts for each.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from headgate.privacy.evaluation.tokens import Token

OUTSIDE = "O"
ANY = "PII"


class Tagged(NamedTuple):
    """A text's tokens, and the entity of each, as labelled and as found."""

    tokens: Sequence[Token]
    gold: Sequence[str]
    found: Sequence[str]


@dataclass(slots=True)
class Count:
    """What precision and recall are made of."""

    right: int = 0
    predicted: int = 0
    labelled: int = 0

    @property
    def precision(self) -> float:
        """Of what was predicted; 0 if nothing was."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Of what is labelled; 0 if nothing is."""
        return self.right / self.labelled if self.labelled else 0.0

    def f_beta(self, beta: float) -> float:
        """How much more recall weighs than precision is `beta`."""
        weighted = beta**2 * self.precision + self.recall
        return (1 + beta**2) * self.precision * self.recall / weighted if weighted else 0.0


class _Span(NamedTuple):
    entity: str
    start: int
    end: int
    first_token: int
    end_token: int


def tags(tokens: Sequence[Token], spans: Iterable[tuple[str, int, int]]) -> list[str]:
    """The entity of each token: of the first span it begins in, or that lies within it."""
    ordered = sorted(spans, key=lambda each: each[1:])
    return [_tag(token, ordered) for token in tokens]


def _tag(token: Token, spans: Sequence[tuple[str, int, int]]) -> str:
    begin, end = token.start, token.start + len(token.text)
    for entity, start, stop in spans:
        if start <= begin < stop or begin <= start <= stop <= end:
            return entity
    return OUTSIDE


def regardless_of_kind(tagged: Iterable[Tagged]) -> list[Tagged]:
    """The same, with one entity for all: whether personal data was found, not what was said."""
    return [
        Tagged(
            each.tokens,
            [ANY if tag != OUTSIDE else OUTSIDE for tag in each.gold],
            [ANY if tag != OUTSIDE else OUTSIDE for tag in each.found],
        )
        for each in tagged
    ]


def score(texts: Iterable[Tagged], *, iou: float = 0.9) -> dict[str, Count]:
    """Counts by entity."""
    counts: dict[str, Count] = defaultdict(Count)
    for text in texts:
        _compare(
            _spans(text.tokens, text.gold), _spans(text.tokens, text.found), iou=iou, counts=counts
        )
    return dict(counts)


def _compare(
    labelled: list[_Span], predicted: list[_Span], *, iou: float, counts: dict[str, Count]
) -> None:
    touched: set[_Span] = set()
    for gold in labelled:
        counts[gold.entity].labelled += 1
        over = [each for each in predicted if _overlap(gold, each) > 0]
        touched.update(over)
        by_entity: dict[str, list[_Span]] = defaultdict(list)
        for each in over:
            by_entity[each.entity].append(each)
        for entity, spans in by_entity.items():
            # A single prediction is measured by its length, several by the characters they hold.
            shared = _overlap(gold, spans[0]) if len(over) == 1 else _combined(gold, spans)
            counts[entity].predicted += 1
            counts[entity].right += entity == gold.entity and shared >= iou
    for each in predicted:
        if each not in touched:
            counts[each.entity].predicted += 1


def _overlap(one: _Span, other: _Span) -> float:
    common = min(one.end, other.end) - max(one.start, other.start)
    if common <= 0:
        return 0.0
    return common / (max(one.end, other.end) - min(one.start, other.start))


def _combined(gold: _Span, spans: Sequence[_Span]) -> float:
    wanted = set(range(gold.start, gold.end + 1))
    covered = set(range(spans[0].start, spans[0].end + 1))
    for each in spans[1:]:
        covered.update(range(each.start - 1, each.end))
    return len(wanted & covered) / len(wanted | covered)


def _spans(tokens: Sequence[Token], entities: Sequence[str]) -> list[_Span]:
    runs: list[_Span] = []
    first = 0
    for place in range(1, len(tokens) + 1):
        if place < len(tokens) and entities[place] == entities[first]:
            continue
        if entities[first] != OUTSIDE and (span := _span(tokens, entities[first], first, place)):
            runs.append(span)
        first = place
    return _joined(runs, tokens)


def _span(tokens: Sequence[Token], entity: str, first: int, end: int) -> _Span | None:
    skipped = skip_words()
    # The original measures a token after lowering it, which lengthens a few characters.
    words = [
        (token.start, token.text.lower())
        for token in tokens[first:end]
        if token.text.lower() not in skipped
    ]
    if not words:
        return None
    return _Span(entity, words[0][0], max(start + len(word) for start, word in words), first, end)


def _joined(spans: list[_Span], tokens: Sequence[Token]) -> list[_Span]:
    joined: list[_Span] = []
    for each in spans:
        last = joined[-1] if joined else None
        if (
            last
            and last.entity == each.entity
            and _is_skipped(tokens[last.end_token : each.first_token])
        ):
            joined[-1] = last._replace(end=max(last.end, each.end), end_token=each.end_token)
        else:
            joined.append(each)
    return joined


def _is_skipped(between: Sequence[Token]) -> bool:
    skipped = skip_words()
    return all(token.text.lower().strip() in skipped for token in between)


@lru_cache(maxsize=1)
def skip_words() -> frozenset[str]:
    """Words that the extent of a span does not count."""
    text = files(__package__).joinpath("skip_words.txt").read_text("utf-8")
    words = (line for line in text.splitlines() if not line.startswith("#"))
    marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n\r\x0b\x0c"
    runs = (mark * count for mark in "\n\t" for count in range(1, 5))
    return frozenset({"", *marks, *runs, *words})
