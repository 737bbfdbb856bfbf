"""What learns, for the routes that do."""

from collections.abc import Mapping
from random import Random

from headgate.config.schema import RouteSettings, Settings
from headgate.core.ports import Clock
from headgate.gateway.care import Mirroring
from headgate.gateway.learned_tiers import LearnedTiers, TierSettings
from headgate.gateway.learning import Learning, LearningRoute
from headgate.gateway.target import Target
from headgate.ledger.learning import LearningStore
from headgate.ledger.store import LedgerStore
from headgate.policy.facts import ByComplexity, Tiering

EVEN = 0.5
"""Share of the weaker of two tiers until a wanted quality says another."""


def tiering(settings: RouteSettings, random: Random) -> Tiering:
    """What chooses the tiers of a route."""
    shares = shares_of(settings)
    if shares is None:
        return ByComplexity()
    learn = settings.learn
    return LearnedTiers(
        TierSettings(
            shares=shares,
            quality=None if learn is None else learn.quality,
            explore=0.0 if learn is None else learn.explore,
            compares=learn is None or learn.judge is not None,
        ),
        random,
    )


def shares_of(settings: RouteSettings) -> tuple[float, ...] | None:
    """Of every tier but the last; `None` where tiers are bounded by complexity, or are none."""
    tiers = settings.tiers or ()
    by_quality = settings.learn is not None and settings.learn.quality is not None
    if not by_quality and all(tier.share is None for tier in tiers):
        return None
    return tuple(EVEN if tier.share is None else tier.share for tier in tiers[:-1])


def comparisons(
    settings: RouteSettings, targets: Mapping[str, Target]
) -> Mapping[int | None, Mirroring]:
    """Who answers what is explored, too, by the tier that answers it."""
    learn, tiers = settings.learn, settings.tiers
    if learn is None or learn.judge is None or tiers is None:
        return {}
    judge, last = targets[learn.judge], len(tiers) - 1
    return {
        index: Mirroring(
            target=tiers[index + 1 if index < last else index - 1].targets[0],
            share=1.0,
            judge=judge,
        )
        for index in range(len(tiers))
    }


def learning(
    settings: Settings, tierings: Mapping[str, Tiering], store: LedgerStore | None, clock: Clock
) -> Learning:
    """What learns for the routes whose tiers can, caught up with the ledger."""
    routes = {
        name: LearningRoute(tiers, _tier_of(settings.routes[name]))
        for name, tiers in tierings.items()
        if isinstance(tiers, LearnedTiers) and settings.routes[name].learn is not None
    }
    found = Learning(
        routes=routes, clock=clock, store=None if store is None else LearningStore(store)
    )
    found.load()
    return found


def _tier_of(settings: RouteSettings) -> Mapping[str, int]:
    return {name: index for index, tier in enumerate(settings.tiers or ()) for name in tier.targets}
