"""Machines that models run on: accelerators, Apple computers, processors."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Literal

from msgspec import Struct

from headgate.catalog.files import read
from headgate.catalog.sources import Range, Source

Kind = Literal["gpu", "apple", "cpu"]
"""`gpu`: one card of a server or workstation. `apple`, `cpu`: a whole computer."""


class Hardware(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One device: a card, or a whole computer."""

    id: str
    """As `h100-sxm`."""
    name: str
    maker: str
    kind: Kind
    memory_gib: float
    """Of the card; for a whole computer what models may use of it."""
    bandwidth_gb_s: float
    """Memory, 10⁹ bytes a second."""
    bf16_tflops: float
    """Dense."""
    fp8_tflops: float | None = None
    fp4_tflops: float | None = None
    max_watts: float
    """Under load; of the whole computer where it is one."""
    idle_watts: float
    devices_per_node: int = 1
    """How many work together in one server."""
    link_gb_s: float | None = None
    """Between the devices of a node, one direction."""
    price_usd: Range | None = None
    """To buy one, new; `None` where only rental makes sense or nobody publishes it."""
    host_usd: Range | None = None
    """The share of a server (processor, memory, chassis, network) that each device needs."""
    host_watts: float = 0.0
    """The share of that server's draw."""
    sources: tuple[Source, ...]


Tenure = Literal["on_demand", "reserved", "spot"]


class RentalOffer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one provider asks for machines by the hour."""

    provider: str
    hardware: str
    """`Hardware.id`."""
    devices: int
    usd_per_device_hour: float
    tenure: Tenure = "on_demand"
    months: int | None = None
    """Committed to, when reserved."""
    source: str
    checked: date


class Tariff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What electricity costs a business somewhere."""

    id: str
    """ISO country, or country and state: `de`, `us`, `us-ca`."""
    name: str
    usd_per_kwh: Range
    source: str
    checked: date


@cache
def hardware() -> Mapping[str, Hardware]:
    """All devices by id, in the order of the file."""
    return {each.id: each for each in read("hardware.yaml", tuple[Hardware, ...])}


@cache
def rental_offers() -> tuple[RentalOffer, ...]:
    """All offers."""
    return read("rentals.yaml", tuple[RentalOffer, ...])


@cache
def tariffs() -> Mapping[str, Tariff]:
    """All tariffs by id, in the order of the file."""
    return {each.id: each for each in read("tariffs.yaml", tuple[Tariff, ...])}
