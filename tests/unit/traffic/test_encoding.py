"""Where a file stops being UTF-8."""

import gzip
from pathlib import Path

import pytest

from headgate.traffic.bad_file import BadUsageFile
from headgate.traffic.encoding import check_head, find_invalid, is_zstd, open_unpacked


def test_utf_8_has_nothing_to_find(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("é\n漢\n")
    assert find_invalid(path, "x") is None


def test_the_line_is_found_inside_of_a_packed_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(gzip.compress("a\ncafé\n".encode("latin-1")))
    assert (
        str(find_invalid(path, "x")) == "`x`, line 2: not UTF-8 but probably ISO-8859-1 (byte E9)"
    )


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE")],
)
def test_utf_16_is_seen_with_and_without_its_mark(encoding: str, expected: str) -> None:
    with pytest.raises(BadUsageFile, match=rf"probably {expected} \("):
        check_head("input_tokens".encode(encoding), "x")


def test_text_passes() -> None:
    check_head("input_tokens,é".encode(), "x")


def test_packing_is_seen_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\x28\xb5\x2f\xfd...")
    assert is_zstd(path)
    path.write_bytes(gzip.compress(b"text"))
    assert not is_zstd(path)
    with open_unpacked(path) as file:
        assert file.read() == b"text"
