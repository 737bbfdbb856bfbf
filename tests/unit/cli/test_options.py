from pathlib import Path

import click
from click.testing import CliRunner

from headgate.cli.options import config_option, json_option


@click.command()
@config_option
@json_option
def show(config: Path | None, as_json: bool) -> None:
    click.echo(f"{config!r} {as_json}")


def test_shared_options_have_the_same_names_everywhere():
    runner = CliRunner()
    assert runner.invoke(show, []).output == "None False\n"
    assert runner.invoke(show, ["-c", "x.yaml", "--json"]).output == "PosixPath('x.yaml') True\n"
