from pathlib import Path

import pytest

from headgate.core.errors import EngineError
from headgate.engine.gguf_writer import gguf_bytes
from headgate.engine.weights import find_weights, resolve_weights, weights_at

CONTENT = gguf_bytes({"general.architecture": "llama", "llama.context_length": 2048}, [])


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT)


def test_models_are_found_in_folders_too_and_sorted(tmp_path: Path) -> None:
    put(tmp_path, "b.gguf", "a.gguf", "someone/tiny/c.gguf", "notes.txt")
    found = find_weights(tmp_path)
    assert [file.name for file in found] == ["a.gguf", "b.gguf", "someone/tiny/c.gguf"]
    assert [file.stem for file in found] == ["a", "b", "c"]
    assert found[0].size_bytes == len(CONTENT)
    assert found[0].header is not None
    assert found[0].header.context_tokens == 2048


def test_one_file_is_described_wherever_it_is(tmp_path: Path) -> None:
    put(tmp_path, "x/big-00001-of-00002.gguf", "x/big-00002-of-00002.gguf")
    found = weights_at(tmp_path / "x" / "big-00001-of-00002.gguf")
    assert (found.stem, found.size_bytes) == ("big", 2 * len(CONTENT))
    assert found.header is not None
    assert weights_at(tmp_path / "none.gguf").problem is not None


def test_projectors_hidden_files_and_later_parts_are_no_models(tmp_path: Path) -> None:
    put(tmp_path, "mmproj-a.gguf", "a-mmproj-f16.gguf", ".half.gguf", ".cache/b.gguf")
    put(tmp_path, "big-00001-of-00002.gguf", "big-00002-of-00002.gguf")
    (found,) = find_weights(tmp_path)
    assert (found.stem, found.size_bytes, found.problem) == ("big", 2 * len(CONTENT), None)


def test_a_model_with_a_part_missing_is_listed_with_its_problem(tmp_path: Path) -> None:
    put(tmp_path, "big-00001-of-00003.gguf", "big-00002-of-00003.gguf")
    (found,) = find_weights(tmp_path)
    assert found.header is None
    assert found.problem == "`big-00001-of-00003.gguf` is incomplete: 2 of 3 parts"


def test_a_damaged_file_is_listed_with_its_problem(tmp_path: Path) -> None:
    (tmp_path / "page.gguf").write_text("<html>")
    (found,) = find_weights(tmp_path)
    assert (found.header, found.problem) == (None, "`page.gguf` is not a GGUF file")


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert find_weights(tmp_path / "nowhere") == []


@pytest.mark.parametrize("model", ["small.gguf", "small"])
def test_a_file_is_meant_by_its_name_or_its_stem(tmp_path: Path, model: str) -> None:
    put(tmp_path, "small.gguf", "large.gguf")
    assert resolve_weights(model, tmp_path) == tmp_path / "small.gguf"


@pytest.mark.parametrize("model", ["someone/c.gguf", "c.gguf", "c"])
def test_a_file_in_a_folder_is_meant_by_any_of_its_names(tmp_path: Path, model: str) -> None:
    put(tmp_path, "someone/c.gguf")
    assert resolve_weights(model, tmp_path) == tmp_path / "someone/c.gguf"


def test_a_model_in_parts_is_meant_by_what_they_share(tmp_path: Path) -> None:
    put(tmp_path, "big-00001-of-00002.gguf", "big-00002-of-00002.gguf")
    assert resolve_weights("big", tmp_path) == tmp_path / "big-00001-of-00002.gguf"


def test_a_path_may_lead_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "elsewhere/m.gguf")
    path = tmp_path / "elsewhere/m.gguf"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert resolve_weights(str(path), tmp_path / "models") == path
    assert resolve_weights("~/elsewhere/m.gguf", tmp_path / "models") == path


def test_an_unknown_name_says_what_there_is(tmp_path: Path) -> None:
    put(tmp_path, "a.gguf", "b.gguf")
    with pytest.raises(EngineError, match="there is no model file `c` in") as caught:
        resolve_weights("c", tmp_path)
    assert caught.value.hint == "there is `a.gguf`, `b.gguf`, and `demo`"


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        resolve_weights("c", tmp_path)
    assert caught.value.hint == "put one there, or use `demo`"


def test_a_name_that_two_files_share_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "one/m.gguf", "two/m.gguf")
    with pytest.raises(EngineError, match=r"more than one .*`one/m\.gguf`, `two/m\.gguf`"):
        resolve_weights("m", tmp_path)


def test_the_demonstration_model_is_written_when_it_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = resolve_weights("demo", tmp_path)
    assert path.parent == tmp_path / "cache/headgate"
    (found,) = find_weights(path.parent)
    assert found.header is not None
    assert found.header.title == "headgate-demo"
