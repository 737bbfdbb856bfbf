from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.catalog.hardware import hardware
from headgate.catalog.models import models
from headgate.estimate.deployment import Deployment, Lengths
from headgate.estimate.efficiency import efficiency
from headgate.estimate.roofline import (
    attention_flops,
    bytes_per_s,
    fixed_s_per_prompt,
    fixed_s_per_step,
    flops_per_s,
    has_experts,
    reduce_s_per_token,
    work,
)

CHAT = Lengths(input_tokens=1024, output_tokens=256)
DEPLOYED = st.sampled_from(
    [
        ("llama-3.1-8b", "h100-sxm", 1),
        ("llama-3.1-70b", "h200-sxm", 2),
        ("gpt-oss-120b", "b200-sxm", 1),
        ("deepseek-r1", "h200-sxm", 8),
        ("llama-3.1-8b", "rtx-4090", 1),
        ("qwen3-30b-a3b", "m4-max-128", 1),
        ("llama-3.2-3b", "epyc-9654-384", 1),
    ]
)


def deployment(model: str, machine: str, devices: int = 1, **fields) -> Deployment:
    return Deployment(
        model=models()[model], hardware=hardware()[machine], devices=devices, **fields
    )


@dataclass
class Decode:
    """Tokens per second of a single answer, as published."""

    id: str
    machine: str
    model: str
    bits: float
    published: float
    within: float


@pytest.mark.parametrize(
    "case",
    [
        # XiongjieDai/GPU-Benchmarks-on-LLM-Inference, Llama 3 8B Q4_K_M, 512 tokens, 2024-05.
        Decode("RTX 4090", "rtx-4090", "llama-3.1-8b", 4.8, 130.6, 0.15),
        Decode("RTX 3090", "rtx-3090", "llama-3.1-8b", 4.8, 115.4, 0.15),
        Decode("M2 Ultra", "m2-ultra-192", "llama-3.1-8b", 4.8, 78.8, 0.15),
        # geerlingguy/ai-benchmarks.
        Decode("RTX 4090, 14B", "rtx-4090", "qwen2.5-14b", 4.8, 92.5, 0.2),
        Decode("M3 Ultra, 14B", "m3-ultra-512", "qwen2.5-14b", 4.8, 51.9, 0.2),
        Decode("M4, 3B", "m4-32", "llama-3.2-3b", 5.0, 41.3, 0.15),
    ],
    ids=lambda case: case.id,
)
def test_single_answers_run_about_as_fast_as_published(case):
    deployed = deployment(case.model, case.machine, weight_bits=case.bits)
    rate = 1 / work(deployed, Lengths(input_tokens=1, output_tokens=512)).step_s(1)
    assert rate == pytest.approx(case.published, rel=case.within)


@dataclass
class Prompt:
    """Milliseconds to the first token of a single prompt, TensorRT-LLM 0.8."""

    id: str
    deployment: Deployment
    tokens: int
    published_ms: float


@pytest.mark.parametrize(
    "case",
    [
        Prompt("7B H100 128", deployment("mistral-7b", "h100-sxm", weight_bits=8), 128, 6.6),
        Prompt("7B H100 2048", deployment("mistral-7b", "h100-sxm", weight_bits=8), 2048, 32.6),
        Prompt("7B A100 2048", deployment("mistral-7b", "a100-sxm"), 2048, 128.7),
        Prompt("70B 8xH100", deployment("llama-3.1-70b", "h100-sxm", 8, weight_bits=8), 2048, 84.4),
        Prompt("70B 8xA100", deployment("llama-3.1-70b", "a100-sxm", 8), 2048, 235.1),
    ],
    ids=lambda case: case.id,
)
def test_single_prompts_are_read_about_as_fast_as_published(case):
    prompt_s = work(case.deployment, Lengths(input_tokens=case.tokens, output_tokens=1)).prompt_s
    assert prompt_s * 1000 == pytest.approx(case.published_ms, rel=0.15)


def test_a_dense_model_reads_all_its_weights_in_every_step():
    one = work(deployment("llama-3.1-8b", "h100-sxm"), CHAT)
    assert one.idle_share == 0
    assert one.step_s(1) >= 16.06e9 / 3.35e12


def test_experts_touch_more_of_the_weights_in_larger_batches():
    sparse = work(deployment("gpt-oss-120b", "b200-sxm", weight_bits=4.25), CHAT)
    alone, many = (sparse.step_s(batch) - sparse.fixed_s for batch in (1, 64))
    assert alone < sparse.weights_s / 10
    assert many > sparse.weights_s * 0.9


def test_eight_bit_units_are_used_where_the_machine_has_them():
    wide, narrow = (deployment("llama-3.1-8b", "h100-sxm", weight_bits=bits) for bits in (16, 8))
    constants = efficiency(wide.hardware)
    assert flops_per_s(narrow, constants) > flops_per_s(wide, constants)
    on_a100 = deployment("llama-3.1-8b", "a100-sxm", weight_bits=8)
    assert flops_per_s(on_a100, constants) == pytest.approx(constants.compute_share * 312e12)


def test_devices_add_their_bandwidth():
    one, two = (deployment("llama-3.1-8b", "h100-sxm", count) for count in (1, 2))
    constants = efficiency(one.hardware)
    assert bytes_per_s(two, constants) == 2 * bytes_per_s(one, constants)


def test_sums_cost_time_only_between_devices():
    one, two = (deployment("llama-3.1-70b", "l40s", count) for count in (1, 2))
    constants = efficiency(one.hardware)
    assert reduce_s_per_token(one) == 0 < reduce_s_per_token(two)
    assert fixed_s_per_step(one, constants) < fixed_s_per_step(two, constants)
    assert fixed_s_per_prompt(one, constants) < fixed_s_per_prompt(two, constants)


def test_experts_are_told_from_what_a_token_uses():
    assert has_experts(models()["deepseek-r1"])
    assert not has_experts(models()["llama-3.1-8b"])


def test_attention_grows_with_queries_and_context():
    model = models()["llama-3.1-8b"]
    assert attention_flops(model, 2, 1000) == 4 * 32 * 32 * 128 * 2 * 1000


def test_cached_tokens_are_not_read_again():
    deployed = deployment("llama-3.1-8b", "h100-sxm")
    cached = msgspec.structs.replace(CHAT, cached_tokens=1000)
    assert work(deployed, cached).shared_prompt_s < work(deployed, CHAT).shared_prompt_s / 10


@given(DEPLOYED, st.floats(1, 300), st.floats(1, 300))
def test_a_larger_batch_never_makes_a_step_shorter_nor_a_token_dearer(names, one, other):
    times = work(deployment(*names), CHAT)
    small, large = sorted((one, other))
    assert times.step_s(small) <= times.step_s(large)
    assert times.step_s(large) / large <= times.step_s(small) / small * (1 + 1e-9)


@given(DEPLOYED, st.floats(1, 3), st.floats(1, 256))
def test_more_bandwidth_or_arithmetic_is_never_slower(names, factor, batch):
    deployed = deployment(*names)
    for field in ("bandwidth_gb_s", "bf16_tflops"):
        better = {field: getattr(deployed.hardware, field) * factor}
        machine = msgspec.structs.replace(deployed.hardware, **better)
        faster = work(msgspec.structs.replace(deployed, hardware=machine), CHAT)
        assert faster.step_s(batch) <= work(deployed, CHAT).step_s(batch) * (1 + 1e-9)
        assert faster.prompt_s <= work(deployed, CHAT).prompt_s * (1 + 1e-9)


@given(DEPLOYED, st.floats(2, 16), st.floats(2, 16), st.floats(1, 256))
def test_fewer_bits_are_never_slower(names, one, other, batch):
    few, many = sorted((one, other))
    fewer, more = (work(deployment(*names, weight_bits=bits), CHAT) for bits in (few, many))
    assert fewer.step_s(batch) <= more.step_s(batch)
    assert fewer.prompt_s <= more.prompt_s
