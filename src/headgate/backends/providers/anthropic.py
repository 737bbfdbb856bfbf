"""Anthropic.

Its API version of 2026-10-21 refuses `temperature` and the like for every model; the
version asked for here leaves that to the model. A client that says a version gets its own.
"""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="anthropic",
    dialect="anthropic",
    docs="https://platform.claude.com/docs/en/api/messages",
    base_url="https://api.anthropic.com",
    paths={"chat": "/v1/messages", "count_tokens": "/v1/messages/count_tokens"},
    # As many as it lists at once.
    models_path="/v1/models?limit=1000",
    batch_form="anthropic",
    key_env=("ANTHROPIC_API_KEY",),
    auth="x-api-key",
    extra_headers={"anthropic-version": "2023-06-01"},
    model_prefixes=("claude-",),
    lacks=frozenset({"audio", "choices", "json", "logprobs"}),
    catalog_provider="anthropic",
)
