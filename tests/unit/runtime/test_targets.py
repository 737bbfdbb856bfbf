"""Targets from their settings: keys, places, prices."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from headgate.backends.aws import AwsSigner
from headgate.backends.client import HttpClient
from headgate.config.schema import TargetSettings
from headgate.core.errors import ConfigError
from headgate.engine.engine import LocalModel
from headgate.gateway.target import Target
from headgate.runtime.targets import TargetBuilder

OPENAI: dict[str, Any] = {"backend": "openai", "model": "gpt-4o"}
OWN: dict[str, Any] = {"backend": "vllm", "base_url": "http://127.0.0.1:8000/v1", "model": "m"}
OPENED: list[str] = []


def open_model(model: str) -> LocalModel:
    OPENED.append(model)
    return cast(LocalModel, SimpleNamespace(path=Path("/nowhere/demo.gguf")))


def built(
    settings: Mapping[str, Any], environ: Mapping[str, str] | None = None, *, is_used: bool = True
) -> Target:
    builder = TargetBuilder(
        client=HttpClient(),
        open_model=open_model,
        environ=environ or {},
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return builder.build("box", TargetSettings.model_validate(settings), is_used=is_used)


def test_the_usual_variable_holds_the_key() -> None:
    assert built(OPENAI, {"OPENAI_API_KEY": "sk-1"}).upstream.key == "sk-1"


def test_a_reference_comes_before_the_usual_variable() -> None:
    environ = {"OPENAI_API_KEY": "sk-1", "OTHER": "sk-2"}
    assert built({**OPENAI, "api_key": "${OTHER}"}, environ).upstream.key == "sk-2"


def test_a_reference_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-3\n")
    assert built({**OPENAI, "api_key": f"file:{tmp_path / 'key'}"}).upstream.key == "sk-3"


def test_the_line_break_that_ends_a_key_file_does_not_reach_the_header() -> None:
    assert built(OPENAI, {"OPENAI_API_KEY": " sk-1\r\n"}).upstream.key == "sk-1"


@pytest.mark.parametrize("environ", [{}, {"OPENAI_API_KEY": ""}, {"OPENAI_API_KEY": " \n"}])
def test_a_missing_key_is_said_with_the_variable_to_set(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"^targets\.box: `openai` needs a key") as missing:
        built(OPENAI, environ)
    assert "OPENAI_API_KEY" in (missing.value.hint or "")


def test_a_reference_to_nothing_is_said_with_its_target_and_not_made_up_for() -> None:
    with pytest.raises(ConfigError, match=r"^targets\.box: .*`OTHER` is not set"):
        built({**OPENAI, "api_key": "${OTHER}"}, {"OPENAI_API_KEY": "sk-1"})


def test_a_key_of_two_lines_is_refused_without_being_shown() -> None:
    with pytest.raises(ConfigError) as refusal:
        built(OPENAI, {"OPENAI_API_KEY": "sk-1\nx-evil: 1"})
    assert "sk-1" not in f"{refusal.value} {refusal.value.hint}"


@pytest.mark.parametrize("settings", [OPENAI, {**OPENAI, "api_key": "${OTHER}"}])
def test_a_target_of_another_environment_may_lack_its_key(settings: dict[str, Any]) -> None:
    assert built(settings, is_used=False).upstream.key is None


@pytest.mark.parametrize("settings", [OWN, {**OPENAI, "auth": "none"}])
def test_where_no_key_is_sent_none_is_missing(settings: dict[str, Any]) -> None:
    assert built(settings).upstream.key is None


def test_a_key_is_in_no_representation() -> None:
    target = built(OPENAI, {"OPENAI_API_KEY": "sk-1"})
    assert "sk-1" not in f"{target!r} {target.upstream!r}"


BEDROCK: dict[str, Any] = {"backend": "bedrock", "model": "anthropic.claude-3-haiku-20240307-v1:0"}
BEARER = {"AWS_BEARER_TOKEN_BEDROCK": "key-1"}


def test_bedrock_is_at_an_address_of_its_region_and_signed_for() -> None:
    upstream = built({**BEDROCK, "aws_region": "eu-central-1"}).upstream
    assert upstream.base_url == "https://bedrock-runtime.eu-central-1.amazonaws.com"
    assert isinstance(upstream.signer, AwsSigner)
    elsewhere = built({**BEDROCK, "base_url": "https://vpc.test"}, {"AWS_REGION": "eu-west-1"})
    assert elsewhere.upstream.base_url == "https://vpc.test"
    assert elsewhere.upstream.signer is not None


def test_with_a_key_nothing_is_signed() -> None:
    upstream = built(BEDROCK, {**BEARER, "AWS_REGION": "us-east-1"}).upstream
    assert (upstream.key, upstream.signer) == ("key-1", None)
    open_proxy = {**BEDROCK, "base_url": "https://proxy.test", "auth": "none"}
    assert built(open_proxy).upstream.signer is None
    assert built({**BEDROCK, "base_url": "https://proxy.test"}, BEARER).upstream.signer is None


@pytest.mark.parametrize(
    ("settings", "environ"),
    [(BEDROCK, {}), (BEDROCK, BEARER), ({**BEDROCK, "base_url": "https://vpc.test"}, {})],
)
def test_a_missing_region_is_said_with_the_way_out(settings: Any, environ: Any) -> None:
    with pytest.raises(ConfigError, match=r"^targets\.box: `bedrock` needs a region") as missing:
        built({**settings, "aws_profile": "nobody-at-all"}, environ)
    assert "aws_region" in (missing.value.hint or "")
    assert built(settings, environ, is_used=False).upstream.signer is None


def test_a_cloud_target_has_the_price_of_the_list() -> None:
    target = built(OPENAI, {"OPENAI_API_KEY": "sk-1"})
    assert target.pricing.catalog_provider == "openai"
    assert (target.usd_per_input_mtok, target.usd_per_output_mtok) == (2.5, 10.0)


def test_a_price_that_is_not_known_is_unknown_and_not_free() -> None:
    target = built({**OPENAI, "model": "no-such-model"}, {"OPENAI_API_KEY": "sk-1"})
    assert (target.usd_per_input_mtok, target.usd_per_output_mtok) == (None, None)
    assert built(OWN).usd_per_input_mtok is None


def test_a_price_of_the_operators_stands_in_for_the_list() -> None:
    price = {
        "input_usd_per_mtok": "0.1",
        "output_usd_per_mtok": "0.4",
        "cache_read_usd_per_mtok": "0.01",
    }
    target = built({**OPENAI, "price": price}, {"OPENAI_API_KEY": "sk-1"})
    assert (target.usd_per_input_mtok, target.usd_per_output_mtok) == (0.1, 0.4)
    assert target.pricing.usd_per_cache_read_mtok == Decimal("0.01")
    assert target.pricing.usd_per_cache_write_mtok is None
    assert target.pricing.catalog_provider is None


def test_an_own_machine_costs_its_busy_hours() -> None:
    cost = {
        "watts": 400,
        "usd_per_kwh": "0.30",
        "hardware_usd": 4380,
        "life_years": 3,
        "busy_hours_per_day": 8,
    }
    target = built({**OWN, "cost": cost})
    assert target.pricing.usd_per_busy_hour == Decimal("0.62")
    assert target.usd_per_input_mtok is None


def test_a_region_is_the_operators_word() -> None:
    assert built({**OWN, "region": "de"}).region == "de"
    assert built(OWN).region is None


@pytest.mark.parametrize(
    ("settings", "is_local"),
    [
        (OWN, True),
        ({**OWN, "base_url": "https://vllm.example/v1"}, False),
        ({**OWN, "local": False}, False),
        ({"backend": "openai_compatible", "base_url": "http://127.0.0.1:1/v1"}, False),
        ({"backend": "embedded"}, True),
        ({"backend": "ollama", "model": "gpt-oss:120b-cloud"}, False),
    ],
)
def test_where_it_runs_is_known_before_anything_is_sent(
    settings: dict[str, Any], is_local: bool
) -> None:
    assert built(settings).is_local is is_local


def test_an_embedded_target_without_a_model_serves_the_demonstration_model() -> None:
    OPENED.clear()
    target = built({"backend": "embedded"})
    assert target.model == "demo"
    assert OPENED == ["demo"]
    assert target.engine is not None


def test_what_a_target_lacks_adds_to_what_its_provider_does() -> None:
    target = built({"backend": "embedded", "lacks": ["tools"]})
    assert target.lacks >= {"tools", "vision"}
    assert built(OWN).context_tokens is None


def test_what_a_target_has_goes_before_what_its_provider_lacks() -> None:
    target = built({"backend": "embedded", "has": ["vision"], "lacks": ["tools"]})
    assert "vision" not in target.lacks
    assert target.lacks >= {"tools", "audio"}
    assert target.has == {"vision"}


def test_the_rest_of_the_settings_reaches_the_target() -> None:
    target = built(
        {
            **OWN,
            "retries": 4,
            "capacity": {"max_concurrency": 2},
            "context_tokens": 4096,
            "max_output_tokens": 1024,
            "timeouts": {"stall_s": 3},
            "options": {"num_ctx": 8},
        }
    )
    assert (target.retries, target.max_concurrency, target.context_tokens) == (4, 2, 4096)
    assert target.max_output_tokens == 1024
    assert target.timeouts.stall_s == 3
    assert target.options == {"num_ctx": 8}
