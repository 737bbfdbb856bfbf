"""`headgate scan`: personal data and secrets in files."""

from pathlib import Path

import click

from headgate.cli.options import FINDINGS, json_option

FAILED = 1


@click.command(short_help="Find personal data and secrets in files.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--detect", "labels", multiple=True, help="What to look for; may be repeated.")
@json_option
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0, for code scanning.")
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    labels: tuple[str, ...],
    as_json: bool,
    as_sarif: bool,
) -> None:
    """Find personal data and secrets in PATHS: files, folders, or `-` for standard input.

    Looks for what the gateway looks for, by default every identifier and secret. Values are
    never printed in full. Exits 5 when there is anything, 1 when a file could not be read.

    \b
    headgate scan prompts/ notes.md
    git diff | headgate scan -
    headgate scan --detect secret --detect card --sarif . > findings.sarif
    """
    from headgate.cli.views import scan as view
    from headgate.runtime.file_scan import scan_paths

    if as_json and as_sarif:
        raise click.UsageError("--json goes with no --sarif")
    scanned = scan_paths(paths, _wanted(labels))
    show = view.show_json if as_json else view.show_sarif if as_sarif else view.show
    show(scanned)
    for each in scanned.unreadable:
        click.echo(f"cannot read `{each.path}`: {each.why}", err=True)
    context.exit(FINDINGS if scanned.findings else FAILED if scanned.unreadable else 0)


def _wanted(labels: tuple[str, ...]) -> frozenset[str]:
    from headgate.privacy.scan import known_labels, usual_labels

    unknown = sorted(set(labels) - set(known_labels()))
    if unknown:
        known = ", ".join(known_labels())
        raise click.UsageError(f"--detect {unknown[0]}: unknown label\nhint: there are {known}")
    return frozenset(labels) or usual_labels()
