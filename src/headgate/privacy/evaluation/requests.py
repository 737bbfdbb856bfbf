"""What a request's sender sees: was it noticed, and was all of it found."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from headgate.privacy.evaluation.labelled import HARD, LABELS_OF, Gold, LabelledText
from headgate.privacy.scan import Finding


class Requests(Struct, frozen=True):
    """Counts of whole texts."""

    personal: int
    """With any labelled span; the next two are of these."""
    flagged: int
    """In which anything was found."""
    redacted: int
    """In which every letter and digit of every labelled span lies in some finding."""
    hard: int
    """With a labelled card, phone, e-mail, IBAN, SSN or IP address."""
    hard_covered: int
    """Of those, the ones in which all of these are covered to the last character."""
    clean: int
    """With no labelled span."""
    clean_flagged: int
    """Of those, the ones in which something was found."""


def score_requests(texts: Iterable[tuple[LabelledText, Sequence[Finding]]]) -> Requests:
    """Count over texts and their findings; a finding of any label covers."""
    rows = [_row(text, findings) for text, findings in texts]
    personal = [row for row in rows if row.is_personal]
    hard = [row for row in rows if row.has_hard]
    clean = [row for row in rows if not row.is_personal]
    return Requests(
        personal=len(personal),
        flagged=sum(row.is_flagged for row in personal),
        redacted=sum(row.is_redacted for row in personal),
        hard=len(hard),
        hard_covered=sum(row.is_hard_covered for row in hard),
        clean=len(clean),
        clean_flagged=sum(row.is_flagged for row in clean),
    )


class _Row(Struct, frozen=True):
    is_personal: bool
    is_flagged: bool
    is_redacted: bool
    has_hard: bool
    is_hard_covered: bool


def _row(text: LabelledText, findings: Sequence[Finding]) -> _Row:
    covered = {place for each in findings for place in range(each.start, each.end)}
    hard = [gold for gold in text.spans if not HARD.isdisjoint(LABELS_OF.get(gold.entity, ()))]
    return _Row(
        is_personal=bool(text.spans),
        is_flagged=bool(findings),
        is_redacted=all(_is_covered(text.text, gold, covered) for gold in text.spans),
        has_hard=bool(hard),
        is_hard_covered=all(_is_covered(text.text, gold, covered) for gold in hard),
    )


def _is_covered(text: str, gold: Gold, covered: set[int]) -> bool:
    return all(
        place in covered or not text[place].isalnum() for place in range(gold.start, gold.end)
    )
