"""How long a request waits for one of a few slots, when others are ahead of it.

A slot in use is given up after what its request still takes, and every request ahead takes
the mean service time after that. Where all take the same time, whoever is next takes the slot
that is free first, played through slot by slot. Where their times have no memory (exponential),
one of c slots is free after a c-th of the mean, again and again. Between the two, and that is
where real times are, the square of the coefficient of variation decides.

What a request still takes is the mean residual life of those measured: of the service times
longer than its age, the mean less the age (Cox 1962, "Renewal Theory", 5.2). Once it is
older than all of them, it is expected to go on for as long as a fresh one.
"""

from bisect import bisect_right
from collections.abc import Sequence
from heapq import heapify, heapreplace


def left_s(age_s: float, service_s: Sequence[float]) -> float:
    """What a request of this age still takes; `service_s` is sorted, and not empty."""
    longer = service_s[bisect_right(service_s, age_s) :]
    if longer:
        return sum(longer) / len(longer) - age_s
    return sum(service_s) / len(service_s)


def slot_wait_s(
    left: Sequence[float], mean_service_s: float, ahead: int, *, variation: float = 0.0
) -> float:
    """Until a slot is free for whoever comes after `ahead` others.

    `left` has one value a slot; `variation` is the variance of service times over the square
    of their mean.
    """
    free_at = list(left)
    heapify(free_at)
    for _ in range(ahead):
        heapreplace(free_at, free_at[0] + mean_service_s)
    slots = len(left)
    memoryless_s = (sum(left) / slots + ahead * mean_service_s) / slots
    share = min(1.0, variation)
    return share * memoryless_s + (1 - share) * free_at[0]
