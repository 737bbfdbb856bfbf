"""What a question may hold beside its numbers: names that exist, prices that can be."""

import re
from collections.abc import Mapping

from headgate.catalog.apis import hosted_models
from headgate.catalog.hardware import hardware
from headgate.core.errors import InvalidRequest
from headgate.planner.allowances import check_allowances
from headgate.planner.known import known
from headgate.planner.question import Question
from headgate.planner.rules import RENTAL

MOST_OPTIONS = 60
HIGHEST_PRICES: Mapping[str, float] = {"hardware_usd": 1e8, "rent_usd_per_hour": 1e5}
REGION = re.compile(r"[a-z]{2,}(-[a-z0-9]+)*")


def check(question: Question) -> None:
    """Refuse what cannot be meant.

    Raises:
        InvalidRequest: Names the field, what is wrong and what to do.
    """
    check_allowances(question)
    _options(question)
    _prices(question)
    _signed(question)
    if question.region is not None and not REGION.fullmatch(question.region):
        raise InvalidRequest(
            f"`{question.region}` is no region",
            param="region",
            hint="write it in small letters, as `eu`, `us` or `de`",
        )


def _options(question: Question) -> None:
    for param, names in (("apis", question.apis), ("machines", question.machines)):
        if len(names or ()) > MOST_OPTIONS:
            raise InvalidRequest(
                f"{len(names or ())} options are too many to compare at once",
                param=param,
                hint=f"at most {MOST_OPTIONS}",
            )


def _prices(question: Question) -> None:
    for param, highest in HIGHEST_PRICES.items():
        for name, usd in getattr(question, param).items():
            known(
                name,
                hardware(),
                what="hardware",
                param=param,
                hint="`headgate catalog hardware` lists it",
            )
            if not 0 <= usd <= highest:
                raise InvalidRequest(
                    f"`{param}` of `{name}` is {usd:g}; it must be dollars, from 0 to {highest:g}",
                    param=param,
                )


def _signed(question: Question) -> None:
    holders = {RENTAL: None} | {each.provider: None for each in hosted_models().values()}
    for name in question.signed:
        known(name, holders, what="provider", param="signed", hint=f"one of {', '.join(holders)}")
