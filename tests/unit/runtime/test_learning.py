"""What learns, from settings."""

import asyncio
from random import Random
from typing import Any

from headgate.config.load import settings_from
from headgate.gateway.learned_tiers import LearnedTiers
from headgate.policy.facts import ByComplexity
from headgate.runtime.clock import SystemClock
from headgate.runtime.learning import comparisons, learning, shares_of, tiering
from headgate.runtime.routes import build_routes
from support.gateways import gateway

TARGET = {"backend": "vllm", "base_url": "http://127.0.0.1:9/v1", "model": "m"}


def settings(tiers: list[dict[str, Any]], **learn: Any) -> Any:
    route: dict[str, Any] = {"tiers": tiers}
    if learn:
        route["learn"] = learn
    targets = dict.fromkeys(("a", "b", "c"), TARGET)
    return settings_from({"targets": targets, "routes": {"r": route}, "ledger": {"enabled": False}})


def tiers(*shares: float | None) -> list[dict[str, Any]]:
    return [
        {"targets": [name], **({} if share is None else {"share": share})}
        for name, share in zip("abc", shares, strict=False)
    ]


def test_shares_make_learned_tiers_and_bounds_do_not() -> None:
    route = settings(tiers(0.5, 0.3, None), explore=0.1).routes["r"]
    found = tiering(route, Random(1))
    assert isinstance(found, LearnedTiers)
    assert found.settings.shares == (0.5, 0.3)
    assert (found.settings.explore, found.settings.compares) == (0.1, False)
    plain = settings([{"up_to": 0.5, "targets": ["a"]}, {"targets": ["b"]}]).routes["r"]
    assert isinstance(tiering(plain, Random(1)), ByComplexity)


def test_a_share_without_learning_neither_explores_nor_learns() -> None:
    whole = settings(tiers(0.5, None))
    found = tiering(whole.routes["r"], Random(1))
    assert isinstance(found, LearnedTiers)
    assert found.settings.explore == 0
    assert not learning(whole, {"r": found}, None, SystemClock()).routes


def test_a_wanted_quality_needs_no_share() -> None:
    route = settings(tiers(None, None), quality=0.9).routes["r"]
    assert shares_of(route) == (0.5,)


def test_each_tier_is_compared_with_the_next_and_the_last_with_the_one_below() -> None:
    async def check() -> None:
        whole = settings(tiers(0.5, 0.3, None), judge="c")
        async with gateway(whole.model_dump(mode="json", exclude_unset=True)) as rig:
            targets = rig.gateway.routes.targets
            found = comparisons(whole.routes["r"], targets)
            assert [found[tier].target for tier in (0, 1, 2)] == ["b", "c", "b"]
            assert build_routes(whole, targets).by_name["r"].comparisons == found

    asyncio.run(check())
