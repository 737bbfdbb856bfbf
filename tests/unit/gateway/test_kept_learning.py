"""What a route has learned, kept and taken up again."""

from random import Random

import pytest

from headgate.gateway.kept_learning import dumps, loads, standing
from headgate.gateway.learned_tiers import LearnedTiers, TierSettings
from headgate.ledger.learning import Stored


def tiers(*shares: float) -> LearnedTiers:
    return LearnedTiers(TierSettings(shares=shares or (0.7,)), Random(1))


def taught() -> LearnedTiers:
    found = tiers()
    for length in range(1, 200):
        text = "why " * length
        found.choose(text, ())
        found.learn_gain(found.features_of(text), float(length % 2))
    return found


def test_a_restart_goes_on_as_if_nothing_had_been() -> None:
    before, after = taught(), tiers()
    kept = loads(dumps(before, {0: (8.0, 10.0), 1: (9.5, 11.0)}))
    kept.restore(after)
    assert kept.rated == {0: (8.0, 10.0), 1: (9.5, 11.0)}
    assert after.model.labels == before.model.labels == 199
    assert after.drift == before.drift
    assert after.cuts[0].recent == pytest.approx(before.cuts[0].recent, rel=1e-5)
    assert after.cuts[0].share == before.cuts[0].share


def test_cuts_of_other_tiers_are_begun_anew() -> None:
    after = tiers(0.5, 0.3)
    loads(dumps(taught(), {})).restore(after)
    assert [cut.recent for cut in after.cuts] == [(), ()]
    assert after.model.labels == 199


def test_a_model_of_another_version_changes_nothing() -> None:
    kept = dumps(taught(), {}).replace(b"\xa7version\x02", b"\xa7version\x63")
    after = tiers()
    with pytest.raises(ValueError, match="version 99"):
        loads(kept).restore(after)
    assert (after.model.labels, after.cuts[0].recent) == (0, ())


def test_what_is_something_else_is_told_apart_and_not_shown() -> None:
    with pytest.raises(ValueError, match="missing required field"):
        loads(taught().model.dumps())
    assert standing(Stored(taught().model.dumps(), 1)) is None
    assert standing(None) is None
