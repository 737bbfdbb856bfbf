from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.catalog.hardware import hardware
from headgate.catalog.models import models
from headgate.estimate.deployment import Deployment, Lengths
from headgate.estimate.replica import Replica

CHAT = Lengths(input_tokens=1024, output_tokens=256)


def deployment(model: str, machine: str, devices: int = 1, **fields) -> Deployment:
    return Deployment(
        model=models()[model], hardware=hardware()[machine], devices=devices, **fields
    )


REPLICA = Replica.of(deployment("llama-3.1-8b", "h100-sxm"), CHAT)


@dataclass
class Measured:
    """InferenceX, vLLM, Llama 3.1 70B in FP8: a fixed number of clients (2025-10)."""

    id: str
    machine: str
    devices: int
    tokens_in: int
    clients: int
    tpot_ms: float

    @property
    def replica(self) -> Replica:
        lengths = Lengths(input_tokens=self.tokens_in, output_tokens=1024)
        fields = {"weight_bits": 8.0, "kv_bits": 8}
        return Replica.of(
            deployment("llama-3.1-70b", self.machine, self.devices, **fields), lengths
        )


@pytest.mark.parametrize(
    "case",
    [
        Measured("H200 alone, few clients", "h200-sxm", 1, 1024, 4, 21.5),
        Measured("H200 alone, many", "h200-sxm", 1, 1024, 64, 37.4),
        Measured("H200 alone, long prompts", "h200-sxm", 1, 8192, 32, 75.7),
        Measured("two H200, few", "h200-sxm", 2, 1024, 4, 13.9),
        Measured("two H200, many", "h200-sxm", 2, 1024, 64, 22.7),
        Measured("two H200, long prompts", "h200-sxm", 2, 8192, 64, 71.8),
    ],
    ids=lambda case: case.id,
)
def test_tokens_take_about_as_long_as_inferencex_measured(case):
    replica = case.replica
    tpot_s = replica.tpot_s(case.clients, replica.rate(case.clients))
    assert tpot_s * 1000 == pytest.approx(case.tpot_ms, rel=0.15)


def test_the_engine_limits_the_batch_of_a_small_model():
    assert REPLICA.places == 256


def test_memory_limits_the_batch_of_a_large_one():
    tight = Replica.of(deployment("llama-3.1-70b", "h100-sxm", weight_bits=8.0), CHAT)
    assert tight.places == 13


def test_all_places_taken_is_the_highest_rate():
    assert REPLICA.most_rate == REPLICA.rate(REPLICA.places)


@given(st.floats(0.01, 0.99))
def test_a_rate_becomes_the_batch_that_has_it(share):
    rate = share * REPLICA.most_rate
    assert REPLICA.rate(REPLICA.batch(rate)) == pytest.approx(rate, rel=1e-3)


@given(st.floats(1, 256))
def test_the_batch_is_the_rate_times_the_time_in_the_replica(batch):
    """Little's law."""
    rate = REPLICA.rate(batch)
    assert rate * CHAT.output_tokens * REPLICA.tpot_s(batch, rate) == pytest.approx(batch)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([0.5, 0.95]))
def test_more_load_never_hastens_the_first_token(one, other, percentile):
    low, high = (share * REPLICA.most_rate for share in sorted((one, other)))
    first = REPLICA.ttft_s(REPLICA.batch(low), low, percentile)
    assert REPLICA.ttft_alone_s(1) <= first
    assert first <= REPLICA.ttft_s(REPLICA.batch(high), high, percentile)
