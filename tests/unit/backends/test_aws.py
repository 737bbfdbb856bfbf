"""Signatures are AWS's own, and credentials are found, and renewed, as its tools do it."""

import asyncio
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import RefreshableCredentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headgate.backends.aws import AwsSigner, region_of
from headgate.core.errors import ConfigError
from support.bedrock_shapes import ACCESS_KEY, SECRET_KEY, is_signed

URL = "https://bedrock-runtime.eu-central-1.amazonaws.com/model/a.b%3A0/converse"
NOTHING = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nowhere/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
}


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in NOTHING.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


def signed(url: str = URL, body: bytes = b"{}", **options: Any) -> Mapping[str, str]:
    signer = AwsSigner(region="eu-central-1", **options)
    return asyncio.run(signer.sign(url, body))


@pytest.mark.usefixtures("keys")
@settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(st.sampled_from("ab.:/-_~ %é"), min_size=1, max_size=20), st.binary(max_size=40))
def test_awss_own_signer_agrees_whatever_the_model_is_called(model, body):
    from urllib.parse import quote

    path = f"/model/{quote(model, safe='')}/converse"
    headers = signed(f"http://127.0.0.1:8000{path}", body)
    sent = {**headers, "host": "127.0.0.1:8000", "content-type": "application/json"}
    assert is_signed("POST", path, sent, body)
    assert not is_signed("POST", path, sent, body + b" ")
    assert not is_signed("POST", path + "x", sent, body)


@pytest.mark.usefixtures("keys")
def test_only_what_proves_it_is_added_and_the_secret_is_not() -> None:
    headers = signed()
    assert headers.keys() == {"authorization", "x-amz-date"}
    assert "/eu-central-1/bedrock/aws4_request" in headers["authorization"]
    assert SECRET_KEY not in str(headers)


@pytest.mark.usefixtures("keys")
def test_a_session_shows_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-token")
    assert signed()["x-amz-security-token"] == "a-token"


def test_a_profile_has_its_own_credentials(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "config").write_text("[profile team]\nregion = us-west-2\n")
    credentials = "[team]\naws_access_key_id = AKIDTEAM\naws_secret_access_key = s\n"
    (tmp_path / "credentials").write_text(credentials)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    assert "Credential=AKIDTEAM/" in signed(profile="team")["authorization"]
    assert region_of("team", {}) == "us-west-2"


@pytest.mark.parametrize("profile", [None, "nobody"])
def test_no_credentials_are_said_with_a_way_out(profile: str | None) -> None:
    with pytest.raises(ConfigError, match="no AWS credentials") as missing:
        signed(profile=profile)
    assert missing.value.hint


def test_without_botocore_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("exceptions", "session"):
        monkeypatch.setitem(sys.modules, f"botocore.{name}", None)
    with pytest.raises(ConfigError, match="not installed") as missing:
        signed()
    assert "headgate[bedrock]" in str(missing.value.hint)
    assert region_of(None, {}) is None


def test_the_region_is_found_where_awss_tools_find_it() -> None:
    assert region_of(None, {}) is None
    assert region_of("nobody", {}) is None
    assert region_of(None, {"AWS_DEFAULT_REGION": "eu-west-1"}) == "eu-west-1"
    both = {"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-1"}
    assert region_of(None, both) == "eu-west-3"


def test_credentials_that_run_out_are_renewed_beside_the_loop(monkeypatch: Any) -> None:
    renewed: list[int] = []

    def renew() -> dict[str, str]:
        renewed.append(threading.get_ident())
        ends = datetime.now(UTC) + timedelta(hours=1)
        return {
            "access_key": "AKIDNEW",
            "secret_key": "s",
            "token": "t",
            "expiry_time": ends.isoformat(),
        }

    past = datetime.now(UTC) - timedelta(hours=1)
    old = RefreshableCredentials("AKIDOLD", "s", "t", past, renew, "test")
    monkeypatch.setattr("botocore.session.Session.get_credentials", lambda _: old)
    signer = AwsSigner(region="eu-central-1")

    async def twice() -> list[Mapping[str, str]]:
        return [await signer.sign(URL, b"{}"), await signer.sign(URL, b"{}")]

    for headers in asyncio.run(twice()):
        assert "Credential=AKIDNEW/" in headers["authorization"]
    assert len(renewed) == 1
    assert renewed[0] != threading.get_ident()
