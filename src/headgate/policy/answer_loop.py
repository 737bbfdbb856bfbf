"""Recognise a model that is stuck: the end of its answer says one phrase over and over."""

import re

WINDOW = 8000
"""Characters looked at, from the end."""
SHORTEST_RUN = 240
"""Characters the repetition must cover."""
FEWEST_REPEATS = 8

_PROBE = 24
_WORD = re.compile(r"[^\W\d_]{2}")


def is_loop(text: str) -> bool:
    """Whether `text` ends in a run of exact repetitions of something with words in it.

    Exact, so that tables, lists and code, whose lines resemble each other but differ, pass;
    with words, so that rulers, columns of zeros and dot leaders do.
    """
    # From the end: a run of period p at the end of the text is a prefix of this.
    tail = text[-WINDOW:].rstrip()[::-1]
    if len(tail) < SHORTEST_RUN or tail.find(tail[:_PROBE], 1) < 0:
        return False
    # The failure function of Knuth, Morris and Pratt: a prefix of length n whose longest
    # border is b repeats every n - b characters. Linear.
    borders = [0] * len(tail)
    border = 0
    for index in range(1, len(tail)):
        while border and tail[index] != tail[border]:
            border = borders[border - 1]
        if tail[index] == tail[border]:
            border += 1
        borders[index] = border
        length = index + 1
        period = length - border
        if length >= SHORTEST_RUN and length >= FEWEST_REPEATS * period:
            return _WORD.search(tail[: 2 * period]) is not None
    return False
