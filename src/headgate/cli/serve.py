"""`headgate serve`: the gateway over HTTP."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from headgate.cli.options import config_option

if TYPE_CHECKING:
    from headgate.config.load import Loaded, Override

SETTINGS = {
    "host": ("server", "host"),
    "port": ("server", "port"),
    "ledger": ("ledger", "path"),
    "air_gapped": ("air_gapped",),
}


@click.command(short_help="Answer OpenAI clients.")
@config_option
@click.option("--host", envvar="HEADGATE_HOST", show_envvar=True, help="Address to listen on.")
@click.option(
    "--port",
    type=int,
    envvar="HEADGATE_PORT",
    show_envvar=True,
    help="Port to listen on; 0 for any.",
)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="HEADGATE_LEDGER",
    show_envvar=True,
    help="SQLite file of the ledger.",
)
@click.option(
    "--air-gapped",
    is_flag=True,
    default=None,
    envvar="HEADGATE_AIR_GAPPED",
    show_envvar=True,
    help="Load local targets only, and connect to nothing else.",
)
@click.pass_context
def command(context: click.Context, /, config: Path | None, **_: Any) -> None:
    """Answer OpenAI clients.

    Without a configuration it serves what it finds: local engines, GGUF files, keys in the
    environment; and a demonstration model when there is nothing.

    \b
    headgate serve
    headgate serve --config production.yaml --port 9000
    headgate serve --air-gapped
    """
    if context.params["air_gapped"]:
        # Before anything is looked for on the machine.
        from headgate.runtime.air_gap import seal

        seal()
    from headgate.config.load import load

    loaded = load(config, flags=_overrides(context))
    for line in found_in_words(loaded):
        click.echo(line, err=True)

    from headgate.server.run import serve

    serve(loaded.settings, on_listening=lambda url: _announce(url, loaded))


def _overrides(context: click.Context) -> "list[Override]":
    """Options that were given, with what to call where they came from."""
    from headgate.config.load import Override

    overrides = []
    for name, loc in SETTINGS.items():
        value = context.params[name]
        if value is not None:
            is_variable = context.get_parameter_source(name) is ParameterSource.ENVIRONMENT
            option = name.replace("_", "-")
            source = f"$HEADGATE_{name.upper()}" if is_variable else f"--{option}"
            overrides.append(Override(loc, value, source))
    return overrides


def found_in_words(loaded: "Loaded") -> list[str]:
    """What the settings come from."""
    if loaded.discovery is None:
        return [f"configuration: {loaded.path}"]
    default = ", then ".join(loaded.settings.routes[loaded.settings.auto_route].target_names)
    return [
        "no configuration, so this is what was found (`headgate init` writes it down):",
        *(f"  + {found}" for found in loaded.discovery.found),
        f"  - not here: {'; '.join(loaded.discovery.missing)}",
        f"model `auto`: {default}",
    ]


def _announce(url: str, loaded: "Loaded") -> None:
    click.echo(f"base URL: {url}/v1", err=True)
    click.echo(f"          {url} for clients of Anthropic, Cohere and Ollama", err=True)
    click.echo(f"planner:  {url}/", err=True)
    click.echo(f"try: {curl_line(url, has_keys=bool(loaded.settings.server.keys))}", err=True)


def curl_line(url: str, *, has_keys: bool) -> str:
    """A request that works when it is pasted into a shell."""
    reachable = url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    key = ' -H "authorization: Bearer $KEY"' if has_keys else ""
    body = '{"model": "auto", "messages": [{"role": "user", "content": "Hello"}]}'
    return (
        f"curl {reachable}/v1/chat/completions{key} -H 'content-type: application/json' -d '{body}'"
    )
