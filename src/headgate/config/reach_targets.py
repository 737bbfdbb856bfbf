"""Targets of a route that no request gets to: by place, price or the hours of the week."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from headgate.backends.registry import provider
from headgate.catalog.prices import find_price
from headgate.config.locate import Loc, Problem
from headgate.config.schema import RouteSettings, Settings, TargetSettings
from headgate.estimate.cost import expected_usd
from headgate.gateway.hours import Hours

MINUTES_LOOKED_AT = 5
MINUTES_A_WEEK = 7 * 24 * 60
LEAST, USUAL = (1, 1), (1000, 300)
"""Tokens read and written."""


def shut_out(
    settings: Settings, route: RouteSettings, local: frozenset[str], at: datetime
) -> Mapping[str, str]:
    """Targets of the route that no request gets to, and why; prices are those `at` a time."""
    shut: dict[str, str] = {}
    allowed = settings.environment_targets
    for name in route.target_names:
        target = settings.targets[name]
        if allowed is not None and name not in allowed:
            shut[name] = f"it is not in environment `{settings.environment}`"
            continue
        is_local = name in local
        why = _elsewhere(route, target, is_local=is_local) or _too_dear(
            route, target, at, is_local=is_local
        )
        if why is not None:
            shut[name] = why
    return shut


def dead_targets(loc: Loc, route: RouteSettings, shut: Mapping[str, str]) -> Iterator[Problem]:
    """Those, as findings; and tiers with no other."""
    if len(shut) == len(route.target_names):
        # Said for the whole route elsewhere, where it is the environment's doing.
        if not all("environment" in why for why in shut.values()):
            listed = "; ".join(f"`{name}`: {why}" for name, why in shut.items())
            message = f"no request gets to any of its targets: {listed}"
            yield Problem(loc, message, about_name=True)
        return
    for name, why in shut.items():
        # Another environment may be why a target stands there.
        if "environment" not in why:
            yield Problem(loc, f"no request gets to `{name}`: {why}", about_name=True)
    for index, tier in enumerate(route.tiers or ()):
        here = [name for name in tier.targets if "environment" not in shut.get(name, "")]
        if here and all(name in shut for name in here):
            message = "no target of this tier can be used: its requests go to other tiers"
            yield Problem((*loc, "tiers", index), message)


def money(
    settings: Settings,
    loc: Loc,
    route: RouteSettings,
    open_to: Collection[str],
    at: datetime,
) -> Iterator[Problem]:
    """A bound below what usual requests cost wherever they may go."""
    prices = [_usd(settings.targets[name], at, USUAL) for name in open_to]
    known = [usd for usd in prices if usd is not None]
    if route.max_usd is None or not known or len(known) < len(prices):
        return
    if min(known) > route.max_usd:
        read, written = USUAL
        yield Problem(
            (*loc, "max_usd"),
            f"is below ${min(known):.6f}, what {read} tokens with an answer of {written} cost at "
            "the cheapest of its targets",
        )


def closed_hours(
    settings: Settings,
    loc: Loc,
    route: RouteSettings,
    open_to: Collection[str],
    local: frozenset[str],
    at: datetime,
) -> Iterator[Problem]:
    """Times of the week at which requests find nobody, or private ones nobody local."""
    if (when := _closed(settings, open_to, at)) is not None:
        message = f"none of its targets is open at all times: first closed {when}"
        yield Problem(loc, message, "requests are refused then", about_name=True)
    elif route.privacy and (when := _closed(settings, local.intersection(open_to), at)):
        yield Problem(
            (*loc, "privacy"),
            f"no local target is open at all times: first closed {when}",
            "requests with personal data are refused then",
            about_name=True,
        )


def _elsewhere(route: RouteSettings, target: TargetSettings, *, is_local: bool) -> str | None:
    if not route.regions:
        return None
    known = provider(target.backend).regions
    region = target.region or (None if is_local else next(iter(known), None))
    if region is None:
        return "its region is unknown: set `region` on it"
    return None if region in route.regions else f"its region `{region}` is not among the route's"


def _too_dear(
    route: RouteSettings, target: TargetSettings, at: datetime, *, is_local: bool
) -> str | None:
    most = route.max_usd
    # What the client names may have any price.
    if most is None or target.model is None or (is_local and target.price is None):
        return None
    usd = _usd(target, at, LEAST)
    if usd is None:
        return f"its price is unknown, and `max_usd` allows ${most:g}: set `price` on it"
    if usd > most:
        return f"the shortest request costs ${usd:.8f}, and `max_usd` allows ${most:g}"
    return None


def _usd(target: TargetSettings, at: datetime, tokens: tuple[int, int]) -> float | None:
    """What a request costs, by the target's own price or the list's."""
    usd_in: float | None
    usd_out: float | None
    if (own := target.price) is not None:
        usd_in, usd_out = float(own.input_usd_per_mtok), float(own.output_usd_per_mtok)
    else:
        maker = provider(target.backend).catalog_provider
        if target.cost is not None or maker is None or target.model is None:
            return None
        if (price := find_price(maker, target.model, at)) is None:
            return None
        usd_in, usd_out = price.usd_per_input_mtok, price.usd_per_output_mtok
    return expected_usd(usd_in, usd_out, input_tokens=tokens[0], output_tokens=tokens[1])


def _closed(settings: Settings, names: Collection[str], at: datetime) -> str | None:
    """The first time in a week from `at` at which all of `names` are closed, in words."""
    spans = [settings.targets[name].hours for name in sorted(names)]
    timed = [span for span in spans if span is not None]
    if not timed or len(timed) < len(spans):
        return None
    hours = [Hours(span.open, span.timezone) for span in timed]
    zone = ZoneInfo(timed[0].timezone)
    start = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start -= timedelta(days=start.weekday())
    for minutes in range(0, MINUTES_A_WEEK, MINUTES_LOOKED_AT):
        moment = start + timedelta(minutes=minutes)
        if not any(each.is_open(moment.timestamp()) for each in hours):
            return f"{moment:%A %H:%M} ({timed[0].timezone})"
    return None
