import json
from pathlib import Path

import pytest

from headgate.core.errors import EngineError
from headgate.core.plugins import load
from headgate.engine.engine import Engine, EngineSettings, Job
from headgate.engine.gguf_writer import MetadataValue, gguf_bytes
from headgate.engine.probe import threads_available

LLAMA_CPP: Engine = load("headgate.engine.engines", "llama_cpp", "ENGINE")


def greeting(
    tmp_path: Path, settings: EngineSettings, **metadata: MetadataValue
) -> dict[str, object]:
    path = tmp_path / "model.gguf"
    named = {key.replace("__", "."): value for key, value in metadata.items()}
    path.write_bytes(gguf_bytes({"general.architecture": "llama", **named}, []))
    launch = LLAMA_CPP.launch(
        Job(
            path=path,
            alias="small",
            settings=settings,
            socket=Path("/run/engine.sock"),
            api_key="key",
            library=Path("/lib/engine"),
        )
    )
    said: dict[str, object] = json.loads(launch.greeting)
    return said


def test_a_worker_is_told_everything(tmp_path: Path) -> None:
    settings = EngineSettings(
        context_tokens=1000, slots=3, threads=5, prompt_cache_mib=7, gpu_layers=9
    )
    assert greeting(tmp_path, settings) == {
        "library": "/lib/engine",
        "model": str(tmp_path / "model.gguf"),
        "alias": "small",
        "socket": "/run/engine.sock",
        "api_key": "key",
        "context_tokens": 1000,
        "slots": 3,
        "threads": 5,
        "batch_tokens": 512,
        "pooling": "mean",
        "prompt_cache_mib": 7,
        "gpu_layers": 9,
    }


@pytest.mark.parametrize(("trained_for", "expected"), [(2048, 2048), (131072, 8192)])
def test_without_a_setting_the_context_is_the_models_own_up_to_a_limit(
    tmp_path: Path, trained_for: int, expected: int
) -> None:
    said = greeting(tmp_path, EngineSettings(), llama__context_length=trained_for)
    assert said["context_tokens"] == expected
    assert said["threads"] == threads_available()


def test_a_large_vocabulary_is_read_in_small_batches(tmp_path: Path) -> None:
    small: list[str] = [str(number) for number in range(32_768)]
    said = greeting(tmp_path, EngineSettings(), tokenizer__ggml__tokens=small)
    assert said["batch_tokens"] == 2048
    said = greeting(tmp_path, EngineSettings(), tokenizer__ggml__tokens=small * 8)
    assert said["batch_tokens"] == 512


def test_an_embedding_model_pools_its_own_way_and_takes_a_whole_context(tmp_path: Path) -> None:
    said = greeting(tmp_path, EngineSettings(context_tokens=4000), llama__pooling_type=2)
    assert (said["pooling"], said["batch_tokens"]) == ("model", 4000)


def test_a_file_that_is_no_model_never_reaches_the_engine(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="there is no model file"):
        LLAMA_CPP.launch(
            Job(
                path=tmp_path / "nowhere.gguf",
                alias="",
                settings=EngineSettings(),
                socket=tmp_path,
                api_key="",
                library=tmp_path,
            )
        )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "ImportError: libgomp.so.1: cannot open shared object file: No such file or directory",
            "cannot be run: the engine needs the system library `libgomp1`",
        ),
        (
            "ImportError: libstdc++.so.6: cannot open shared object file: No such file",
            "cannot be run: the engine needs the system library `libstdc++.so.6`",
        ),
        (
            "ModuleNotFoundError: No module named 'xllamacpp'",
            "cannot be run: the engine is not installed properly: No module named 'xllamacpp'",
        ),
        (
            "0.00.003 E gguf_init_from_file: failed to open GGUF file 'x' (Permission denied)",
            "cannot be opened: Permission denied",
        ),
        ("0.01 E gguf_init_from_reader: failed to read magic", "is not a GGUF file"),
        (
            "E load: error loading model: tensor 'a' data is not within the file bounds",
            "is incomplete or damaged",
        ),
        (
            "E llama_model_load: error loading model: unknown model architecture: 'novel'",
            "has the architecture `novel`, which this version of the engine does not know",
        ),
        (
            "E ggml_aligned_malloc: insufficient memory (attempted to allocate 43945.31 MB)",
            "does not fit into memory",
        ),
        (
            "E llama_model_load: error loading model: missing tensor 'output.weight'",
            "was refused by the engine: missing tensor 'output.weight'",
        ),
        (
            "/src/ggml.c:123: GGML_ASSERT(n > 0) failed",
            "met a bug in the engine: GGML_ASSERT(n > 0) failed",
        ),
    ],
)
def test_the_engines_words_become_a_sentence(line: str, sentence: str) -> None:
    cause = LLAMA_CPP.explain(["0.00 I loading", line, "E srv init: exiting due to an error"])
    assert cause is not None
    assert cause.sentence == sentence


def test_words_that_name_no_cause_are_not_passed_off_as_one() -> None:
    assert LLAMA_CPP.explain(["srv operator(): got exception: {'prompt': 'secret'}"]) is None
