import click
import pytest

from headgate.cli import main
from headgate.core.errors import ConfigError, NoTarget, Timeout


@pytest.fixture
def failing(monkeypatch):
    """Makes the command `boom` raise."""

    def install(error: BaseException) -> None:
        @click.command()
        def boom() -> None:
            raise error

        monkeypatch.setitem(main.group.commands, "boom", boom)
        real = main.group.get_command
        monkeypatch.setattr(
            main.group,
            "get_command",
            lambda context, name: boom if name == "boom" else real(context, name),
        )

    return install


def test_every_command_is_a_file_that_is_found(capsys):
    assert main.run(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in ("ask", "check", "engine", "init", "key", "models", "serve"):
        assert f"\n  {name} " in shown
    for name in ("main", "options"):
        assert f"\n  {name} " not in shown


def test_the_version_is_the_package_s(capsys):
    from importlib.metadata import version

    assert main.run(["--version"]) == 0
    assert capsys.readouterr().out == f"headgate {version('headgate')}\n"


def test_a_misspelt_command_gets_a_hint_and_exit_2(capsys):
    assert main.run(["serv"]) == 2
    assert "hint: did you mean `headgate serve`?" in capsys.readouterr().err


def test_an_unknown_option_is_exit_2(capsys):
    assert main.run(["check", "--colour"]) == 2
    assert "No such option" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x is wrong", hint="do y"), 3),
        (NoTarget("x is wrong", reasons={}), 4),
        (Timeout("x is wrong", phase="total"), 4),
    ],
)
def test_our_errors_are_a_sentence_and_their_exit_code(failing, capsys, error, code):
    failing(error)
    assert main.run(["boom"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "x is wrong\n" + ("hint: do y\n" if error.hint else "")


def test_an_interrupt_is_exit_130(failing, capsys):
    failing(KeyboardInterrupt())
    assert main.run(["boom"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_bug_is_one_line_and_how_to_see_more(failing, capsys, monkeypatch):
    monkeypatch.delenv("HEADGATE_DEBUG", raising=False)
    failing(ZeroDivisionError("division by zero"))
    assert main.run(["boom"]) == 1
    assert capsys.readouterr().err == (
        "ZeroDivisionError: division by zero\nhint: this is a bug: `HEADGATE_DEBUG=1` shows where\n"
    )


def test_with_debug_a_bug_shows_where(failing, monkeypatch):
    monkeypatch.setenv("HEADGATE_DEBUG", "1")
    failing(ZeroDivisionError("division by zero"))
    with pytest.raises(ZeroDivisionError):
        main.run(["boom"])


def test_main_exits_with_the_code(failing):
    failing(ConfigError("x is wrong"))
    with pytest.raises(SystemExit) as caught:
        main.main(["boom"])
    assert caught.value.code == 3
