"""What an own machine costs: to have it, to run it, and the people who do."""

from statistics import median

from headgate.catalog.hardware import Hardware, Tariff, rental_offers, tariffs
from headgate.catalog.sources import Range, source_of
from headgate.estimate.serving import Deployment
from headgate.planner.allowances import allowance
from headgate.planner.bill import Part, monthly_fee
from headgate.planner.inputs import CAPITAL, Input, point
from headgate.planner.known import known
from headgate.planner.machine import Machine
from headgate.planner.option import Setting
from headgate.planner.question import Question
from headgate.planner.workload import HOURS_PER_MONTH

OFFERED_AS = {"rented": "on_demand", "reserved": "reserved", "spot": "spot"}
"""Tenures by the hour, and what the catalogue calls them."""
Having = tuple[tuple[Part, ...], str | None]
"""Lines of a bill, or none and the reason why they are not known."""


def having(machine: Machine, deployment: Deployment, setting: Setting) -> Having:
    """The lines for having the machine, or why they are not known."""
    if machine.tenure in OFFERED_AS:
        return _rent(machine, deployment, setting)
    return _purchase_parts(machine, deployment, setting)


def _rent(machine: Machine, deployment: Deployment, setting: Setting) -> Having:
    found = _rent_range(machine, setting.question)
    if found is None:
        return (), (
            f"the catalogue has no `{machine.tenure}` offer for {machine.hardware.name}: "
            f"give its rent, `rent_usd_per_hour.{machine.hardware.id}`"
        )
    span, source, checked = found
    name = setting.inputs.add(
        Input(
            id=f"rent:{machine.tenure}:{machine.hardware.id}",
            name=f"Rent of {machine.hardware.name}, {machine.tenure_in_words}",
            unit="usd_per_hour",
            range=span,
            source=source,
            checked=checked,
        )
    )
    hours = HOURS_PER_MONTH * deployment.devices
    share = allowance("own_network_storage_share", setting.question, setting.inputs)
    rent = Part(
        id="rent",
        name="Rent",
        formula=f"{{units}} × {deployment.devices} device(s) × {HOURS_PER_MONTH:g} h × ${{0:.2f}}",
        inputs=(name,),
        per_unit=hours,
    )
    extra = Part(
        id="network_storage",
        name="Network, storage, egress",
        formula="{own_network_storage_share:.0%} of the rent",
        inputs=(share, name),
        per_unit=hours,
    )
    return (rent, extra), None


def _rent_range(machine: Machine, question: Question) -> tuple[Range, str, str | None] | None:
    given = question.rent_usd_per_hour.get(machine.hardware.id)
    if given is not None:
        return point(given), "your figure", None
    offers = [
        offer
        for offer in rental_offers()
        if offer.hardware == machine.hardware.id and offer.tenure == OFFERED_AS[machine.tenure]
    ]
    if not offers:
        return None
    prices = [offer.usd_per_device_hour for offer in offers]
    span = Range(low=min(prices), usual=median(prices), high=max(prices))
    source = f"{len(offers)} offer(s): {', '.join(sorted({offer.provider for offer in offers}))}"
    return span, source, str(min(offer.checked for offer in offers))


def purchase_price(machine_hardware: Hardware, question: Question) -> Range | None:
    """Price of one device with its share of a server."""
    given = question.hardware_usd.get(machine_hardware.id)
    if given is not None:
        return point(given)
    price, host = machine_hardware.price_usd, machine_hardware.host_usd
    if price is None or host is None:
        return price
    return Range(
        low=price.low + host.low, usual=price.usual + host.usual, high=price.high + host.high
    )


def _purchase_parts(machine: Machine, deployment: Deployment, setting: Setting) -> Having:
    span = purchase_price(machine.hardware, setting.question)
    if span is None:
        return (), (
            f"the catalogue has no purchase price of {machine.hardware.name}: "
            f"give it, `hardware_usd.{machine.hardware.id}`"
        )
    source = source_of(machine.hardware.sources, "price_usd")
    is_given = machine.hardware.id in setting.question.hardware_usd
    price = setting.inputs.add(
        Input(
            id=f"price:{machine.hardware.id}",
            name=f"Price of {machine.hardware.name}",
            unit="usd",
            range=span,
            source="your figure" if is_given or source is None else source.at,
            checked=None if is_given or source is None else str(source.checked),
        )
    )
    for name in ("life_years", "resale_share", "interest_rate_per_year"):
        allowance(name, setting.question, setting.inputs)
    if machine.tenure == "desk":
        return (_on_the_desk(deployment, price),), None
    return (_written_off(deployment, price),), None


def _written_off(deployment: Deployment, price: str) -> Part:
    return Part(
        id="purchase",
        name="Purchase: write-off and interest",
        formula=f"{{units}} × {deployment.devices} device(s) × ${{0:,.0f}} over "
        "{life_years:g} years, {resale_share:.0%} resale, {interest_rate_per_year:.1%} interest",
        inputs=(price, CAPITAL),
        per_unit=float(deployment.devices),
    )


def _on_the_desk(deployment: Deployment, price: str) -> Part:
    """Nothing for the machine that is there; a further one has to be bought."""
    return Part(
        id="purchase",
        name="The machine",
        formula="the first is already there, each further one: ${0:,.0f} over {life_years:g} years",
        inputs=(price, CAPITAL),
        per_unit_beyond_first=float(deployment.devices),
    )


def running(
    machine: Machine, deployment: Deployment, flat_out_tokens: float, setting: Setting
) -> tuple[Part, ...]:
    """Electricity: idle watts all month, the rest while it computes. In the rent if rented."""
    if machine.tenure in OFFERED_AS:
        return ()
    question, inputs = setting.question, setting.inputs
    kwh = _tariff(question, setting)
    pue = allowance(_pue(machine), question, inputs)
    part, is_desk = machine.hardware, machine.tenure == "desk"
    busy_kwh = (part.max_watts - part.idle_watts) * deployment.devices / 1000 * HOURS_PER_MONTH
    idle_watts = 0.0 if is_desk else part.idle_watts + part.host_watts
    idle_kwh = idle_watts * deployment.devices / 1000 * HOURS_PER_MONTH
    source = source_of(part.sources, "max_watts")
    return (
        Part(
            id="electricity",
            name="Electricity",
            formula=(
                f"({'' if is_desk else f'{{units}} × {idle_kwh:,.0f} kWh idle + '}"
                f"{{tokens}} tokens × {busy_kwh / flat_out_tokens * 1e6:.3g} kWh per million) "
                f"× ${{0:.3f}} × PUE {{1:.2f}}"
            ),
            inputs=(kwh, pue),
            per_unit=idle_kwh,
            per_token=busy_kwh / flat_out_tokens,
            source=None if source is None else source.at,
            checked=None if source is None else str(source.checked),
        ),
    )


def _pue(machine: Machine) -> str:
    return "pue_desk" if machine.tenure == "desk" or machine.hardware.kind != "gpu" else "pue"


def _tariff(question: Question, setting: Setting) -> str:
    tariff = known(
        question.tariff,
        tariffs(),
        what="tariff",
        param="tariff",
        hint=f"one of {', '.join(tariffs())}",
    )
    return setting.inputs.add(_tariff_input(question, tariff))


def _tariff_input(question: Question, tariff: Tariff) -> Input:
    given = question.usd_per_kwh
    return Input(
        id="usd_per_kwh",
        name="Electricity price" if given is not None else f"Electricity price, {tariff.name}",
        unit="usd_per_kwh",
        range=tariff.usd_per_kwh if given is None else point(given),
        source=tariff.source if given is None else "your figure",
        checked=str(tariff.checked) if given is None else None,
    )


def people(setting: Setting, *, is_desk: bool) -> tuple[Part, ...]:
    """Hours, monitoring and fine-tuning; on a desk only a few hours each."""

    def named(name: str) -> str:
        return allowance(name, setting.question, setting.inputs)

    hours = named("own_engineering_hours_desk" if is_desk else "own_engineering_hours")
    wage = named("engineering_usd_per_hour")
    engineering = Part(
        id="engineering",
        name="Engineering: install, upgrade, be on call",
        formula=f"{'{units} × ' if is_desk else ''}{{0:.3g}} h × ${{1:.2f}}",
        inputs=(hours, wage),
        # Production hours are those of a fleet; desks are looked after one by one.
        per_unit=1.0 if is_desk else 0.0,
        fixed=0.0 if is_desk else 1.0,
    )
    if is_desk:
        return (engineering,)
    fees = (
        ("monitoring", "Monitoring and observability", named("own_monitoring_usd")),
        ("fine_tuning", "Fine-tuning infrastructure", named("own_fine_tuning_usd")),
    )
    return (engineering, *(monthly_fee(*fee) for fee in fees))
