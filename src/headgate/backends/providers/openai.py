"""OpenAI."""

from headgate.backends.provider import FILES_AND_BATCHES, OPENAI_PATHS, Provider

PROVIDER = Provider(
    name="openai",
    dialect="openai_chat",
    docs="https://developers.openai.com/api/reference",
    base_url="https://api.openai.com/v1",
    paths={**OPENAI_PATHS, "moderation": "/moderations"},
    also={"openai_responses": {"chat": "/responses"}},
    passes=FILES_AND_BATCHES,
    batch_form="openai",
    key_env=("OPENAI_API_KEY",),
    # Not all of `gpt-`: the open weights of `gpt-oss` run elsewhere.
    model_prefixes=(
        *("gpt-3", "gpt-4", "gpt-5", "gpt-6", "gpt-audio", "gpt-chat", "chatgpt-"),
        *("o1", "o3", "o4", "codex-mini", "text-embedding-"),
        *("omni-moderation", "text-moderation"),
    ),
    reasoning_prefixes=("o1", "o3", "o4", "gpt-5", "gpt-6", "gpt-chat", "codex-mini"),
    takes_reasoning=False,
    catalog_provider="openai",
)
