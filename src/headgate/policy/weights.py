"""Which wish outweighs which: steps that rules give, so that precedence reads in one place.

A level is more than all levels below it together.
"""

WAIT_STEPS = 10**3
"""To wait where another own machine is free: above the order of targets."""
AFFINITY_STEPS = 10**4
"""For a tenth of a prompt that has to be read again: above the order of targets."""
SPILL_STEPS = 2 * 10**8
"""Would wait, or start, too late; twice if both. Above the time to the end of an answer."""
