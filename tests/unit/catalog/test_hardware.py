import pytest

from headgate.catalog.files import read
from headgate.catalog.hardware import (
    Hardware,
    RentalOffer,
    Tariff,
    hardware,
    rental_offers,
    tariffs,
)
from headgate.catalog.sources import Range

DEVICES = read("hardware.yaml", tuple[Hardware, ...])


def is_ordered(amount: Range) -> bool:
    return 0 <= amount.low <= amount.usual <= amount.high


def test_ids_are_unique():
    assert len(hardware()) == len(DEVICES)
    assert len(tariffs()) == len(read("tariffs.yaml", tuple[Tariff, ...]))


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.id)
def test_a_device_can_exist(device: Hardware):
    assert 4 <= device.memory_gib <= 1024
    assert 10 <= device.bandwidth_gb_s <= 20_000
    assert 0 < device.idle_watts < device.max_watts <= 2_000
    assert device.bf16_tflops > 0
    assert (device.fp8_tflops or 1e9) >= device.bf16_tflops
    assert (device.fp4_tflops or 1e9) >= (device.fp8_tflops or 0)
    assert (device.link_gb_s is None) == (device.devices_per_node == 1)


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.id)
def test_prices_are_ordered_and_servers_are_paid_for(device: Hardware):
    assert device.price_usd is None or is_ordered(device.price_usd)
    assert device.host_usd is None or is_ordered(device.host_usd)
    if device.kind != "gpu":
        assert (device.host_usd, device.host_watts) == (None, 0), "a computer has no server"
    elif device.price_usd is not None:
        assert device.host_usd is not None, "a card that can be bought needs a computer"


@pytest.mark.parametrize("offer", rental_offers(), ids=str)
def test_an_offer_is_of_a_known_device_at_a_possible_price(offer: RentalOffer):
    device = hardware()[offer.hardware]
    assert 1 <= offer.devices <= device.devices_per_node
    assert 0.05 < offer.usd_per_device_hour < 20
    assert (offer.months is not None) == (offer.tenure == "reserved")


def test_no_offer_is_listed_twice():
    keys = [
        (each.provider, each.hardware, each.devices, each.tenure, each.months)
        for each in rental_offers()
    ]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("tariff", tariffs().values(), ids=lambda tariff: tariff.id)
def test_electricity_costs_what_it_can(tariff: Tariff):
    assert is_ordered(tariff.usd_per_kwh)
    assert tariff.usd_per_kwh.low >= 0.02
    assert tariff.usd_per_kwh.high <= 0.6


def test_a_country_whose_code_is_a_word_in_yaml_is_there():
    assert tariffs()["no"].name == "Norway"
