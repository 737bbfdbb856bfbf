"""Cohere, through its OpenAI compatibility API."""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="cohere",
    dialect="openai_chat",
    docs="https://docs.cohere.com/docs/compatibility-api",
    base_url="https://api.cohere.ai/compatibility/v1",
    paths={"chat": "/chat/completions", "embedding": "/embeddings"},
    # Not part of the layer's documented surface.
    models_path=None,
    key_env=("COHERE_API_KEY", "CO_API_KEY"),
    model_prefixes=("command-", "c4ai-", "embed-v4", "embed-english-", "embed-multilingual-"),
    # `dimensions` stays: vectors of another length than asked for would be worse than an error.
    drop_params=frozenset(
        {
            *("audio", "logit_bias", "metadata", "modalities", "parallel_tool_calls"),
            *("prediction", "service_tier", "store", "stream_options", "top_logprobs", "user"),
        }
    ),
    rename_params={"max_completion_tokens": "max_tokens"},
    lacks=frozenset({"audio", "choices", "file", "json_schema", "logprobs"}),
    reports_stream_usage=False,
    catalog_provider="cohere",
)
