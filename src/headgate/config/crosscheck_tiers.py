"""Bounds of tiers, and what learns them, once a route is seen whole."""

from collections.abc import Iterator

from headgate.config.complaints import did_you_mean
from headgate.config.locate import Loc, Problem
from headgate.config.route import RouteSettings, Tier
from headgate.config.schema import Settings


def tier_problems(settings: Settings, loc: Loc, route: RouteSettings) -> Iterator[Problem]:
    """Of one route."""
    tiers = route.tiers or ()
    learn = route.learn
    by_quality = learn is not None and learn.quality is not None and len(tiers) == 2
    by_share = any(tier.share is not None for tier in tiers) or by_quality
    if by_share:
        yield from _shares(loc, tiers, must_be_said=not by_quality)
    else:
        yield from _bounds(loc, tiers)
    if learn is None:
        return
    if not by_share:
        message = "has nothing to learn: no tier of the route has a `share`"
        yield Problem((*loc, "learn"), message, "write `share` in place of `up_to`")
    if learn.quality is not None and len(tiers) != 2:
        yield Problem((*loc, "learn", "quality"), "is for routes with two tiers")
    if learn.judge is not None:
        yield from _judge(settings, (*loc, "learn", "judge"), learn.judge)


def _judge(settings: Settings, loc: Loc, name: str) -> Iterator[Problem]:
    if name not in settings.targets:
        near = did_you_mean(name, settings.targets)
        yield Problem(loc, f"there is no target `{name}`", near)
    elif settings.targets[name].model is None and settings.targets[name].backend != "embedded":
        yield Problem(loc, f"target `{name}` leaves the model to clients, and judges have none")


def _shares(loc: Loc, tiers: tuple[Tier, ...], *, must_be_said: bool) -> Iterator[Problem]:
    total = 0.0
    for index, tier in enumerate(tiers):
        here, is_last = (*loc, "tiers", index), index == len(tiers) - 1
        if tier.up_to is not None:
            message = "cannot stand beside a `share`: all tiers are bounded by one or the other"
            yield Problem((*here, "up_to"), message)
        if is_last and tier.share is not None:
            yield Problem((*here, "share"), "the last tier takes what the others leave")
        elif must_be_said and not is_last and tier.share is None and tier.up_to is None:
            yield Problem(here, "every tier but the last needs a `share`")
        total += tier.share or 0.0
    if total >= 1:
        yield Problem((*loc, "tiers"), f"the shares add up to {total:g}: nothing is left", None)


def _bounds(loc: Loc, tiers: tuple[Tier, ...]) -> Iterator[Problem]:
    reached = 0.0
    for index, tier in enumerate(tiers):
        here, is_last = (*loc, "tiers", index), index == len(tiers) - 1
        if is_last and tier.up_to is not None:
            yield Problem((*here, "up_to"), "the last tier takes everything above the others")
        elif not is_last and tier.up_to is None:
            hint = "or a `share` of the traffic"
            yield Problem(here, "every tier but the last needs `up_to`", hint)
        elif tier.up_to is not None and tier.up_to <= reached:
            yield Problem((*here, "up_to"), "must be more than the tier before it")
        reached = tier.up_to or reached
