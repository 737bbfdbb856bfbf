from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.catalog.hardware import hardware
from headgate.catalog.models import models
from headgate.estimate.deployment import Deployment
from headgate.estimate.memory import misfit
from headgate.estimate.placement import choose_deployment, has_room, usual_precisions


@dataclass
class Case:
    model: str
    machine: str
    devices: int
    bits: float

    @property
    def id(self) -> str:
        return f"{self.model} on {self.machine}"


@pytest.mark.parametrize(
    "case",
    [
        Case("llama-3.1-8b", "h100-sxm", 1, 16.0),
        Case("llama-3.1-70b", "h100-sxm", 2, 8.0),
        Case("llama-3.1-70b", "a100-sxm", 4, 16.0),
        Case("llama-3.1-8b", "rtx-4090", 1, 16.0),
        Case("qwen3-32b", "rtx-3090", 2, 4.8),
        Case("gpt-oss-120b", "h100-sxm", 1, 4.25),
        Case("deepseek-r1", "h200-sxm", 8, 8.0),
        Case("llama-3.1-70b", "m4-max-128", 1, 8.5),
        Case("llama-3.1-8b", "m1-16", 1, 8.5),
    ],
    ids=lambda case: case.id,
)
def test_the_fewest_devices_and_then_the_finest_weights(case):
    chosen = choose_deployment(models()[case.model], hardware()[case.machine], context_tokens=4096)
    assert isinstance(chosen, Deployment), chosen
    assert (chosen.devices, chosen.weight_bits) == (case.devices, case.bits)


def test_one_long_request_need_not_fit_as_often_as_ordinary_ones():
    chosen = choose_deployment(
        models()["llama-3.1-8b"], hardware()["h100-sxm"], context_tokens=100_000
    )
    assert isinstance(chosen, Deployment)
    assert (chosen.devices, chosen.weight_bits) == (1, 16.0)
    assert has_room(chosen, 100_000)


def test_room_for_one_request_is_better_than_nothing():
    tight = choose_deployment(
        models()["llama-3.1-70b"],
        hardware()["h100-sxm"],
        context_tokens=4096,
        weight_bits=8.0,
        devices=1,
    )
    assert isinstance(tight, Deployment)
    assert not has_room(tight, 4096)


def test_nothing_that_fits_is_a_sentence():
    chosen = choose_deployment(models()["deepseek-r1"], hardware()["rtx-4090"], context_tokens=10)
    assert chosen == (
        "`DeepSeek R1` does not fit on 2 × NVIDIA GeForce RTX 4090: "
        "375.0 GiB of weights at 4.8 bits, 41.2 GiB usable"
    )


def test_the_caller_may_fix_the_precision_and_the_devices():
    chosen = choose_deployment(
        models()["llama-3.1-8b"],
        hardware()["h100-sxm"],
        context_tokens=4096,
        weight_bits=8.0,
        devices=4,
    )
    assert isinstance(chosen, Deployment)
    assert (chosen.devices, chosen.weight_bits) == (4, 8.0)


@pytest.mark.parametrize(
    ("model", "machine", "expected"),
    [
        ("llama-3.1-8b", "h100-sxm", (16.0, 8.0, 4.8)),
        ("llama-3.1-8b", "a100-sxm", (16.0, 4.8)),
        ("deepseek-r1", "a100-sxm", (8.0, 4.8)),
        ("gpt-oss-120b", "b200-sxm", (4.25,)),
        ("llama-3.1-8b", "m4-max-128", (8.5, 4.8)),
        ("deepseek-r1", "m3-ultra-512", (8.5, 4.8)),
    ],
)
def test_weights_are_never_finer_than_published(model, machine, expected):
    assert usual_precisions(models()[model], hardware()[machine]) == expected


@given(
    st.sampled_from(sorted(models())), st.sampled_from(sorted(hardware())), st.integers(1, 40_000)
)
def test_what_is_chosen_fits(model, machine, context):
    chosen = choose_deployment(models()[model], hardware()[machine], context_tokens=context)
    if isinstance(chosen, str):
        assert models()[model].name in chosen
    else:
        assert misfit(chosen, context) is None
