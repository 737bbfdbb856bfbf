import sys
from types import SimpleNamespace

import pytest

from headgate.config.secrets import resolve
from headgate.core.errors import ConfigError


def test_a_variable_gives_its_value():
    assert resolve("${KEY}", {"KEY": " sk-1 "}) == "sk-1"


def test_a_file_gives_its_text_without_the_line_break(tmp_path):
    (tmp_path / "key").write_text("sk-2\n")
    assert resolve(f"file:{tmp_path}/key") == "sk-2"


@pytest.mark.parametrize("environ", [{}, {"KEY": ""}, {"KEY": "  "}])
def test_a_variable_without_a_value_is_refused_by_name(environ):
    with pytest.raises(ConfigError, match="`KEY` is not set"):
        resolve("${KEY}", environ)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot read .*nothing.*No such file"):
        resolve(f"file:{tmp_path}/nothing")


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "key").write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        resolve(f"file:{tmp_path}/key")


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="it is not text"):
        resolve(f"file:{tmp_path}/key")


def test_a_secret_that_would_break_out_of_its_header_is_refused_and_not_repeated():
    with pytest.raises(ConfigError, match="more than one line") as caught:
        resolve("${KEY}", {"KEY": "sk-secret\r\nx-admin: 1"})
    assert "sk-secret" not in str(caught.value)


def test_without_the_keyring_package_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError) as caught:
        resolve("keyring:headgate/openai")
    assert caught.value.hint == "pip install keyring"


@pytest.fixture
def keyring(monkeypatch):
    """The part of the `keyring` package we use; it is not among our dependencies."""
    stored = {("headgate", "me/openai"): "sk-3"}
    errors = SimpleNamespace(KeyringError=RuntimeError)
    fake = SimpleNamespace(get_password=lambda *name: stored.get(name), errors=errors)
    monkeypatch.setitem(sys.modules, "keyring", fake)


@pytest.mark.usefixtures("keyring")
def test_a_keyring_gives_the_password_of_service_and_user():
    assert resolve("keyring:headgate/me/openai") == "sk-3"


@pytest.mark.usefixtures("keyring")
def test_a_keyring_without_the_entry_says_how_to_add_it():
    with pytest.raises(ConfigError) as caught:
        resolve("keyring:headgate/other")
    assert caught.value.hint == "keyring set headgate other"
