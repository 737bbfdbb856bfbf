"""`headgate models`: what clients may ask for, and what there is to add."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate.cli.options import config_option, json_option

if TYPE_CHECKING:
    from headgate.config.schema import Settings


@click.command(short_help="List routes, targets, model files and backends.")
@config_option
@json_option
def command(config: Path | None, as_json: bool) -> None:
    """List routes, targets, model files and backends.

    Without a configuration: those `headgate serve` would find.

    \b
    headgate models
    headgate models --json
    """
    from headgate.config.load import load

    listed = _listed(load(config).settings)
    if as_json:
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    for kind, entries in listed.items():
        click.echo(f"{kind.replace('_', ' ')}:")
        for entry in entries:
            click.echo(f"  {in_words(entry)}")


def _listed(settings: "Settings") -> dict[str, list[dict[str, Any]]]:
    from headgate.backends.registry import provider_names
    from headgate.config.describe import route_in_words, target_in_words

    return {
        "routes": [
            {"name": name, "goes_to": route_in_words(route)}
            for name, route in settings.routes.items()
        ],
        "targets": [
            {"name": name, "runs": target_in_words(target)}
            for name, target in settings.targets.items()
        ],
        "model_files": model_files(settings.engine.models_dir),
        "backends": [{"name": name} for name in provider_names()],
    }


def in_words(entry: dict[str, Any]) -> str:
    """Its name, and what else is known of it."""
    name, *rest = (str(value) for value in entry.values() if value)
    return f"{name}: {', '.join(rest)}" if rest else name


def model_files(folder: Path) -> list[dict[str, Any]]:
    """GGUF files, with what they say of themselves or why they cannot be used."""
    from headgate.engine.weights import find_weights

    return [
        {
            "name": file.name,
            "size": f"{file.size_bytes / 2**20:,.1f} MiB",
            "quantisation": file.header and file.header.quantisation,
            "context": file.header and f"{file.header.context_tokens} tokens",
            "problem": file.problem,
        }
        for file in find_weights(folder)
    ]
