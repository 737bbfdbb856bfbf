"""What a budget may say."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from headgate.config.budgets import Budget, budget_in_words


def budget(**settings: Any) -> Budget:
    return Budget.model_validate({"usd": 5, "per": "day", **settings})


def test_money_is_counted_exactly() -> None:
    assert budget(usd=Decimal("0.000000000001")).pico_usd == 1
    assert budget(usd="1234567.89").pico_usd == 1_234_567_890_000_000_000


def test_it_says_whose_it_is() -> None:
    assert list(budget(of={"team": "search"}).of.said()) == [("team", "search")]
    assert list(budget(of={"key": "*"}).of.said()) == [("key", "*")]
    assert budget().of is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"usd": 0},
        {"usd": True},
        {"per": "year"},
        {"bend": {"tiers_down": 0}},
        {"bend": {"local_only": 1}},
        {"bend": {"refuse": 0.9}},
        {"of": {"team": "a b"}},
        # Clients choose tags, so a budget for each of them would bound nobody.
        {"of": {"tag": "*"}},
        {"of": {"user": "alice"}},
    ],
)
def test_what_it_cannot_mean_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        budget(**wrong)


def test_it_reads_as_a_sentence() -> None:
    bend = {"tiers_down": 0.7, "local_only": 0.9}
    assert budget_in_words(budget(of={"team": "search"}, bend=bend)) == (
        "5 USD a day (UTC) for team `search`; from 70% on weaker tiers first; "
        "from 90% on only what is not paid for; then what is paid for is refused"
    )
    assert budget_in_words(budget()).startswith("5 USD a day (UTC) for everything; then")
    assert "for each key;" in budget_in_words(budget(of={"key": "*"}))
