"""Policies in force, and targets that much or little is known of, for the laws of rules."""

from random import Random
from typing import Any

from headgate.policy.compliance.builtin import classes, policies_of, policy_sets
from headgate.policy.compliance.policy import Book
from headgate.policy.compliance.requirement import FACTS
from headgate.policy.compliance.standing import Fact, Standing

BOOKS = (
    *(Book(policies_of(name), classes()) for name in policy_sets()),
    Book([each for name in ("hipaa", "pci", "gdpr-eu") for each in policies_of(name)], classes()),
    Book([], classes()),
)
"""Each set of policies, some together, and none."""
VALUES: dict[str, tuple[Any, ...]] = {
    "flag": (True, True, False, None),
    "places": (("eu",), ("us",), ("eu", "us"), None),
    "words": (("il5",), (), None),
    "number": (0, 30, None),
}


def standing_of(seed: int) -> Standing:
    """A target that a value, or nothing, is known of for each fact."""
    random = Random(seed)
    said = ((name, Fact(random.choice(VALUES[kind.kind]))) for name, kind in FACTS.items())
    return Standing("2026-11-28", (*said, ("opted_in", Fact(("secret",)))))


EVERYTHING_MET = Standing(
    "2026-11-28",
    (
        *((name, Fact(VALUES[kind.kind][0])) for name, kind in FACTS.items()),
        ("baa_excludes", Fact(())),
        ("opted_in", Fact(("secret", "email", "card"))),
    ),
)
STANDINGS = (EVERYTHING_MET, *map(standing_of, range(12)))
