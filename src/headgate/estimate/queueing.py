"""How long requests wait for each other: percentiles of two queues.

Requests come at random (Poisson). Each waits for the prompts before it, one after another
(M/G/1), and, when all places of the batch are taken, for one to fall free (M/M/c).
Both waits are taken as exponential beyond the chance that there is one:

    P(wait > t) = chance × exp(−t / mean)

M/G/1: chance = load, mean = service × (1 + variation²) / 2 / (1 − load) (Pollaczek, Khinchine).
M/M/c: chance = load^(√(2 (c + 1)) − 1), mean = service / c / (1 − load) (Sakasegawa 1977).
"""

import math

SERVICE_VARIATION = 1.0
"""Standard deviation of prompt times over their mean; real traces have 0.9 to 1.5."""
MOST_LOAD = 0.99
"""Beyond it waits grow with the length of the rush, not to a limit; they are cut here."""


def prompt_wait_s(load: float, service_s: float, percentile: float) -> float:
    """Behind the prompts that came before; `load` is the share of time spent on prompts."""
    load = min(load, MOST_LOAD)
    mean = service_s * (1 + SERVICE_VARIATION**2) / 2 / (1 - load)
    return _exceeded(load, mean, percentile)


def place_wait_s(load: float, service_s: float, places: int, percentile: float) -> float:
    """For one of `places` to fall free; `load` is the share of them that is taken."""
    load = min(load, MOST_LOAD)
    chance = load ** (math.sqrt(2 * (places + 1)) - 1)
    return _exceeded(chance, service_s / places / (1 - load), percentile)


def crowd(mean: float, percentile_z: float, places: int) -> float:
    """How many are served at once in a busy moment: Poisson about the mean, at most `places`."""
    return min(float(places), mean + percentile_z * math.sqrt(mean))


def busy_share(mean: float, places: int) -> float:
    """Share of time in which anybody is served: 1 − (1 − mean / places)^places."""
    return 1 - max(0.0, 1 - mean / places) ** places


def _exceeded(chance: float, mean: float, percentile: float) -> float:
    left = 1 - percentile
    return mean * math.log(chance / left) if chance > left else 0.0
