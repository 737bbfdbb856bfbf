"""Signals as a row of numbers near -1 to 1, for the estimate of `AcceptModel`."""

import math

from headgate.policy.cascade.signals import Signals

TYPICAL_LOG_CHARS = 6.0
"""Of questions and answers: some 400 characters."""
LONG_LOG_CHARS = 6.5


def columns(signals: Signals) -> list[float]:
    """The row of one answer; as many numbers as `GUESS` in `estimate.py`."""
    share = signals.agreeing / signals.others if signals.others else 0.0
    shape = _shape(signals)
    return [
        1.0,
        share,
        float(signals.others == 0),
        0.0 if signals.mean_logprob is None else math.exp(signals.mean_logprob) - 0.5,
        0.0 if signals.judge is None else signals.judge - 0.5,
        *shape,
        *(share * each for each in shape),
    ]


def _shape(signals: Signals) -> list[float]:
    own = math.log1p(signals.chars) - TYPICAL_LOG_CHARS
    others = math.log1p(signals.other_chars) - TYPICAL_LOG_CHARS if signals.others else own
    long = LONG_LOG_CHARS - TYPICAL_LOG_CHARS
    return [
        own,
        others,
        math.log1p(signals.question_chars) - TYPICAL_LOG_CHARS,
        max(own - long, 0.0),
        max(others - long, 0.0),
        float(signals.is_whole),
        signals.magnitude / 5,
        float(signals.is_negative),
        float(signals.is_in_question),
        math.log1p(signals.value_chars) - 1,
        float(signals.value_chars == 0),
    ]


SHAPES = 11
"""How many numbers describe an answer by itself."""
