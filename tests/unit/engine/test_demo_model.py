from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from headgate.core.errors import EngineError
from headgate.engine.demo_model import DESCRIPTION, VERSION, demo_gguf, ensure_demo_model
from headgate.engine.gguf_reader import read_header

DIGEST_OF_VERSION_2 = "8a86073a62de7b1d2f154294e4a7630ff4e7ebe16d0e755bdaa166535eb385f7"


def test_the_file_is_the_same_on_every_machine() -> None:
    digest = sha256(demo_gguf()).hexdigest()
    assert (VERSION, digest) == (2, DIGEST_OF_VERSION_2), (
        "the content changed: raise VERSION, or machines that have the old file keep it"
    )


def test_it_says_what_it_is(tmp_path: Path) -> None:
    header = read_header(ensure_demo_model(tmp_path))
    assert (header.architecture, header.title) == ("llama", "headgate-demo")
    assert (header.context_tokens, header.quantisation, header.chats) == (8192, "F16", True)
    assert "demonstration" in DESCRIPTION
    assert DESCRIPTION.encode() in demo_gguf()


def test_it_is_written_once(tmp_path: Path) -> None:
    path = ensure_demo_model(tmp_path / "not" / "there")
    written_at = path.stat().st_mtime_ns
    assert ensure_demo_model(tmp_path / "not" / "there") == path
    assert path.stat().st_mtime_ns == written_at
    assert list(path.parent.iterdir()) == [path]


def test_several_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        (path,) = set(pool.map(ensure_demo_model, [tmp_path] * 4))
    assert path.read_bytes() == demo_gguf()
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_named_with_the_way_out(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("in the way")
    with pytest.raises(EngineError, match="cannot write the demonstration model") as caught:
        ensure_demo_model(occupied)
    assert "XDG_CACHE_HOME" in (caught.value.hint or "")
