"""Ollama's own API, where context length, keep-alive and thinking can be set."""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="ollama_native",
    dialect="ollama",
    docs="https://docs.ollama.com/api/chat",
    base_url="http://127.0.0.1:11434",
    paths={"chat": "/api/chat", "embedding": "/api/embed"},
    also={"ollama_prompt": {"chat": "/api/generate", "embedding": "/api/embeddings"}},
    models_path="/api/tags",
    manages_models=True,
    needs_key=False,
    is_local=True,
    lacks=frozenset({"audio", "choices", "file"}),
)
