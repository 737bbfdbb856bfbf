"""Mistral: its own API, close to OpenAI's.

It answers 422 to any field it does not know. Fill-in-the-middle and moderations have other
answers than OpenAI's operations of like names, and are not offered.
"""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="mistral",
    dialect="openai_chat",
    docs="https://docs.mistral.ai/api",
    base_url="https://api.mistral.ai/v1",
    paths={"chat": "/chat/completions", "embedding": "/embeddings"},
    passes={"files": "/files"},
    key_env=("MISTRAL_API_KEY",),
    regions=("eu",),
    model_prefixes=(
        *("mistral-", "ministral-", "magistral-", "devstral-", "codestral-", "pixtral-"),
        *("open-mistral-", "open-mixtral-", "voxtral-"),
    ),
    drop_params=frozenset(
        {
            *("audio", "logit_bias", "modalities", "prompt_cache_retention", "safety_identifier"),
            *("store", "stream_options", "user", "verbosity", "web_search_options"),
        }
    ),
    rename_params={
        "dimensions": "output_dimension",
        "max_completion_tokens": "max_tokens",
        "seed": "random_seed",
    },
    # Thoughts are pieces of content there, and no field.
    takes_reasoning=False,
    # It takes both, in parts of other shapes.
    lacks=frozenset({"audio", "file"}),
    # In the last chunk of every stream, asked for or not.
    reports_stream_usage=False,
    catalog_provider="mistral",
)
