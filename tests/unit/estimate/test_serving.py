from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from headgate.catalog.hardware import hardware
from headgate.catalog.models import models
from headgate.estimate.serving import Capacity, Deployment, Lengths, Targets, capacity, speed

CHAT = Lengths(input_tokens=1024, output_tokens=256)
NO_LIMIT = Targets()
SETTINGS = st.sampled_from(
    [
        ("llama-3.1-8b", "h100-sxm", 1, 16.0),
        ("llama-3.1-70b", "h200-sxm", 2, 8.0),
        ("gpt-oss-120b", "h100-sxm", 1, 4.25),
        ("deepseek-r1", "h200-sxm", 8, 8.0),
        ("llama-3.1-8b", "rtx-4090", 1, 8.0),
        ("qwen3-30b-a3b", "m4-max-128", 1, 8.5),
        ("llama-3.2-3b", "epyc-9654-384", 1, 4.8),
    ]
)
LENGTHS = st.builds(Lengths, input_tokens=st.floats(1, 8000), output_tokens=st.floats(1, 2000))


def deployment(model: str, machine: str, devices: int = 1, bits: float = 16.0) -> Deployment:
    return Deployment(
        model=models()[model], hardware=hardware()[machine], devices=devices, weight_bits=bits
    )


ON_H100 = deployment("llama-3.1-8b", "h100-sxm")


@dataclass
class Offline:
    """Llama 3.3 70B in FP8 on two H100, TensorRT-LLM 1.0, all requests queued: tokens/s."""

    id: str
    lengths: Lengths
    published: float


@pytest.mark.parametrize(
    "case",
    [
        Offline("short prompts", Lengths(input_tokens=128, output_tokens=128), 6_378),
        Offline("long answers", Lengths(input_tokens=500, output_tokens=2000), 5_222),
        Offline("long prompts", Lengths(input_tokens=5000, output_tokens=500), 898),
    ],
    ids=lambda case: case.id,
)
def test_without_targets_a_replica_serves_about_what_was_published(case):
    pair = replace(deployment("llama-3.3-70b", "h100-sxm", 2, 8.0), kv_bits=8)
    served = capacity(pair, case.lengths, NO_LIMIT)
    tokens_per_s = served.requests_per_s * case.lengths.output_tokens
    assert tokens_per_s == pytest.approx(case.published, rel=0.3)


def test_a_small_model_is_limited_by_the_batch_its_engine_computes():
    served = capacity(ON_H100, CHAT, NO_LIMIT)
    assert (served.limited_by, served.problem) == ("compute", None)
    assert 150 < served.concurrency <= 256


def test_a_large_model_is_limited_by_its_memory():
    tight = deployment("llama-3.1-70b", "h100-sxm", bits=8.0)
    assert capacity(tight, CHAT, NO_LIMIT).limited_by == "memory"


@pytest.mark.parametrize(
    ("targets", "limit"),
    [(Targets(ttft_p95_s=0.1), "ttft"), (Targets(tokens_per_s=80.0), "tokens_per_s")],
)
def test_a_target_lowers_the_rate_and_is_named(targets, limit):
    served = capacity(ON_H100, CHAT, targets)
    assert served.limited_by == limit
    assert 0 < served.requests_per_s < capacity(ON_H100, CHAT, NO_LIMIT).requests_per_s


@dataclass
class Hopeless:
    id: str
    deployment: Deployment
    targets: Targets
    limited_by: str
    problem: str


@pytest.mark.parametrize(
    "case",
    [
        Hopeless(
            "does not fit",
            deployment("llama-3.1-70b", "h100-sxm"),
            NO_LIMIT,
            "nothing fits",
            "`Llama 3.1 70B` does not fit on 1 × NVIDIA H100 SXM: "
            "131.5 GiB of weights at 16 bits, 71.0 GiB usable",
        ),
        Hopeless(
            "starts too late",
            ON_H100,
            Targets(ttft_p95_s=0.01),
            "ttft",
            "`Llama 3.1 8B` on 1 × NVIDIA H100 SXM, even with one request at a time, "
            "starts after 0.03 s, wanted: 0.01",
        ),
        Hopeless(
            "writes too slowly",
            ON_H100,
            Targets(tokens_per_s=1000.0),
            "tokens_per_s",
            "`Llama 3.1 8B` on 1 × NVIDIA H100 SXM, even with one request at a time, "
            "writes 145.4 tokens/s, wanted: 1000",
        ),
    ],
    ids=lambda case: case.id,
)
def test_what_cannot_be_served_says_why_with_the_figures(case):
    served = capacity(case.deployment, CHAT, case.targets)
    assert (served.requests_per_s, served.concurrency) == (0.0, 0)
    assert (served.limited_by, served.problem) == (case.limited_by, case.problem)


def test_the_speed_of_what_does_not_fit_is_an_error():
    with pytest.raises(ValueError, match="does not fit"):
        speed(deployment("llama-3.1-70b", "h100-sxm"), CHAT, 1.0)


def test_beyond_capacity_latencies_are_those_just_below_it():
    assert speed(ON_H100, CHAT, 1000.0) == speed(ON_H100, CHAT, 10_000.0)


def test_the_longest_wait_is_for_all_but_the_first_token():
    measured = speed(ON_H100, CHAT, 1.0)
    assert measured.e2e_p50_s == measured.ttft_p50_s + 255 * measured.tpot_p50_s


def test_estimates_are_values_that_can_be_sent():
    served = capacity(ON_H100, CHAT, NO_LIMIT)
    assert msgspec.json.decode(msgspec.json.encode(served), type=Capacity) == served


@given(SETTINGS, LENGTHS, st.floats(0.05, 20), st.floats(1, 60))
def test_at_its_capacity_a_replica_keeps_its_targets(names, lengths, ttft_s, tokens_per_s):
    targets = Targets(ttft_p95_s=ttft_s, tokens_per_s=tokens_per_s)
    served = capacity(deployment(*names), lengths, targets)
    if not served.requests_per_s:
        assert served.problem
        return
    kept = speed(deployment(*names), lengths, served.requests_per_s)
    assert kept.ttft_p95_s <= ttft_s * 1.01
    assert kept.tpot_p95_s * tokens_per_s <= 1.01


@given(SETTINGS, LENGTHS, st.floats(0, 1.2), st.floats(0, 1.2))
def test_more_load_never_lowers_a_latency(names, lengths, one, other):
    deployed = deployment(*names)
    most = capacity(deployed, lengths, NO_LIMIT).requests_per_s
    low, high = (speed(deployed, lengths, share * most) for share in sorted((one, other)))
    for field in low.__struct_fields__[:-1]:
        assert getattr(low, field) <= getattr(high, field) * (1 + 1e-9)


@given(SETTINGS, LENGTHS, st.floats(0, 1))
def test_percentiles_are_in_order_and_busy_is_a_share(names, lengths, share):
    deployed = deployment(*names)
    served = speed(deployed, lengths, share * capacity(deployed, lengths, NO_LIMIT).requests_per_s)
    assert served.ttft_p50_s <= served.ttft_p95_s
    assert served.tpot_p50_s <= served.tpot_p95_s
    assert served.e2e_p50_s <= served.e2e_p95_s
    assert 0 <= served.utilisation <= 1


@given(SETTINGS, LENGTHS, st.floats(1, 3), st.floats(0.1, 10))
def test_more_bandwidth_never_serves_less(names, lengths, factor, ttft_s):
    slow = deployment(*names)
    bandwidth = slow.hardware.bandwidth_gb_s * factor
    fast = replace(slow, hardware=replace(slow.hardware, bandwidth_gb_s=bandwidth))
    targets = Targets(ttft_p95_s=ttft_s)
    rates = [capacity(each, lengths, targets).requests_per_s for each in (slow, fast)]
    assert rates[0] <= rates[1] * (1 + 1e-4)


@given(SETTINGS, LENGTHS, st.floats(0.2, 1), st.floats(0.1, 10))
def test_fewer_bits_never_serve_less(names, lengths, factor, ttft_s):
    many = deployment(*names)
    few = replace(many, weight_bits=many.weight_bits * factor)
    targets = Targets(ttft_p95_s=ttft_s)
    rates = [capacity(each, lengths, targets).requests_per_s for each in (many, few)]
    assert rates[0] <= rates[1] * (1 + 1e-4)


@given(SETTINGS, LENGTHS, st.floats(1, 4), st.floats(0.1, 10))
def test_longer_answers_never_raise_the_rate(names, lengths, factor, ttft_s):
    longer = replace(lengths, output_tokens=lengths.output_tokens * factor)
    targets = Targets(ttft_p95_s=ttft_s)
    rates = [
        capacity(deployment(*names), each, targets).requests_per_s for each in (longer, lengths)
    ]
    assert rates[0] <= rates[1] * (1 + 1e-4)
