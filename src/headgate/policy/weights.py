"""Which wish outweighs which: steps that rules give, so that precedence reads in one place.

A level is more than all levels below it together.
"""

WAIT_STEPS = 10**3
"""To wait where another own machine is free: above the order of targets."""
AFFINITY_STEPS = 10**4
"""For a tenth of a prompt that has to be read again: above the order of targets."""
SPILL_STEPS = 2 * 10**8
"""Would wait, or start, too late; twice if both. Above the time to the end of an answer."""
SESSION_STEPS = 6 * 10**8
"""For a target that another session's target is not: above what would wait."""
SPLIT_STEPS = 2 * 10**9
"""For each place in the draw between weighted targets: above sessions."""
MOST_DRAWN = 16
"""Places that are told apart; weighted targets beyond are all last."""
PREFER_STEPS = 10**14
"""For what a rule of the configuration does not prefer: above tiers."""
MOST_WISHES = 6
"""Rules with a wish whose order is told apart; the last of them stands for all that follow."""
CHEAPER_STEPS = 10**10
"""For a millionth of a dollar, once a budget bends: above all but tiers, which it may cross."""
MOST_CHEAPER = 10**6 - 1
"""A dollar; what costs more, or nobody knows how much, is all the same."""
BEND_STEPS = 2 * CHEAPER_STEPS * (MOST_CHEAPER + 1)
"""For each tier above the weakest, once a budget bends: above the tier that is asked for."""
MOST_BENT_TIERS = 64
"""Tiers that a budget tells apart; so no sum of steps is beyond 64 bits, which JSON may lose."""
