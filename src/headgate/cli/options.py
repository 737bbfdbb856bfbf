"""Options that several commands share."""

from pathlib import Path

import click

FINDINGS = 5
"""Exit code of commands that have found something: it is no failure, and not nothing."""
config_option = click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Configuration; by default $HEADGATE_CONFIG, or a headgate.yaml here or above.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
