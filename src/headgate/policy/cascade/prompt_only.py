"""What cascades are compared with: routers that see the prompt and call nothing first."""

from collections.abc import Sequence

from headgate.estimate.cascade.ridge import ridge
from headgate.estimate.cascade.word_weights import WordWeights
from headgate.policy.cascade.trial import PromptOnly, Router
from headgate.policy.cascade.words import hashed_words


def _by_chance(lessons: Sequence[tuple[str, float]]) -> Router:
    # All alike: `curve` takes equals in no order.
    return lambda prompt: 0.0


def _by_length(lessons: Sequence[tuple[str, float]]) -> Router:
    return lambda prompt: float(len(prompt))


def _by_words(lessons: Sequence[tuple[str, float]]) -> Router:
    shape, words = ridge([0.0, 0.0], [1.0, 1.0]), WordWeights()
    for prompt, gain in lessons:
        row, hashed = [1.0, len(prompt) / 1000], hashed_words(prompt)
        words.learn(hashed, gain - shape.predict(row))
        shape.learn(row, gain)

    def worth(prompt: str) -> float:
        return shape.predict([1.0, len(prompt) / 1000]) + words.predict(hashed_words(prompt))

    return worth


PROMPT_ONLY: dict[str, PromptOnly] = {
    "random": PromptOnly(_by_chance, predicts_gain=False),
    "prompt length": PromptOnly(_by_length, predicts_gain=False),
    "prompt words": PromptOnly(_by_words, predicts_gain=True),
}
