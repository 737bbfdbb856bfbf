"""Budgets as the configuration has them."""

import asyncio
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from headgate.config.load import settings_from
from headgate.policy.budget.terms import BudgetTerms
from headgate.runtime.budgets import budget_terms
from headgate.runtime.build import build

TARGETS = {"gpt": {"backend": "vllm", "base_url": "http://127.0.0.1:9/v1", "model": "m"}}


def terms_of(**budget: Any) -> BudgetTerms:
    given = {"b": {"usd": 1, "per": "week", **budget}}
    (found,) = budget_terms(settings_from({"targets": TARGETS, "budgets": given}, {}))
    return found


def test_everything_is_taken_over() -> None:
    given = {"of": {"tag": "x"}, "bend": {"tiers_down": 0.1, "local_only": 0.2}}
    assert terms_of(**given, timezone="Europe/Berlin") == BudgetTerms(
        name="b",
        limit_pico=10**12,
        per="week",
        zone=ZoneInfo("Europe/Berlin"),
        scope="tag",
        who="x",
        tiers_down=0.1,
        local_only=0.2,
    )


def test_without_a_scope_all_count() -> None:
    found = terms_of()
    assert (found.scope, found.who, found.zone) == (None, "all", UTC)


def test_only_a_budget_of_targets_is_asked_for_each_of_them(tmp_path: Path) -> None:
    async def bends(of: dict[str, str] | None) -> bool:
        price = {"input_usd_per_mtok": 1, "output_usd_per_mtok": 1}
        data = {
            "targets": {"gpt": {**TARGETS["gpt"], "price": price}},
            "budgets": {"b": {"usd": 1, "per": "week", **({"of": of} if of else {})}},
            "ledger": {"path": str(tmp_path / "ledger.sqlite3")},
        }
        runtime = await build(settings_from(data, {}))
        target = runtime.gateway.routes.targets["gpt"]
        asked = target.bend is not None and target.bend() is None
        await runtime.close()
        return asked

    assert asyncio.run(bends({"target": "gpt"}))
    assert asyncio.run(bends({"target": "*"}))
    assert not asyncio.run(bends({"route": "*"}))
    assert not asyncio.run(bends(None))
