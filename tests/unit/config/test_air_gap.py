import pytest

from headgate.config.load import settings_from
from headgate.core.errors import ConfigError

LAPTOP = {"backend": "embedded", "model": "demo"}
GPT = {"backend": "openai", "model": "gpt-4o"}


def read(target: dict, **more):
    return settings_from({"air_gapped": True, "targets": {"laptop": LAPTOP, "x": target}, **more})


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (GPT, "`api.openai.com` is neither `localhost` nor a private address"),
        ({"backend": "bedrock", "model": "m", "aws_region": "eu-west-1"}, ""),
        ({"backend": "vllm", "base_url": "http://box.lan:8000", "model": "m"}, "`box.lan` is"),
        ({"backend": "vllm", "base_url": "http://8.8.8.8", "local": True, "model": "m"}, "`8.8.8."),
        ({"backend": "vllm", "base_url": "http://127.0.0.1", "local": False, "model": "m"}, "it s"),
        ({"backend": "ollama", "model": "gpt-oss:120b-cloud"}, "runs at its vendor"),
    ],
)
def test_a_target_that_is_not_local_is_not_loaded(target: dict, reason: str):
    with pytest.raises(ConfigError, match="is not loaded in an air-gapped Headgate") as caught:
        read(target)
    assert reason in str(caught.value)


def test_local_ones_are():
    assert read({"backend": "vllm", "base_url": "http://10.0.0.5:8000", "model": "m"}).air_gapped
    assert read({"backend": "ollama", "model": "llama3.2"}).air_gapped


def test_what_is_not_in_force_may_stand_there():
    environments = {"inside": ["laptop"], "outside": ["x"]}
    assert read(GPT, environment="inside", environments=environments).air_gapped
    with pytest.raises(ConfigError):
        read(GPT, environment="outside", environments=environments)


def test_no_pictures_are_fetched():
    with pytest.raises(ConfigError, match="fetches no pictures"):
        read(LAPTOP, server={"image_hosts": ["example.com"]})


def test_otherwise_everything_is_loaded():
    assert not settings_from({"targets": {"x": GPT}}).air_gapped
