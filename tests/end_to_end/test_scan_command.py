"""`headgate scan` in a shell: pipes, large files, exit codes, and no value in the clear."""

import json
import subprocess
import sys
from pathlib import Path

from support.headgate_server import COMMAND, isolated_environment

SECRET = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"


def scan(
    folder: Path, *arguments: str, given: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "scan", *arguments],
        cwd=folder,
        env=isolated_environment(folder),
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_pipe_is_scanned(tmp_path: Path) -> None:
    ran = scan(tmp_path, "-", given=f"+token: {SECRET}\n")
    assert ran.returncode == 5
    assert "-:1:9\tsecret\tgithub-pat\tghp_… (40 characters)" in ran.stdout
    assert SECRET not in ran.stdout + ran.stderr


def test_a_repository_is_scanned_and_a_clean_one_passes(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(SECRET)
    (tmp_path / "main.py").write_text("print('hello')\n")
    assert scan(tmp_path, ".").returncode == 0
    (tmp_path / "main.py").write_text(f"KEY = '{SECRET}'\n")
    ran = scan(tmp_path, ".", "--sarif", "--detect", "secret")
    assert ran.returncode == 5
    (result,) = json.loads(ran.stdout)["runs"][0]["results"]
    assert result["ruleId"] == "secret/github-pat"
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "main.py"}
    assert location["region"]["startColumn"] == 8


def test_a_large_file_is_read_in_windows(tmp_path: Path) -> None:
    size = 40_000_000
    line = b"nothing to see in this line of plain text, which goes on for a while\n"
    with (tmp_path / "large.log").open("wb") as large:
        large.write(line * (size // len(line)))
        large.write(SECRET.encode())
    # A process of its own in between: a child begins with the memory of who starts it.
    watching = (
        "import resource, subprocess, sys; "
        "done = subprocess.run(sys.argv[1:], stdout=open('found.json', 'wb')); "
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    watched = subprocess.run(
        [sys.executable, "-c", watching, COMMAND, "scan", "large.log", "--json"],
        cwd=tmp_path,
        env=isolated_environment(tmp_path),
        capture_output=True,
        check=True,
    )
    code, used = map(int, watched.stdout.split())
    assert code == 5
    (found,) = json.loads((tmp_path / "found.json").read_text())["findings"]
    assert (found["line"], found["column"]) == (size // len(line) + 1, 1)
    kibibytes = used if sys.platform == "linux" else used // 1024
    assert kibibytes < 150_000


def test_what_is_missing_is_said_in_a_sentence(tmp_path: Path) -> None:
    ran = scan(tmp_path, "none.txt")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "cannot read `none.txt`: no such file or folder\n"
