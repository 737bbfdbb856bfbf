"""Which requests policies are about."""

from dataclasses import dataclass
from typing import Any

import pytest

from headgate.policy.compliance.policy import Asked, Book, Classes, Policy, When
from headgate.policy.compliance.requirement import Is

CLASSES = Classes(
    {
        "health": frozenset({"phi", "mrn"}),
        "secret": frozenset({"secret"}),
        "public": frozenset({"public"}),
        "card": frozenset({"card"}),
    },
    frozenset({"secret", "public"}),
)


def policy(name: str = "p", **when: Any) -> Policy:
    given = {field: frozenset(words) for field, words in when.items()}
    return Policy(id=name, when=When(**given), require=Is("baa"))


def asked(*labels: str, **more: Any) -> Asked:
    return Asked(frozenset(labels), **({"route": "r"} | more))


@dataclass(frozen=True)
class Case:
    id: str
    when: dict[str, Any]
    asked: Asked
    labels: frozenset[str] | None
    """Those it is about; `None`: it does not apply."""


CASES = (
    Case("nothing asked", {}, asked(), frozenset()),
    Case("nothing asked is about every label", {}, asked("a", "b"), frozenset({"a", "b"})),
    Case("a label", {"labels": ["phi"]}, asked("phi", "email"), frozenset({"phi"})),
    Case("another label", {"labels": ["phi"]}, asked("email"), None),
    Case("a class", {"classes": ["health"]}, asked("mrn", "email"), frozenset({"mrn"})),
    Case("no personal data", {"classes": ["personal"]}, asked("secret", "public"), None),
    Case("a sorted one", {"classes": ["personal"]}, asked("card"), frozenset({"card"})),
    Case("a new one", {"classes": ["personal"]}, asked("never-seen"), frozenset({"never-seen"})),
    Case("a key", {"keys": ["k"]}, asked(key="k"), frozenset()),
    Case("no key", {"keys": ["k"]}, asked(), None),
    Case("a team", {"teams": ["t"]}, asked(team="t"), frozenset()),
    Case("another team", {"teams": ["t"]}, asked(team="u"), None),
    Case("a tag", {"tags": ["x"]}, asked(tags=frozenset({"x", "y"})), frozenset()),
    Case("no tag", {"tags": ["x"]}, asked(), None),
    Case("a route", {"routes": ["r"]}, asked(), frozenset()),
    Case("another route", {"routes": ["s"]}, asked(), None),
    Case(
        "all that is asked",
        {"labels": ["phi"], "keys": ["k"]},
        asked("phi", key="k"),
        frozenset({"phi"}),
    ),
    Case("only half of it", {"labels": ["phi"], "keys": ["k"]}, asked("phi"), None),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_when_a_policy_applies(case: Case) -> None:
    found = Book([policy(**case.when)], CLASSES).applying(case.asked)
    assert [each.labels for each in found] == ([] if case.labels is None else [case.labels])


def test_requests_that_no_policy_tells_apart_get_the_same_object() -> None:
    book = Book([policy(tags=["x"]), policy("q")], CLASSES)
    first = book.applying(asked("a", key="k", tags=frozenset({"x", "noise"})))
    assert book.applying(asked("a", key="other", tags=frozenset({"x"}))) is first
    assert book.applying(asked("a")) != first


def test_what_own_hardware_is_no_exception_to_comes_first() -> None:
    denied = Policy(id="d", require=Is("redacted"), otherwise="deny")
    found = Book([policy("a"), denied, policy("b")], CLASSES).applying(asked())
    assert [each.policy.id for each in found] == ["d", "a", "b"]


def test_many_labels_of_clients_are_not_remembered_for_ever() -> None:
    book = Book([policy()], CLASSES)
    for number in range(5000):
        book.applying(asked(f"label-{number}"))
    assert len(book._known) <= 4096


def test_a_digest_stands_for_the_policies_whatever_order_their_words_come_in() -> None:
    one = Book([policy(labels=["a", "b", "c"])], CLASSES).digest
    assert Book([policy(labels=["c", "b", "a"])], CLASSES).digest == one
    assert Book([policy(labels=["a", "b"])], CLASSES).digest != one
    assert len(one) == 16
