"""Together AI: open-weight models, named `maker/model`."""

from headgate.backends.provider import OPENAI_PATHS, Provider

PROVIDER = Provider(
    name="together",
    dialect="openai_chat",
    docs="https://docs.together.ai/docs/inference/openai-compatibility",
    base_url="https://api.together.ai/v1",
    paths={**OPENAI_PATHS, "rerank": "/rerank"},
    key_env=("TOGETHER_API_KEY",),
    rename_params={"max_completion_tokens": "max_tokens"},
    # Sound and files have parts of other shapes there, or none.
    lacks=frozenset({"audio", "file"}),
    catalog_provider="together",
)
