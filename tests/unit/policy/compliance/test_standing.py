"""What is signed and what is published, put together: the days that pass only ever take away."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace

from headgate.catalog.provider_facts import FactSource, Figure
from headgate.policy.compliance.standing import NOTHING_SIGNED, Signed, standing

DAY = date(2026, 11, 28)
PASSED = DAY - timedelta(days=1)


def figure(value: Any, *, is_expired: bool = False) -> Figure:
    last = DAY if is_expired else DAY + timedelta(days=1)
    source = FactSource(
        covers=(), at="a page", checked=date(2026, 11, 1), stale_after=last, confidence="high"
    )
    return Figure(value, source)


def fact(name: str, signed: Signed = NOTHING_SIGNED, **published: Any) -> Any:
    given = {
        key: value if isinstance(value, Figure) else figure(value)
        for key, value in published.items()
    }
    return standing(signed, given, DAY, audit_log=True).facts[name]


def value(name: str, signed: Signed = NOTHING_SIGNED, **published: Any) -> Any:
    return fact(name, signed, **published).value


@pytest.mark.parametrize("name", ["baa", "zdr", "dpa"])
def test_what_a_provider_offers_is_never_enough_where_somebody_has_to_sign(name: str) -> None:
    for offered in ("available", "case_by_case", "approval", "self_serve"):
        assert value(name, **{name: offered}) is None
        assert value(name, Signed(**{name: True}), **{name: offered}) is True


def test_what_needs_no_signature_is_enough() -> None:
    assert value("dpa", dpa="included") is True
    assert value("zdr", zdr="default") is True
    # A business associate agreement is always somebody's signature.
    assert value("baa", baa="included") is None


@pytest.mark.parametrize("name", ["baa", "zdr", "dpa"])
def test_a_published_none_outweighs_a_word_unless_the_operator_knows_better(name: str) -> None:
    word = Signed(**{name: True})
    assert value(name, word, **{name: "none"}) is False
    assert value(name, word, **{name: figure("none", is_expired=True)}) is False
    despite = replace(word, despite_published=frozenset({name}))
    assert value(name, despite, **{name: "none"}) is True


def test_training_is_the_operator_s_word_or_what_is_published() -> None:
    assert value("no_training") is None
    assert value("no_training", trains_default=False) is True
    assert value("no_training", trains_default=True) is False
    assert value("no_training", Signed(no_training=True), trains_default=True) is True
    assert value("no_training", Signed(no_training=False), trains_default=False) is False


def test_an_audit_is_evident_by_a_paper_or_as_published() -> None:
    assert value("soc2") is None
    assert value("soc2", soc2="type2") is True
    assert value("soc2", soc2="none") is False
    assert value("soc2", soc2=figure("type2", is_expired=True)) is None
    assert value("soc2", Signed(soc2="report of May"), soc2="none") is True
    assert fact("soc2", Signed(soc2="report of May")).note == "report of May"


def test_nothing_is_kept_once_zero_retention_is_active() -> None:
    assert value("retention_days", retention_days=30) == 30
    assert value("retention_days", Signed(zdr=True), retention_days=30) == 0
    assert value("retention_days", Signed(zdr=True), retention_days=30, zdr="none") == 30


def test_an_agreement_that_covers_a_model_leaves_out_what_is_published() -> None:
    covering = Signed(baa=True, baa_covers=True)
    assert value("baa_excludes") is None
    assert value("baa_excludes", covering) == ()
    assert value("baa_excludes", covering, baa_excludes=("file",)) == ("file",)
    late = figure(("file",), is_expired=True)
    assert value("baa_excludes", covering, baa_excludes=late) == ("file",)
    assert value("baa_excludes", baa_excludes=late) is None


def test_a_fact_names_who_says_it_and_what_would_have_been() -> None:
    said = fact("baa", baa=figure("case_by_case", is_expired=True))
    assert said.note == (f"not signed; published: case by case, not to be trusted since {DAY}")
    assert (said.at, said.checked) == ("a page", "2026-11-01")
    signed = fact("baa", Signed(baa=True, evidence="contract 4711"))
    assert (signed.by, signed.note) == ("operator", "contract 4711")
    over = fact("baa", Signed(baa=True, until=PASSED))
    assert over.note == f"said until {PASSED}, which has passed"
    assert value("baa", Signed(baa=True, until=DAY)) is True


WORDS: dict[str, tuple[Any, ...]] = {
    "baa": (None, True),
    "baa_covers": (None, True, False),
    "dpa": (None, True),
    "zdr": (None, True),
    "no_training": (None, True, False),
    "soc2": (None, "report"),
    "regions_inference": (None, ("eu",), ("us",)),
}
FIGURES: dict[str, tuple[Any, ...]] = {
    "baa": ("none", "available"),
    "baa_eligible": (True, False),
    "dpa": ("none", "available", "included"),
    "zdr": ("none", "approval", "default"),
    "trains_default": (True, False),
    "soc2": ("none", "type2"),
    "regions_inference": (("eu",), ("us",)),
}
ALIKE = {"baa_covers": "baa_eligible", "no_training": "trains_default"}


@pytest.mark.parametrize("word", WORDS)
def test_no_day_that_passes_turns_a_fact_into_something_else_than_unknown(word: str) -> None:
    """Neither the last day of what is signed, nor of what is published."""
    name = ALIKE.get(word, word)
    fact_name = "no_training" if word == "no_training" else name
    for said, told in product(WORDS[word], FIGURES[name]):
        before = value(fact_name, Signed(**{word: said}), **{name: told})
        for is_over, is_expired in product((False, True), repeat=2):
            signed = Signed(**{word: said}, until=PASSED if is_over else None)
            after = value(fact_name, signed, **{name: figure(told, is_expired=is_expired)})
            assert after in (before, None), (said, told, is_over, is_expired)
