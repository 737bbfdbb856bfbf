"""OpenAI, asked by its Responses API, which some of its newest models demand.

What that API has no word for (stop sequences, a seed) is refused here; `openai` asks by
Chat Completions, and clients of either API are relayed by both.
"""

from headgate.backends.provider import FILES_AND_BATCHES, Provider

PROVIDER = Provider(
    name="openai_responses",
    dialect="openai_responses",
    docs="https://developers.openai.com/api/reference/resources/responses",
    base_url="https://api.openai.com/v1",
    paths={"chat": "/responses"},
    also={"openai_chat": {"completion": "/completions", "embedding": "/embeddings"}},
    passes=FILES_AND_BATCHES,
    key_env=("OPENAI_API_KEY",),
    catalog_provider="openai",
)
