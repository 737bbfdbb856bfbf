"""DeepSeek: its own models, which think unless told not to.

What it has no field for it passes over. A JSON schema is none of its response formats.
"""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="deepseek",
    dialect="openai_chat",
    docs="https://api-docs.deepseek.com/api/create-chat-completion",
    base_url="https://api.deepseek.com",
    paths={"chat": "/chat/completions"},
    key_env=("DEEPSEEK_API_KEY",),
    regions=("cn",),
    model_prefixes=("deepseek-",),
    drop_params=frozenset(
        {
            *("audio", "logit_bias", "metadata", "modalities", "parallel_tool_calls"),
            *("prediction", "prompt_cache_key", "prompt_cache_retention", "safety_identifier"),
            # Its `user_id` takes fewer characters than names have in OpenAI's `user`.
            *("seed", "service_tier", "store", "user", "verbosity", "web_search_options"),
        }
    ),
    rename_params={"max_completion_tokens": "max_tokens"},
    lacks=frozenset({"audio", "choices", "file", "json_schema"}),
    catalog_provider="deepseek",
)
