"""Numbers as people type them: `2.5M`, `30%`, `h100-sxm=2.10`."""

from typing import Any

import click
from typing_extensions import override

from headgate.planner.units import read_number


class Amount(click.ParamType[float]):
    """A number with an optional `k`, `M`, `B` or `T`."""

    name = "NUMBER"

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = read_number(str(value))
        if number is None:
            self.fail(f"{value}: write a number, as 250000, 250k or 2.5M", param, ctx)
        return number


class Share(click.ParamType[float]):
    """A share: `0.3` or `30%`."""

    name = "SHARE"

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        written = str(value).strip()
        number = read_number(written.removesuffix("%"))
        if number is None:
            self.fail(f"{value}: write a share, as 0.3 or 30%", param, ctx)
        return number / 100 if written.endswith("%") else number


class Named(click.ParamType[tuple[str, float]]):
    """A name and its number: `NAME=NUMBER`."""

    name = "NAME=NUMBER"

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        name, sign, written = str(value).partition("=")
        number = read_number(written.removesuffix("%"))
        if not name or not sign or number is None:
            self.fail(f"{value}: write a name and a number, as h100-sxm=2.10", param, ctx)
        return name, number / 100 if written.endswith("%") else number
