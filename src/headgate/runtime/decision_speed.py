"""How long it takes to score a prompt on this machine."""

from collections.abc import Sequence
from time import thread_time

from msgspec import Struct

from headgate.estimate.learning.features import features_of
from headgate.estimate.learning.gain import GainModel
from headgate.estimate.learning.labelled import LabelledPrompt

LEARNED_FROM, TIMED = 1000, 2000
LONG_CHARS = 4096


class Latency(Struct, frozen=True):
    """Processor time of features and prediction, after the model has learned."""

    p50_ms: float
    p99_ms: float
    p99_of_4_kb_ms: float
    """The same prompts, each said again until it is this long."""


def decision_latency(rows: Sequence[LabelledPrompt]) -> Latency:
    """Time one decision after the other on one core."""
    model = GainModel.prior()
    model.fit([(features_of(row.prompt), row.gain) for row in rows[:LEARNED_FROM]])
    prompts = [row.prompt for row in rows[:TIMED]]
    usual = sorted(_ms(model, prompt) for prompt in prompts)
    # Words of several prompts, so that a long one is as varied as long ones are.
    text = "\n".join(prompts)
    step = max(1, (len(text) - LONG_CHARS) // TIMED)
    long = sorted(
        _ms(model, text[start : start + LONG_CHARS])
        for start in range(0, max(1, len(text) - LONG_CHARS), step)
    )
    return Latency(_at(usual, 0.5), _at(usual, 0.99), _at(long, 0.99))


def _ms(model: GainModel, prompt: str) -> float:
    started = thread_time()
    model.predict(features_of(prompt))
    return (thread_time() - started) * 1000


def _at(times: Sequence[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]
