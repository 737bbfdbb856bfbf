from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from headgate.config.values import (
    BaseUrl,
    Name,
    OperatorPath,
    Origin,
    Positive,
    RoutePattern,
    SecretReference,
    Usd,
    config_folder,
    data_folder,
)


def accepts(kind, value):
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "reference", ["${OPENAI_API_KEY}", "file:/run/secrets/key", "keyring:headgate/openai"]
)
def test_a_secret_is_named_by_reference(reference):
    assert TypeAdapter(SecretReference).validate_python(reference) == reference


@pytest.mark.parametrize("literal", ["sk-123", "$KEY", "${KEY}x", "${KEY:-sk-1}", "keyring:x", ""])
def test_a_literal_secret_is_refused_with_the_way_out_and_not_repeated(literal):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(SecretReference).validate_python(literal)
    error = caught.value.errors()[0]
    assert error["msg"] == "a key must not stand in the configuration itself"
    assert "${OPENAI_API_KEY}" in error["ctx"]["hint"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://x.openai.azure.com/", "https://x.openai.azure.com"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ],
)
def test_a_base_url_is_kept_without_its_last_slash(written, kept):
    assert TypeAdapter(BaseUrl).validate_python(written) == kept


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8000",
        "ftp://x/v1",
        "http://",
        "http://x:port/v1",
        "http://user@x/v1",
        "http://user:password@x/v1",
        "http://x/v1?key=1",
        "http://x/v1#a",
        "http://[::1/v1",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    assert not accepts(BaseUrl, url)


def test_a_password_in_a_url_is_not_repeated():
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(BaseUrl).validate_python("http://u:hunter2@x/v1")
    assert "hunter2" not in caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Name, "gpt-4o_mini.eu", "GPT 4"),
        (Name, "a", ""),
        (Name, "a", "a\n"),
        (RoutePattern, "meta-llama/Llama-3*", "a*b"),
        (Positive, "8", True),
        (Positive, 1, 0),
        (Usd, 0.15, -1),
        (Usd, "0.15", False),
        (Origin, "https://app.example:8443", "https://app.example/path"),
        (Origin, "*", "app.example"),
    ],
)
def test_each_kind_of_value_takes_the_good_and_refuses_the_bad(kind, good, bad):
    assert accepts(kind, good)
    assert not accepts(kind, bad)


def test_relative_paths_start_at_the_folder_of_the_configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    adapter = TypeAdapter(OperatorPath)
    context = {"folder": tmp_path}
    assert adapter.validate_python("l.db", context=context) == tmp_path / "l.db"
    assert adapter.validate_python("/l.db", context=context) == Path("/l.db")
    assert adapter.validate_python("~/l.db", context=context) == Path("/home/someone/l.db")


def test_folders_follow_the_xdg_variables_when_they_are_absolute(monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert data_folder() == Path("/data/headgate")
    assert config_folder() == Path("/home/someone/.config/headgate")
