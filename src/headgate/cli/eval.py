"""`headgate eval`: what routers and detectors are worth on labelled data; finds `evals`."""

from importlib import import_module
from pkgutil import iter_modules

import click
from typing_extensions import override


class Evaluations(click.Group):
    """The files of `headgate.cli.evals`; each exports `command`."""

    @override
    def list_commands(self, context: click.Context) -> list[str]:
        package = import_module("headgate.cli.evals")
        return sorted(module.name for module in iter_modules(package.__path__))

    @override
    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        command: click.Command = import_module(f"headgate.cli.evals.{name}").command
        return command


@click.group(cls=Evaluations, short_help="Score routers and detectors on labelled data.")
def command() -> None:
    """Score what decides on labelled data, on questions that it did not learn from."""
