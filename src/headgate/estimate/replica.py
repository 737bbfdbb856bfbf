"""A replica at work: how many requests it holds at a rate, and how long each takes.

Everything follows from the mean number in work, `batch`: the rate rises with it, so that a
rate is turned into a batch by halving (Little's law: batch = rate × time in the replica).
"""

from msgspec import Struct

from headgate.estimate.deployment import Deployment, Lengths
from headgate.estimate.efficiency import efficiency
from headgate.estimate.memory import most_sequences
from headgate.estimate.queueing import MOST_LOAD, place_wait_s, prompt_wait_s
from headgate.estimate.roofline import Work, work

HALVINGS = 24
STEPS_WAITED = 0.5
"""A prompt meets a step of the answers in work half way, on average."""


class Replica(Struct, frozen=True, gc=False):
    """One deployment under one kind of request: what every question below starts from."""

    work: Work
    output_tokens: float
    places: int
    """Requests answered at once."""

    @classmethod
    def of(cls, deployment: Deployment, lengths: Lengths) -> "Replica":
        """What the memory leaves room for and the engine allows."""
        in_memory = most_sequences(deployment, lengths.context_tokens)
        places = min(in_memory, efficiency(deployment.hardware).most_sequences)
        return cls(work(deployment, lengths), max(1.0, lengths.output_tokens), max(1, places))

    def rate(self, batch: float) -> float:
        """Requests per second when `batch` of them are in work on average."""
        work = self.work
        return batch / (self.output_tokens * work.step_s(batch) + batch * work.shared_prompt_s)

    @property
    def most_rate(self) -> float:
        """Requests per second with every place taken."""
        return self.rate(self.places)

    def batch(self, rate: float) -> float:
        """How many are in work at a rate: Little's law, by halving (`rate` rises with batch)."""
        low, high = 0.0, float(self.places)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.rate(middle) < rate else (low, middle)
        return high

    def tpot_s(self, batch: float, rate: float) -> float:
        """Seconds per token: the step, stretched by the share of time given to prompts."""
        return self.work.step_s(batch) / (1 - min(MOST_LOAD, rate * self.work.shared_prompt_s))

    def ttft_alone_s(self, batch: float) -> float:
        """To the first token of a prompt that waits for no other."""
        return self.work.request_s + self.work.prompt_s + STEPS_WAITED * self.work.step_s(batch)

    def ttft_s(self, batch: float, rate: float, percentile: float) -> float:
        """To the first token, with the waits for earlier prompts and for a place."""
        prompt_s = self.work.shared_prompt_s
        most_rate = self.most_rate
        return (
            self.ttft_alone_s(batch)
            + prompt_wait_s(rate * prompt_s, prompt_s, percentile)
            + place_wait_s(rate / most_rate, self.places / most_rate, self.places, percentile)
        )
