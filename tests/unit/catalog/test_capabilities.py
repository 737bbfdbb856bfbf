"""What models can do: entries pinned against the providers' own pages, and how names are read."""

import pytest
from genai_prices.data_snapshot import get_snapshot

from headgate.catalog import capabilities as module
from headgate.catalog.capabilities import (
    OPEN_WEIGHTS,
    OPERATIONS,
    Capabilities,
    capabilities,
    families,
    find_capabilities,
)

HOSTED = capabilities()


def known(provider: str, model: str) -> Capabilities:
    found = find_capabilities(provider, model)
    assert found is not None, f"{provider} has no {model}"
    return found


@pytest.mark.parametrize(
    ("provider", "model", "context", "output", "lacks"),
    [
        # As the pages of the providers had it when this was written, from memory: a list that
        # says otherwise is looked at by a person first.
        ("openai", "gpt-4o", 128_000, 16_384, {"audio", "reasoning"}),
        ("openai", "gpt-4.1", 1_047_576, 32_768, {"audio", "reasoning"}),
        ("openai", "gpt-5", 400_000, 128_000, {"audio"}),
        ("openai", "o3-mini", 200_000, 100_000, {"audio", "vision"}),
        ("anthropic", "claude-haiku-4-5", 200_000, 64_000, {"audio"}),
        ("cohere", "command-r-08-2024", 128_000, 4_096, {"audio", "reasoning", "vision"}),
        ("google", "gemini-2.5-flash", 1_048_576, 65_536, set()),
        ("groq", "openai/gpt-oss-20b", 131_072, 65_536, {"audio", "vision"}),
        ("aws", "amazon.nova-micro-v1:0", 128_000, 10_000, {"audio", "reasoning", "vision"}),
    ],
)
def test_models_are_what_their_providers_say(provider, model, context, output, lacks):
    found = known(provider, model)
    assert (found.kind, found.context_tokens, found.max_output_tokens) == ("chat", context, output)
    assert set(found.lacks) == lacks
    assert "tools" in found.has


@pytest.mark.parametrize("provider", ["openai", "anthropic", "cohere", "google", "mistral", "groq"])
def test_every_provider_with_a_file_of_its_own_has_entries(provider):
    assert [entry for entry in HOSTED if entry.provider == provider]


def test_what_is_not_listed_is_unknown():
    assert find_capabilities("openai", "no-such-model") is None
    assert find_capabilities("nobody", "gpt-4o") is None
    assert find_capabilities("openai", "") is None


def test_a_name_too_long_for_a_model_is_not_looked_up_or_remembered():
    before = module._find.cache_info().currsize
    assert find_capabilities("openai", "gpt-4o" + "x" * 1000) is None
    assert module._find.cache_info().currsize == before


@pytest.mark.parametrize(
    ("provider", "written", "listed_by", "listed"),
    [
        ("openai", "GPT-4o", "openai", "gpt-4o"),
        ("openai", "gpt-4o-2099-01-01", "openai", "gpt-4o"),
        ("openai", "ft:gpt-4o-2024-08-06:acme::x1", "openai", "gpt-4o-2024-08-06"),
        ("azure", "gpt-4o", "openai", "gpt-4o"),
        ("azure", "gpt-35-turbo", "openai", "gpt-3.5-turbo"),
        ("anthropic", "claude-opus-5-20270101", "anthropic", "claude-opus-5"),
        ("aws", "us.amazon.nova-lite-v1:0", "aws", "amazon.nova-lite-v1:0"),
        (
            "aws",
            "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-lite-v1:0",
            "aws",
            "amazon.nova-lite-v1:0",
        ),
    ],
)
def test_a_name_is_read_as_its_provider_writes_it(provider, written, listed_by, listed):
    assert find_capabilities(provider, written) is known(listed_by, listed)


def test_openrouter_refuses_only_senses_and_tools():
    own, sold = known("openai", "o3-mini"), known("openrouter", "openai/o3-mini:free")
    assert (sold.has, sold.lacks) == (own.has, ("audio", "vision"))
    assert (sold.context_tokens, sold.max_output_tokens) == (None, None)
    assert known("openrouter", "anthropic/claude-haiku-4.5").lacks == ("audio",)
    assert known("openrouter", "openai/gpt-3.5-turbo").lacks == ("audio", "vision")
    assert find_capabilities("openrouter", "somebody/gpt-4o") is None
    assert find_capabilities("openrouter", "gpt-4o") is None


@pytest.mark.parametrize(
    "name",
    [
        *("llama3.2", "llama3.2:3b", "hf.co/bartowski/Meta-Llama-3.1-8B-Instruct-GGUF"),
        *("Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf", "qwen3:8b", "Qwen3-8B", "gemma3:1b"),
        *("gemma-3-1b-it", "models\\phi-4-Q4.gguf", "openai/gpt-oss-20b", "deepseek-r1:7b"),
    ],
)
def test_a_family_of_text_models_is_known_whatever_its_file_is_called(name):
    assert set(known(OPEN_WEIGHTS, name).lacks) >= {"vision", "audio"}


@pytest.mark.parametrize(
    "name",
    [
        *("llama3.2-vision:11b", "Llama-3.2-11B-Vision-Instruct", "qwen3-vl:8b", "qwen2.5vl:7b"),
        *("Qwen2.5-Omni-7B", "phi4-multimodal", "Qwen2-Audio-7B", "deepseek-ocr", "gemma3:4b"),
        *("llava", "llama4", "my-own-model", "qwen3.5:9b", "mistral-small", "demo", ""),
    ],
)
def test_a_relative_with_senses_of_its_own_and_a_stranger_are_unknown(name):
    assert find_capabilities(OPEN_WEIGHTS, name) is None


def test_a_context_is_never_shorter_than_the_price_list_says():
    snapshot = get_snapshot()
    for entry in HOSTED:
        provider = snapshot.find_provider(None, entry.provider, None)
        for name in entry.models:
            listed = provider.find_model(name, all_providers=snapshot.providers)
            if listed is not None and listed.context_window and entry.context_tokens:
                assert entry.context_tokens >= listed.context_window, name


def test_entries_are_lower_case_unique_and_do_not_contradict_themselves():
    names = [(entry.provider, name) for entry in HOSTED for name in entry.models]
    assert len(names) == len(set(names))
    for entry in (*HOSTED, *families()):
        assert entry.models
        assert all(name == name.lower() for name in entry.models)
        assert not set(entry.has) & set(entry.lacks)
        assert entry.context_tokens is None or entry.context_tokens > 0
        assert entry.kind in OPERATIONS
        assert entry.kind == "chat" or not entry.lacks
