"""What holds of compliance whatever else decides: not knowing never lets a target in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from headgate.policy.compliance.policy import Asked
from headgate.policy.compliance.standing import Fact, Standing
from headgate.policy.decide import decide
from headgate.policy.decision import Candidate
from headgate.policy.registry import all_rules
from support.compliance import BOOKS, EVERYTHING_MET, STANDINGS
from support.decisions import candidate, facts

ALL = all_rules()
LABELS = ("email", "card", "secret", "phi", "cui", "attachment", "never-seen")


def is_tried(labels: frozenset[str], book: int, each: Candidate) -> bool:
    asked = facts(labels=labels, policies=BOOKS[book].applying(Asked(labels, "r")))
    return bool(decide(asked, [each], ALL).order)


some_labels = st.frozensets(st.sampled_from(LABELS))
some_books = st.integers(0, len(BOOKS) - 1)


@given(some_labels, some_books, st.sampled_from(STANDINGS))
def test_forgetting_what_is_known_of_a_target_never_lets_it_in(
    labels: frozenset[str], book: int, standing: Standing
) -> None:
    known = candidate(is_local=False, standing=standing)
    if is_tried(labels, book, known):
        return
    assert not is_tried(labels, book, replace(known, standing=None))
    for place, (name, _) in enumerate(standing.said):
        less = (*standing.said[:place], (name, Fact()), *standing.said[place + 1 :])
        forgetful = replace(known, standing=Standing(standing.day, less))
        assert not is_tried(labels, book, forgetful), name


@given(some_labels, some_books, st.sampled_from(STANDINGS))
def test_own_hardware_is_refused_only_what_nobody_may_have(
    labels: frozenset[str], book: int, standing: Standing
) -> None:
    applying = BOOKS[book].applying(Asked(labels, "r"))
    if all(each.policy.otherwise == "local" for each in applying):
        assert is_tried(labels, book, candidate(is_local=True, standing=standing))


@pytest.mark.parametrize("book", range(len(BOOKS)))
def test_some_request_goes_through_where_everything_is_met(book: int) -> None:
    """The laws above are not kept by refusing everything."""
    closed = {"air-gapped"}
    if closed & {each.id for each in BOOKS[book].policies}:
        return
    assert is_tried(frozenset(), book, candidate(is_local=False, standing=EVERYTHING_MET))
