"""A machine as it is written."""

import pytest

from headgate.core.errors import InvalidRequest
from headgate.planner.machine import TENURES, parse_machine


def test_all_of_it_can_be_said():
    machine = parse_machine(" llama-3.1-8b@l4:spot:4.8x2 ")
    assert (machine.model.id, machine.hardware.id) == ("llama-3.1-8b", "l4")
    assert (machine.tenure, machine.weight_bits, machine.devices) == ("spot", 4.8, 2)
    assert machine.text == "llama-3.1-8b@l4:spot:4.8x2"


def test_what_is_not_said_is_rented_and_sized_by_itself():
    machine = parse_machine("llama-3.1-8b@l4")
    assert (machine.tenure, machine.weight_bits, machine.devices) == ("rented", None, None)


@pytest.mark.parametrize("tenure", TENURES)
def test_every_tenure_can_be_written_and_is_said_in_words(tenure):
    machine = parse_machine(f"llama-3.1-8b@l4:{tenure}")
    assert machine.tenure == tenure
    assert machine.tenure_in_words


def test_devices_alone_and_bits_alone_can_be_said():
    assert parse_machine("llama-3.1-8b@l4x4").devices == 4
    assert parse_machine("llama-3.1-8b@l4:8").weight_bits == 8
    assert parse_machine("gpt-oss-120b@rtx-pro-6000x2").hardware.id == "rtx-pro-6000"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "llama-3.1-8b",
        "@l4",
        "llama-3.1-8b@",
        "llama-3.1-8b@l4:leased",
        "llama-3.1-8b@l4:rented:8:9",
        "llama-3.1-8b@l4 rented",
        "a@b@c",
        "llama-3.1-8b@l4:rentedx-1",
    ],
)
def test_what_is_no_machine_is_refused_with_the_form(text):
    with pytest.raises(InvalidRequest) as caught:
        parse_machine(text)
    assert caught.value.param == "machines"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "meant"),
    [("llama-3.1-8B@l4", "llama-3.1-8b"), ("llama-3.1-8b@h100-sx", "h100-sxm")],
)
def test_a_name_that_is_nearly_right_gets_the_right_one(text, meant):
    with pytest.raises(InvalidRequest) as caught:
        parse_machine(text)
    assert meant in (caught.value.hint or "")
