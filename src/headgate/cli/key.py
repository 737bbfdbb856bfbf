"""`headgate key`: a new key for a client."""

import re
from hashlib import sha256
from secrets import token_urlsafe

import click

PREFIX = "hg-"


@click.command(short_help="Make a key for a client.")
@click.argument("name")
def command(name: str) -> None:
    """Make a key for the client NAME.

    Prints the key, once, and the line for `server.keys` with its hash. The key itself is
    stored nowhere.

    \b
    headgate key alice
    """
    from headgate.config.values import NAME, PATTERNS

    if not re.fullmatch(NAME, name):
        raise click.BadParameter(PATTERNS[NAME], param_hint="NAME")
    key = PREFIX + token_urlsafe(32)
    digest = sha256(key.encode()).hexdigest()
    click.echo(key)
    click.echo("add to `server.keys` in headgate.yaml:", err=True)
    click.echo(f'    - {{name: "{name}", hash: "sha256:{digest}"}}', err=True)
