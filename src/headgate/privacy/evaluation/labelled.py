"""A labelled text, and which of our labels answer for which entity of a data set."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from msgspec import Struct

from headgate.privacy.scan import Finding

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
    "ADDRESS": ("address", "postcode"),
    "AGE": ("age",),
    "CREDIT_CARD": ("card",),
    "DATE_TIME": ("date", "birth_date"),
    "DOMAIN_NAME": ("url",),
    "EMAIL": ("email",),
    "EMAIL_ADDRESS": ("email",),
    "GPE": ("place",),
    "IBAN": ("iban",),
    "IBAN_CODE": ("iban",),
    "IP_ADDRESS": ("ip",),
    "LOCATION": ("place", "address", "postcode"),
    "MRN": ("mrn",),
    "NPI": ("npi",),
    "NRP": ("nationality",),
    "ORGANIZATION": ("organization",),
    "PERSON": ("person", "title"),
    "PHONE": ("phone",),
    "PHONE_NUMBER": ("phone",),
    "SECRET": ("secret",),
    "SSN": ("ssn",),
    "STREET_ADDRESS": ("address", "postcode"),
    "TITLE": ("title",),
    "URL": ("url",),
    "US_DRIVER_LICENSE": ("driver_licence",),
    "US_SSN": ("ssn",),
    "ZIP_CODE": ("postcode", "address"),
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
    """The longest finding wherever several overlap, then the surest, in order."""
    kept: list[Finding] = []
    for each in sorted(found, key=lambda one: (one.start - one.end, -one.score, one.start)):
        if all(each.end <= other.start or other.end <= each.start for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda one: one.start)
