"""Plans from the command, the server and the library: the world around the pure planner."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

from headgate.catalog.apis import allowances, hosted_models
from headgate.catalog.hardware import hardware, tariffs
from headgate.catalog.models import models
from headgate.catalog.prices import list_name
from headgate.planner.link import question_of
from headgate.planner.machine import TENURES
from headgate.planner.plan import Surroundings
from headgate.planner.plan import plan as plan_in
from headgate.planner.presets import PRESETS, USUAL_APIS, USUAL_MACHINES
from headgate.planner.question import Question
from headgate.planner.report import Report
from headgate.planner.rules import NEEDS
from headgate.planner.uncertainty import DRAWS
from headgate.runtime.price_file import use_fetched_prices


@lru_cache(maxsize=1024)
def column(name: str) -> tuple[float, ...]:
    """The draws of one input: one in each of `DRAWS` equal parts of (0, 1), shuffled.

    Latin hypercube sampling (McKay, Beckman, Conover 1979). The order depends on the name
    alone, so that a report can be made again to the last cent.
    """
    middles = [(index + 0.5) / DRAWS for index in range(DRAWS)]
    random.Random(f"headgate:{name}").shuffle(middles)
    return tuple(middles)


def plan(**fields: Any) -> Report:
    """Cloud API or own hardware: the report of a question, given by its fields.

        report = headgate.plan(monthly_tokens=2_000_000_000, output_share=0.15)
        print(report.verdict.sentence)

    `headgate.planner.question.Question` says what each means; `preset` fills in the others.

    Raises:
        CallerError: Something in the question cannot be; names the field.
    """
    return make_plan(question_of(fields))


def make_plan(question: Question, *, today: date | None = None) -> Report:
    """The report of a question, at today's prices unless it names a day.

    Raises:
        InvalidRequest: Something in the question cannot be; names the field.
    """
    _take_fetched_prices()
    around = Surroundings(
        today=today or datetime.now(UTC).date(),
        column=column,
        version=_version(),
        price_list=list_name(),
    )
    return plan_in(question, around)


@cache
def _version() -> str:
    return version("headgate")


@cache
def _take_fetched_prices() -> None:
    """Once: prices that `headgate catalog update` has left."""
    use_fetched_prices()


def choices() -> Mapping[str, Any]:
    """What a person may choose from, for a page or a completion."""
    return {
        "defaults": {name: getattr(Question(), name) for name in Question.__struct_fields__},
        "presets": PRESETS,
        "apis": [
            {"id": each.id, "name": each.name, "provider": each.provider, "retired": each.retired}
            for each in hosted_models().values()
        ],
        "usual_apis": USUAL_APIS,
        "models": [{"id": each.id, "name": each.name} for each in models().values()],
        "hardware": [
            {"id": each.id, "name": each.name, "kind": each.kind} for each in hardware().values()
        ],
        "tenures": TENURES,
        "usual_machines": USUAL_MACHINES,
        "tariffs": [
            {"id": each.id, "name": each.name, "usd_per_kwh": each.usd_per_kwh.usual}
            for each in tariffs().values()
        ],
        "needs": [
            {"id": name, "title": title, "why": f"may leave only with {contract}"}
            for name, (title, contract) in NEEDS.items()
        ],
        "regions": sorted({region for each in hosted_models().values() for region in each.regions}),
        "allowances": [
            {
                "id": each.id,
                "name": each.name,
                "side": each.side,
                "unit": each.unit,
                "low": each.amount.low,
                "usual": each.amount.usual,
                "high": each.amount.high,
                "why": each.why,
                "source": each.source,
                "checked": each.checked,
            }
            for each in allowances().values()
        ],
    }
