"""`headgate batch`: what it takes; tests/end_to_end/test_batch_command.py runs it."""

from click.testing import CliRunner

from headgate.cli.batch import command


def test_the_help_says_how_it_goes_on() -> None:
    done = CliRunner().invoke(command, ["--help"])
    assert done.exit_code == 0
    assert "goes on where it was" in done.output
    assert "--now" in done.output


def test_an_output_is_needed() -> None:
    done = CliRunner().invoke(command, ["in.jsonl"])
    assert done.exit_code == 2
    assert "OUT" in done.output
