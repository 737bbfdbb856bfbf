"""Anthropic, through its OpenAI compatibility layer.

The layer silently ignores much of OpenAI's API (the table in `docs`); what it ignores is
dropped here, so that the client is told.
"""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="anthropic",
    dialect="openai_chat",
    docs="https://platform.claude.com/docs/en/api/openai-sdk",
    base_url="https://api.anthropic.com/v1",
    paths={"chat": "/chat/completions"},
    # Not part of the layer's documented surface.
    models_path=None,
    key_env=("ANTHROPIC_API_KEY",),
    model_prefixes=("claude-",),
    drop_params=frozenset(
        {
            *("audio", "frequency_penalty", "logit_bias", "logprobs", "metadata", "modalities"),
            *("prediction", "presence_penalty", "reasoning_effort", "response_format", "seed"),
            *("service_tier", "store", "top_logprobs", "user"),
        }
    ),
    lacks=frozenset({"audio", "choices", "file", "json", "json_schema", "logprobs"}),
    catalog_provider="anthropic",
)
