"""The command `headgate`: finds the commands, and turns errors into sentences and exit codes.

A command is a file in this folder that exports `command`; it is imported when it is asked
for, and imports what it needs when it runs, so that `headgate --help` stays fast.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import click
from typing_extensions import override

from headgate.core.errors import HeadgateError

INTERRUPTED = 130
DEBUG = "HEADGATE_DEBUG"


class Commands(click.Group):
    """The files beside this one."""

    @override
    def list_commands(self, context: click.Context) -> list[str]:
        """Names of all commands."""
        package = import_module("headgate.cli")
        names = sorted(module.name for module in iter_modules(package.__path__))
        return [name for name in names if self.get_command(context, name) is not None]

    @override
    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """One command."""
        try:
            module = import_module(f"headgate.cli.{name}")
        except ModuleNotFoundError as error:
            if error.name == f"headgate.cli.{name}":
                return None
            raise
        command: click.Command | None = getattr(module, "command", None)
        return command

    @override
    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """One command, or a hint at the one that was meant."""
        try:
            return super().resolve_command(context, arguments)
        except click.UsageError as error:
            from difflib import get_close_matches

            close = get_close_matches(arguments[0], self.list_commands(context), n=1)
            if close:
                hint = f"\nhint: did you mean `headgate {close[0]}`?"
                raise click.UsageError(error.message + hint, context) from None
            raise


def _show_version(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    if is_asked and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"headgate {version('headgate')}")
        context.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='Completion: eval "$(_HEADGATE_COMPLETE=bash_source headgate)", or zsh_source.',
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def group() -> None:
    """Cloud API or own hardware: an LLM gateway with an engine of its own, and a planner.

    \b
    headgate plan              what a workload costs on APIs and on own hardware
    headgate serve             answer OpenAI clients with what this machine has
    headgate init              write what was found as headgate.yaml
    headgate check             validate headgate.yaml
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code.

    0 fine · 1 failed · 2 usage · 3 configuration · 4 upstream · 5 findings · 130 interrupted
    """
    try:
        result: Any = group.main(arguments, prog_name="headgate", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except HeadgateError as error:
        return _failed(error.message, error.hint, error.exit_code)
    except BrokenPipeError:
        # The reader (`… | head`) has enough; keep Python from failing again as it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        hint = f"this is a bug: `{DEBUG}=1` shows where"
        return _failed(f"{type(error).__name__}: {error}", hint, 1)
    return result if isinstance(result, int) else 0


def _failed(message: str, hint: str | None, code: int) -> int:
    click.echo(message, err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)
    return code
