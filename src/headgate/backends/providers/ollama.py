"""Ollama's OpenAI-compatible API; `ollama_native` can also set context and keep-alive."""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="ollama",
    dialect="openai_chat",
    docs="https://docs.ollama.com/api/openai-compatibility",
    base_url="http://127.0.0.1:11434/v1",
    manages_models=True,
    needs_key=False,
    is_local=True,
    # Its own list: the one under `/v1` is `null` while there is no model.
    probe_url="http://127.0.0.1:11434/api/tags",
    drop_params=frozenset({"logit_bias"}),
    rename_params={"max_completion_tokens": "max_tokens"},
    forces_tools="never",
    inlines_images=True,
    lacks=frozenset({"audio", "choices", "file"}),
)
