"""`headgate scan`, as a person types it."""

import json
from pathlib import Path
from typing import Any

import pytest

from headgate.cli.main import run

SECRET = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"


def scanned(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["scan", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def note(nobody_s_machine: Path) -> Path:
    """A file with a secret and an address, in the folder one is in."""
    path = nobody_s_machine / "note.md"
    path.write_text(f"hello\ntoken {SECRET}\nto ada@lovelace.org\n")
    return path


def test_findings_are_lines_and_exit_5(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = scanned(capsys, "note.md")
    assert code == 5
    assert out.splitlines() == [
        "where\tlabel\tkind\tvalue",
        "note.md:2:7\tsecret\tgithub-pat\tghp_… (40 characters)",
        "note.md:3:4\temail\t\tada@… (16 characters)",
    ]
    assert err == "2 found in 1 files\n"


@pytest.mark.parametrize("form", [(), ("--json",), ("--sarif",)])
def test_no_form_shows_a_value(
    note: Path, capsys: pytest.CaptureFixture[str], form: tuple[str, ...]
) -> None:
    code, out, err = scanned(capsys, ".", *form)
    assert code == 5
    assert SECRET[5:12] not in out + err
    assert "lovelace" not in out + err


def test_detect_looks_for_nothing_else(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = scanned(capsys, "note.md", "--json", "--detect", "email", "--detect", "iban")
    document: Any = json.loads(out)
    assert code == 5
    assert document["labels"] == ["email", "iban"]
    assert [each["label"] for each in document["findings"]] == ["email"]


def test_a_clean_file_exits_0(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note.write_text("nothing here\n")
    assert scanned(capsys, "note.md") == (0, "", "0 found in 1 files\n")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("none.txt",), 1, "cannot read `none.txt`: no such file or folder"),
        (("note.md", "--detect", "nose"), 2, "--detect nose: unknown label"),
        (("note.md", "--json", "--sarif"), 2, "--json goes with no --sarif"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_is_wrong_is_said(
    note: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    got, out, err = scanned(capsys, *arguments)
    assert (got, out) == (code, "")
    assert said in err
