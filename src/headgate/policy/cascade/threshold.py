"""How much trust to ask for: from a share, a quality or a price, never from a magic number.

The first two are learned on labelled or recent traffic; the third needs none.
"""

from collections.abc import Sequence

from headgate.estimate.cascade.curve import Outcome, curve

ALWAYS = 2.0
"""More trust than there is: escalates everything."""
NEVER = -1.0
"""Less than there is."""


def for_share(trusts: Sequence[float], share: float) -> float:
    """Escalates the least trusted `share` of traffic like this."""
    if not trusts:
        raise ValueError("a share of no traffic is no threshold")
    count = round(share * len(trusts))
    if count <= 0:
        return NEVER
    if count >= len(trusts):
        return ALWAYS
    ranked = sorted(trusts)
    # Between two, so that neither depends on the last digit of a sum.
    return (ranked[count - 1] + ranked[count]) / 2


def for_quality(outcomes: Sequence[Outcome], quality: float) -> float | None:
    """Escalates as little as reaches `quality` on labelled traffic; `None` if nothing does.

    `worth` of an outcome is minus its trust.
    """
    points = curve(outcomes)
    reached = next((point for point in points if point.quality >= quality - 1e-9), None)
    if reached is None:
        return None
    return for_share([-each.worth for each in outcomes], reached.share)


def for_dollars(usd_per_bad_answer: float, extra_usd: float) -> float:
    """Escalates where the expected gain is worth more than the call.

    An answer that is not good costs `usd_per_bad_answer`, so escalating pays while
    (p_strong - p_good) * usd_per_bad_answer > extra_usd.
    """
    if usd_per_bad_answer <= 0:
        return NEVER
    return 1 - extra_usd / usd_per_bad_answer
