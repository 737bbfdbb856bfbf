import shlex
from pathlib import Path

import pytest

from headgate.cli.main import run
from headgate.cli.serve import curl_line, found_in_words
from headgate.config.discover import Discovery
from headgate.config.load import Loaded, settings_from
from headgate.config.locate import Document


def test_what_was_found_and_what_was_not_is_told():
    data = {"targets": {"demo": {"backend": "embedded", "model": "demo"}}}
    loaded = Loaded(
        settings=settings_from(data, {}),
        document=Document(),
        discovery=Discovery(data, ["a demonstration model"], ["ollama", "vllm"]),
    )
    assert found_in_words(loaded) == [
        "no configuration, so this is what was found (`headgate init` writes it down):",
        "  + a demonstration model",
        "  - not here: ollama; vllm",
        "model `auto`: demo",
    ]


def test_a_configuration_is_named():
    settings = settings_from({"targets": {"box": {"backend": "vllm"}}}, {})
    loaded = Loaded(settings=settings, document=Document(), path=Path("headgate.yaml"))
    assert found_in_words(loaded) == ["configuration: headgate.yaml"]


@pytest.mark.parametrize(
    ("url", "reachable"),
    [
        ("http://127.0.0.1:8400", "http://127.0.0.1:8400"),
        ("http://0.0.0.0:8400", "http://127.0.0.1:8400"),
        ("http://[::]:8400", "http://[::1]:8400"),
    ],
)
def test_the_curl_line_is_one_command_for_an_address_that_answers(url, reachable):
    words = shlex.split(curl_line(url, has_keys=False))
    assert words[:2] == ["curl", f"{reachable}/v1/chat/completions"]
    assert '"model": "auto"' in words[-1]
    assert "authorization" not in " ".join(words)


def test_with_keys_the_curl_line_takes_one_from_the_shell():
    assert '-H "authorization: Bearer $KEY"' in curl_line("http://127.0.0.1:1", has_keys=True)


def test_an_address_open_to_all_is_refused_and_blamed_on_the_flag(capsys):
    Path("headgate.yaml").write_text("targets:\n  box: {backend: vllm}\n")
    assert run(["serve", "--host", "0.0.0.0"]) == 3
    assert capsys.readouterr().err.startswith("--host: server.host: without `keys`")


def test_an_address_from_a_variable_is_blamed_on_the_variable(capsys, monkeypatch):
    Path("headgate.yaml").write_text("targets:\n  box: {backend: vllm}\n")
    monkeypatch.setenv("HEADGATE_HOST", "0.0.0.0")
    assert run(["serve"]) == 3
    assert capsys.readouterr().err.startswith("$HEADGATE_HOST: server.host: without `keys`")
