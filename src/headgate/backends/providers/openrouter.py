"""OpenRouter: everybody's models, named `maker/model`, at whichever provider it picks.

What a request costs depends on that provider; each answer says it.
"""

from headgate.backends.provider import OPENAI_PATHS, Provider

PROVIDER = Provider(
    name="openrouter",
    dialect="openai_chat",
    docs="https://openrouter.ai/docs/api-reference/overview",
    base_url="https://openrouter.ai/api/v1",
    paths={**OPENAI_PATHS, "rerank": "/rerank"},
    key_env=("OPENROUTER_API_KEY",),
    # No region: where it computes is up to the provider it picks.
    model_prefixes=("openrouter/",),
    drop_params=frozenset({"prompt_cache_retention", "safety_identifier", "store"}),
    lacks=frozenset({"choices"}),
    catalog_provider="openrouter",
    reports_cost=True,
)
