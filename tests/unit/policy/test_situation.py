"""A request at a target, as policies look at it."""

from headgate.policy.compliance.standing import Standing
from headgate.policy.situation import situation_of
from support.decisions import candidate, facts


def test_it_says_what_is_changed_on_the_way_and_what_is_used() -> None:
    standing = Standing("2026-11-28", ())
    asked = facts(
        labels=frozenset({"card", "email"}),
        maskable=frozenset({"card"}),
        actions=(("card", "mask"), ("email", "allow")),
        needs=frozenset({"vision"}),
    )
    found = situation_of(asked, candidate(is_local=False, by_batch=True, standing=standing))
    assert found.changes == {"card": "mask"}
    assert found.features == {"vision", "batch"}
    assert (found.is_local, found.standing) == (False, standing)


def test_what_was_declared_may_stand_anywhere_and_is_never_changed() -> None:
    asked = facts(labels=frozenset({"card"}), actions=(("card", "mask"),))
    assert situation_of(asked, candidate(is_local=False)).changes == {}
