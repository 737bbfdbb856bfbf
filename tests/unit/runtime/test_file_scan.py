"""Which files are read, in which pieces, and where a finding stands."""

import io
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import HeadgateError
from headgate.runtime.file_scan import Located, masked, scan_paths, scan_text

SECRET = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
MAIL = "ada@lovelace.org"
WANTED = frozenset({"secret", "email"})


def places(found: list[Located]) -> list[tuple[str, int, int, str]]:
    return [(each.path, each.line, each.column, each.label) for each in found]


def test_a_folder_is_read_in_order_without_what_is_not_the_user_s(tmp_path: Path) -> None:
    for name in ("b.txt", "a/deep.txt", ".git/config", "node_modules/x.js"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"first\n key {SECRET}\n")
    (tmp_path / "picture.bin").write_bytes(b"\x89PNG\0" + SECRET.encode())
    (tmp_path / "link.txt").symlink_to(tmp_path / "b.txt")
    scanned = scan_paths([tmp_path], WANTED)
    assert places(list(scanned.findings)) == [
        (str(tmp_path / "b.txt"), 2, 6, "secret"),
        (str(tmp_path / "a/deep.txt"), 2, 6, "secret"),
    ]
    assert (scanned.files, scanned.binary_files, scanned.unreadable) == (2, 1, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(f"Grüße, 電話\nan {MAIL}".encode(encoding))
    (found,) = scan_paths([path], WANTED).findings
    assert (found.line, found.column, found.end_column) == (2, 4, 4 + len(MAIL))


def test_what_cannot_be_decoded_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(b"\xff\xfe\xfa"[2:] + b"\xe9 " + MAIL.encode() + b" \xff")
    assert [each.label for each in scan_paths([path], WANTED).findings] == ["email"]


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    standard = io.TextIOWrapper(io.BytesIO(f"mail {MAIL}".encode()))
    monkeypatch.setattr(sys, "stdin", standard)
    assert places(list(scan_paths([Path("-")], WANTED).findings)) == [("-", 1, 6, "email")]


def test_a_missing_file_is_an_error_and_an_unreadable_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(HeadgateError, match="no such file"):
        scan_paths([tmp_path / "none"], WANTED)
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    closed = tmp_path / "closed.txt"
    closed.write_text(MAIL)
    closed.chmod(0)
    assert [each.path for each in scan_paths([tmp_path], WANTED).unreadable] == [str(closed)]


pieces = st.lists(
    st.sampled_from(["x", "word ", "\n", "é", "電話 ", f" {SECRET} ", f" {MAIL}\n", "\r\n"]),
    max_size=30,
)


@given(pieces, st.integers(1, 50))
def test_windows_find_what_the_whole_text_holds(parts: list[str], step: int) -> None:
    text = "".join(parts)
    chunks = [text[at : at + step] for at in range(0, len(text), step)]
    whole = list(scan_text("t", [text], WANTED))
    windowed = list(scan_text("t", chunks, WANTED, window=300, shared=200))
    assert windowed == whole
    lines = text.split("\n")
    for each in whole:
        value = lines[each.line - 1][each.column - 1 : each.end_column - 1]
        assert value in {SECRET, MAIL}


def test_a_secret_across_the_edge_of_a_window_is_found_once() -> None:
    for filler in range(150, 320):
        text = "a " * (filler // 2) + SECRET + " b" * 400
        assert len(list(scan_text("t", [text], WANTED, window=300, shared=200))) == 1


@given(st.text(min_size=1))
def test_a_value_is_never_shown_in_full(value: str) -> None:
    shown = masked(value).partition("…")[0]
    assert len(shown) <= 4
    assert len(shown) * 4 <= len(value)
