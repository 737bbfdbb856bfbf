"""`headgate engine`: the engine that runs models inside Headgate."""

import json
from pathlib import Path
from typing import Any

import click

from headgate.cli.options import json_option

models_option = click.option(
    "--models-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of GGUF files; by default $XDG_DATA_HOME/headgate/models.",
)


@click.group(short_help="Install and look at the embedded engine.")
def command() -> None:
    """The engine that runs GGUF models inside Headgate.

    \b
    headgate engine status
    headgate engine install
    headgate engine list
    """


@command.command()
def install() -> None:
    """Fetch the engine, in the version this Headgate was made for."""
    from headgate.engine.install import engine_location, install_engine

    if (place := engine_location()) is None:
        click.echo("fetching the engine (34 MB)", err=True)
        place = install_engine()
    click.echo(place)


@command.command()
@models_option
@json_option
@click.pass_context
def status(context: click.Context, models_dir: Path | None, as_json: bool) -> None:
    """Say whether the engine is installed, and what it may use. Exits 1 when it is not."""
    shown = _status(models_dir)
    if as_json:
        click.echo(json.dumps(shown, indent=2))
    else:
        for name, value in shown.items():
            click.echo(f"{name.replace('_', ' ')}: {'not installed' if value is None else value}")
    if shown["engine"] is None:
        click.echo("hint: `headgate engine install`", err=True)
        context.exit(1)


@command.command(name="list")
@models_option
@json_option
def list_models(models_dir: Path | None, as_json: bool) -> None:
    """List the model files the engine could run."""
    from headgate.cli.models import in_words, model_files
    from headgate.engine.folders import models_folder

    folder = models_dir or models_folder()
    files = model_files(folder)
    if as_json:
        click.echo(json.dumps(files, indent=2, ensure_ascii=False))
        return
    for file in files:
        click.echo(in_words(file))
    if not files:
        click.echo(f"no model files in {folder}; `demo` is always there", err=True)


def _status(models_dir: Path | None) -> dict[str, Any]:
    from headgate.engine.folders import models_folder
    from headgate.engine.install import PACKAGE, VERSION, engine_location
    from headgate.engine.probe import threads_available
    from headgate.engine.weights import find_weights

    folder = models_dir or models_folder()
    place = engine_location()
    return {
        "wanted": f"{PACKAGE} {VERSION}",
        "engine": place and str(place),
        "threads": threads_available(),
        "models_dir": str(folder),
        "models": len(find_weights(folder)),
    }
