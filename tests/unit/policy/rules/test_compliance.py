"""Candidates that policies refuse, and how fast."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from headgate.policy.compliance.builtin import classes, policies_of, policy_sets
from headgate.policy.compliance.dossier import Dossier
from headgate.policy.compliance.policy import Asked, Book
from headgate.policy.compliance.standing import NOTHING_SIGNED, Signed
from headgate.policy.decision import Candidate, Penalty, RequestFacts, Veto
from headgate.policy.rules.compliance import RULE, Compliance
from support.decisions import candidate, facts

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()
GDPR = Book(policies_of("gdpr-eu"), classes())
EMAIL = frozenset({"email"})
SIGNED = Signed(dpa=True, no_training=True, transfer="SCC")
BUDGET_S = 100e-6
MOST_REPEATS = 200


def request(book: Book, labels: frozenset[str] = EMAIL, **more: Any) -> RequestFacts:
    return facts(labels=labels, policies=book.applying(Asked(labels, "r")), **more)


def at(asked: RequestFacts, signed: Signed = NOTHING_SIGNED, **more: Any) -> Candidate:
    dossier = Dossier(signed, host="api.openai.com", audit_log=True)
    standing = dossier.asked(asked.policies, "gpt-4o", NOON)
    return candidate(is_local=False, standing=standing, **more)


def test_without_a_policy_there_is_nothing_to_say() -> None:
    assert RULE.judge(facts(), candidate(is_local=False)) == Penalty(
        "no compliance policy is about the request"
    )


def test_a_refusal_names_the_policy_and_each_fact_with_its_source_and_age() -> None:
    asked = request(GDPR)
    verdict = RULE.judge(asked, at(asked))
    assert isinstance(verdict, Veto)
    assert verdict.reason.startswith("policy `gdpr-eu`: `dpa`: not signed; published: available (")
    assert "0 days old)" in verdict.reason
    assert "`transfer`: not said" in verdict.reason


def test_what_is_met_is_named() -> None:
    asked = request(GDPR)
    assert RULE.judge(asked, at(asked, SIGNED)) == Penalty("meets `gdpr-eu`")
    assert RULE.judge(asked, candidate(is_local=True)) == Penalty("meets `gdpr-eu`")


def test_a_target_that_nobody_has_looked_up_gets_nothing() -> None:
    assert isinstance(RULE.judge(request(GDPR), candidate(is_local=False)), Veto)


@pytest.mark.parametrize("signed", [NOTHING_SIGNED, SIGNED])
def test_what_the_ledger_stored_is_judged_the_same_again(signed: Signed) -> None:
    asked = request(GDPR)
    standing = at(asked, signed)
    encode, decode = msgspec.json.encode, msgspec.json.decode
    stored = decode(encode(asked), type=RequestFacts), decode(encode(standing), type=Candidate)
    assert stored == (asked, standing)
    assert RULE.judge(*stored) == RULE.judge(asked, standing)


def test_a_verdict_is_remembered_for_what_it_was_made_of_and_nothing_else() -> None:
    rule = Compliance()
    pci = Book(policies_of("pci"), classes())
    asked = request(
        pci, frozenset({"card"}), maskable=frozenset({"card"}), actions=(("card", "mask"),)
    )
    plain = replace(asked, actions=(("card", "allow"),))
    target = at(asked)
    for _ in range(2):
        assert isinstance(rule.judge(asked, target), Penalty)
        assert isinstance(rule.judge(plain, target), Veto)
        assert isinstance(rule.judge(plain, replace(target, is_local=True)), Penalty)


def test_batches_and_attachments_are_no_part_of_an_agreement_that_leaves_them_out() -> None:
    asked = request(Book(policies_of("hipaa"), classes()), frozenset({"phi"}))
    dossier = Dossier(Signed(baa=True, zdr=True), host="api.anthropic.com", audit_log=True)
    standing = dossier.asked(asked.policies, "claude-haiku-4-5", NOON)
    target = candidate(is_local=False, standing=standing)
    assert isinstance(RULE.judge(asked, target), Penalty)
    assert isinstance(RULE.judge(asked, replace(target, by_batch=True)), Veto)
    assert isinstance(RULE.judge(replace(asked, needs=frozenset({"file"})), target), Veto)


def test_32_policies_at_10_targets_take_no_more_than_100_microseconds() -> None:
    every = [policy for name in policy_sets() for policy in policies_of(name)]
    many = [replace(each, id=f"{each.id}-{i}") for i in range(3) for each in every][:32]
    labels = frozenset({"email", "card", "secret", "phi", "trade_secret"})
    asked = request(Book(many, classes()), labels)
    targets = [at(asked, name=str(number)) for number in range(10)]
    rule = Compliance()
    best = min(_seconds(rule, asked, targets) for _ in range(MOST_REPEATS))
    assert best <= BUDGET_S


def _seconds(rule: Compliance, asked: RequestFacts, targets: list[Candidate]) -> float:
    began = perf_counter()
    for target in targets:
        rule.judge(asked, target)
    return perf_counter() - began
