"""The trust boundary: what counts as local."""

import pytest

from headgate.runtime.trust import is_local_target


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        (None, True),
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://localhost:8000/v1", True),
        ("http://10.1.2.3:8000/v1", True),
        ("http://192.168.1.9/v1", True),
        ("http://8.8.8.8/v1", False),
        ("https://vllm.example.com/v1", False),
        ("http://localhost.example.com/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
    ],
)
def test_a_local_kind_of_backend_counts_only_at_an_address_that_cannot_be_elsewhere(
    base_url: str | None, expected: bool
) -> None:
    local = is_local_target(declared=None, provider_is_local=True, base_url=base_url, model="m")
    assert local is expected


def test_a_cloud_provider_is_not_local_even_at_a_loopback_address() -> None:
    assert not is_local_target(
        declared=None, provider_is_local=False, base_url="http://127.0.0.1:1/v1", model=None
    )


@pytest.mark.parametrize("model", ["gpt-oss:120b-cloud", "qwen3:cloud"])
def test_ollama_models_that_run_at_its_vendor_are_not_local(model: str) -> None:
    assert not is_local_target(declared=None, provider_is_local=True, base_url=None, model=model)


@pytest.mark.parametrize("declared", [True, False])
def test_the_operators_word_counts_first(declared: bool) -> None:
    for provider_is_local in (True, False):
        assert (
            is_local_target(
                declared=declared,
                provider_is_local=provider_is_local,
                base_url="https://vllm.example.com/v1",
                model="m",
            )
            is declared
        )
