"""A labelled text, and which of our labels answer for which entity of a data set."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from headgate.privacy.scan import Finding, usual_labels

Fold = Literal["all", "even", "odd"]


class Gold(NamedTuple):
    """One labelled span, with the entity as the data set calls it."""

    entity: str
    start: int
    end: int


class LabelledText(Struct, frozen=True):
    """A text whose personal data is known."""

    text: str
    spans: tuple[Gold, ...]
    group: int
    """The template it was made from, else its place in the file: what folds go by."""

    def belongs_to(self, fold: Fold) -> bool:
        """Whether its group has an even or odd number."""
        return fold == "all" or (self.group % 2 == 0) == (fold == "even")


LABELS_OF: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("PERSON", "NAME", "FIRST_NAME", "LAST_NAME"), ("person", "title")),
    **dict.fromkeys(("TITLE", "PREFIX"), ("title",)),
    **dict.fromkeys(("LOCATION", "LOC"), ("place", "address", "postcode")),
    **dict.fromkeys(("GPE", "CITY", "STATE", "COUNTRY"), ("place",)),
    **dict.fromkeys(("STREET_ADDRESS", "ADDRESS", "STREET"), ("address", "postcode")),
    **dict.fromkeys(("ZIP_CODE", "ZIPCODE", "POSTCODE"), ("postcode", "address")),
    **dict.fromkeys(("ORGANIZATION", "ORG", "COMPANY"), ("organization",)),
    **dict.fromkeys(("NRP", "NORP", "NATIONALITY"), ("nationality",)),
    **dict.fromkeys(("DATE_TIME", "DATE", "TIME"), ("date", "birth_date")),
    **dict.fromkeys(("DATE_OF_BIRTH", "DOB"), ("birth_date", "date")),
    "AGE": ("age",),
    **dict.fromkeys(("EMAIL", "EMAIL_ADDRESS"), ("email",)),
    **dict.fromkeys(("PHONE", "PHONE_NUMBER"), ("phone",)),
    **dict.fromkeys(("CREDIT_CARD", "CREDIT_CARD_NUMBER"), ("card",)),
    **dict.fromkeys(("IBAN", "IBAN_CODE"), ("iban",)),
    **dict.fromkeys(("IP", "IP_ADDRESS"), ("ip",)),
    **dict.fromkeys(("SSN", "US_SSN", "US_ITIN"), ("ssn",)),
    **dict.fromkeys(("URL", "DOMAIN_NAME"), ("url",)),
    **dict.fromkeys(("US_DRIVER_LICENSE", "DRIVER_LICENSE"), ("driver_licence",)),
    **dict.fromkeys(("US_PASSPORT", "PASSPORT"), ("passport",)),
    "CRYPTO": ("crypto",),
    "MRN": ("mrn",),
    "NPI": ("npi",),
    "SECRET": ("secret",),
}
"""Entities of the public data sets; the first label is the one an entity is chiefly found by."""

HARD = frozenset({"card", "phone", "email", "iban", "ssn", "ip"})
"""Labels of identifiers with a form of their own: what fully covered requests are judged by."""


def entity_of_label(entities: Iterable[str]) -> dict[str, str]:
    """Under which of a data set's entities the findings of each label are counted."""
    ranked = sorted(
        (rank, entity, label)
        for entity in set(entities)
        for rank, label in enumerate(LABELS_OF.get(entity, ()))
    )
    found: dict[str, str] = {}
    for _, entity, label in ranked:
        found.setdefault(label, entity)
    return found


def without_overlaps(found: Iterable[Finding]) -> list[Finding]:
    """The longest finding wherever several overlap, then the surest, in order.

    What has a form of its own stays whole: where a telephone number stands in what was taken
    for an address, the address ends before it, or begins after it.
    """
    kept: list[Finding] = []
    ranked = sorted(found, key=lambda one: (one.start - one.end, -one.score, one.start))
    for each in sorted(ranked, key=lambda one: not _has_form(one)):
        inside = [one for one in kept if one.start < each.end and each.start < one.end]
        if not inside:
            kept.append(each)
        elif not _has_form(each) and all(map(_has_form, inside)):
            kept += _longest_rest(each, inside)
    return sorted(kept, key=lambda one: one.start)


def _has_form(finding: Finding) -> bool:
    return finding.label in usual_labels()


def _longest_rest(finding: Finding, inside: Sequence[Finding]) -> list[Finding]:
    """The longest piece of it beside those inside of it; none where they leave none."""
    starts = sorted([finding.start, *(one.end for one in inside)])
    ends = sorted([*(one.start for one in inside), finding.end])
    start, end = max(zip(starts, ends, strict=True), key=lambda pair: pair[1] - pair[0])
    return [replace(finding, start=start, end=end)] if start < end else []
