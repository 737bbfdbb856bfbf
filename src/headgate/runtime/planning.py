"""Plans from the command, the server and the library: the world around the pure planner."""

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

from msgspec import structs

from headgate.catalog.apis import allowances, hosted_models
from headgate.catalog.hardware import hardware, tariffs
from headgate.catalog.models import models
from headgate.catalog.prices import is_packaged_list, list_name
from headgate.planner.draws import DRAWS
from headgate.planner.link import question_of
from headgate.planner.machine import TENURES
from headgate.planner.plan import Surroundings
from headgate.planner.plan import plan as plan_in
from headgate.planner.presets import PRESETS, USUAL_APIS, USUAL_MACHINES
from headgate.planner.question import Question
from headgate.planner.report import Report
from headgate.planner.rules import NEEDS
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
    """Once: prices that `headgate catalog update` has left, unless a gateway uses them already."""
    if is_packaged_list():
        use_fetched_prices()


def choices() -> Mapping[str, Any]:
    """What a person may choose from, for a page or a completion."""
    apis = hosted_models().values()
    return {
        "defaults": {name: getattr(Question(), name) for name in Question.__struct_fields__},
        "presets": PRESETS,
        "apis": _some(apis, "id", "name", "provider", "retired"),
        "usual_apis": USUAL_APIS,
        "models": _some(models().values(), "id", "name"),
        "hardware": _some(hardware().values(), "id", "name", "kind"),
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
        "regions": sorted({region for each in apis for region in each.regions}),
        "allowances": [
            {**structs.asdict(each), **structs.asdict(each.amount)}
            for each in allowances().values()
        ],
    }


def _some(entries: Iterable[Any], *fields: str) -> list[dict[str, Any]]:
    """Some fields of each entry."""
    return [{field: getattr(entry, field) for field in fields} for entry in entries]
