"""`headgate init`: a first configuration."""

from pathlib import Path

import click

from headgate.core.errors import HeadgateError


@click.command(short_help="Write a headgate.yaml with what this machine has.")
@click.argument("file", default="headgate.yaml", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Write FILE, by default ./headgate.yaml, with what was found on this machine.

    Keys in the environment are named, never copied. A file that exists is left alone.

    \b
    headgate init
    headgate init production.yaml
    """
    import asyncio
    import os

    from headgate.config.discover import discover
    from headgate.config.draft import draft

    discovery = asyncio.run(discover(os.environ))
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(draft(discovery.data, discovery.found))
    except FileExistsError as error:
        hint = "name another file, or move this one away"
        raise HeadgateError(f"`{file}` is already there", hint=hint) from error
    except OSError as error:
        raise HeadgateError(f"cannot write `{file}`: {error.strerror}") from error
    for found in discovery.found:
        click.echo(f"+ {found}", err=True)
    click.echo(f"wrote {file}; next: `headgate check`, `headgate serve`", err=True)
