"""Cascades, hedges and copies from their settings."""

from collections.abc import Mapping

from headgate.config.cascade import CascadeSettings, HedgeSettings, MirrorSettings
from headgate.gateway.care import Allowance, Cascading, Hedging, Judging, Mirroring
from headgate.gateway.target import Target


def cascading(settings: CascadeSettings, targets: Mapping[str, Target]) -> Cascading:
    """What a route's cascade does, over targets already built."""
    judge = settings.judge
    return Cascading(
        members=settings.asked,
        agree=settings.agree,
        accept=settings.accept,
        checks=frozenset(settings.checks),
        judge=None if judge is None else Judging(targets[judge.target], judge.when),
        held_chars=None if settings.hold == "whole" else settings.hold,
        max_added_ms=settings.max_added_ms,
        max_added_usd=settings.max_added_usd,
    )


def hedging(settings: HedgeSettings) -> Hedging:
    """When a route hedges."""
    return Hedging(
        after_ms=settings.after_ms,
        max_usd=settings.max_usd,
        allowance=Allowance(settings.max_share),
    )


def mirroring(settings: MirrorSettings, targets: Mapping[str, Target]) -> Mirroring:
    """One receiver of a route's copies."""
    judge = None if settings.judge is None else targets[settings.judge]
    return Mirroring(target=settings.target, share=settings.share, judge=judge)
