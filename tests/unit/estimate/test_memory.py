from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.catalog.hardware import hardware
from headgate.catalog.models import models
from headgate.estimate.deployment import Deployment
from headgate.estimate.memory import (
    GIB,
    kv_bytes,
    kv_room_bytes,
    layer_tokens,
    misfit,
    most_sequences,
    place,
    usable_bytes,
    weight_bytes,
)

LLAMA_8B = models()["llama-3.1-8b"]


def deployment(model: str, machine: str, **fields) -> Deployment:
    return Deployment(model=models()[model], hardware=hardware()[machine], **fields)


def test_sixteen_bit_weights_are_two_bytes_a_parameter():
    assert weight_bytes(LLAMA_8B, 16) == pytest.approx(16.06e9)


@dataclass
class Case:
    id: str
    model: str
    expected: float


@pytest.mark.parametrize(
    "case",
    [
        Case("grouped queries: 2 x 32 layers x 8 heads x 128 x 2 bytes", "llama-3.1-8b", 131_072),
        Case("grouped queries, 80 layers", "llama-3.1-70b", 327_680),
        Case("latent attention: 61 layers x 576 x 2 bytes", "deepseek-r1", 70_272),
    ],
    ids=lambda case: case.id,
)
def test_a_token_of_cache_is_as_large_as_its_makers_say(case):
    assert kv_bytes(models()[case.model], 1) == case.expected


def test_layers_with_a_window_keep_no_more_than_it():
    oss = models()["gpt-oss-120b"]
    assert layer_tokens(oss, 100) == 36 * 100
    assert layer_tokens(oss, 10_000) == 18 * 10_000 + 18 * 128


def test_hybrid_models_keep_a_cache_in_some_layers_only():
    hybrid = models()["qwen3.5-27b"]
    assert layer_tokens(hybrid, 1000) == 16 * 1000


def test_eight_bit_cache_is_half_as_large():
    assert kv_bytes(LLAMA_8B, 1000, 8) == kv_bytes(LLAMA_8B, 1000) / 2


def test_a_card_gives_nine_tenths_less_a_reserve():
    assert usable_bytes(deployment("llama-3.1-8b", "h100-sxm")) == pytest.approx(71 * GIB)


def test_weights_leave_room_or_a_debt():
    assert kv_room_bytes(deployment("llama-3.1-8b", "h100-sxm")) > 0
    assert kv_room_bytes(deployment("llama-3.1-70b", "h100-sxm")) < 0


def test_as_many_requests_fit_as_the_room_holds():
    on_h100 = deployment("llama-3.1-8b", "h100-sxm")
    expected = int(kv_room_bytes(on_h100) / (131_072 * 4096))
    assert most_sequences(on_h100, 4096) == expected == 112


def test_what_fits_has_no_misfit():
    assert misfit(deployment("llama-3.1-8b", "h100-sxm"), 4096) is None


def test_weights_that_do_not_fit_are_named_with_the_figures():
    assert misfit(deployment("llama-3.1-70b", "h100-sxm"), 4096) == (
        "`Llama 3.1 70B` does not fit on 1 × NVIDIA H100 SXM: "
        "131.5 GiB of weights at 16 bits, 71.0 GiB usable"
    )


def test_a_cache_that_does_not_fit_is_named_with_the_figures():
    tight = deployment("llama-3.1-70b", "h100-sxm", weight_bits=8.0)
    assert misfit(tight, 100_000, sequences=2) == (
        "`Llama 3.1 70B` leaves no room for 2 × 100,000 tokens on 1 × NVIDIA H100 SXM: "
        "65.8 GiB of weights at 8 bits leave 5.2 GiB, the cache needs 61.0 GiB"
    )


def test_more_than_the_model_reads_is_refused():
    problem = misfit(deployment("llama-3.1-8b", "h100-sxm"), 200_000)
    assert problem == "`Llama 3.1 8B` reads at most 131,072 tokens, the requests have 200,000"


def test_a_place_is_named_with_its_devices():
    assert place(deployment("llama-3.1-8b", "l4", devices=2)) == "2 × NVIDIA L4"


@given(st.floats(1, 100_000), st.floats(1, 100_000))
def test_longer_requests_never_let_more_of_them_fit(one, other):
    on_h100 = deployment("llama-3.1-8b", "h100-sxm")
    shorter, longer = sorted((one, other))
    assert most_sequences(on_h100, longer) <= most_sequences(on_h100, shorter)


@given(st.floats(2, 16), st.floats(1, 2))
def test_more_memory_never_lets_fewer_requests_fit(bits, factor):
    small = deployment("llama-3.1-8b", "l4", weight_bits=bits)
    card = msgspec.structs.replace(small.hardware, memory_gib=small.hardware.memory_gib * factor)
    large = msgspec.structs.replace(small, hardware=card)
    assert most_sequences(large, 2048) >= most_sequences(small, 2048)
