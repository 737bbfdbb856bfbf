"""Cohere: chat with documents and citations, embeddings, reranking."""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="cohere",
    dialect="cohere",
    docs="https://docs.cohere.com/reference/about",
    base_url="https://api.cohere.com",
    paths={"chat": "/v2/chat", "embedding": "/v2/embed", "rerank": "/v2/rerank"},
    models_path="/v1/models",
    key_env=("COHERE_API_KEY", "CO_API_KEY"),
    model_prefixes=(
        *("command-", "c4ai-", "embed-v4", "embed-english-", "embed-multilingual-"),
        *("rerank-v", "rerank-english-", "rerank-multilingual-"),
    ),
    lacks=frozenset({"audio", "choices"}),
    most_embedding_inputs=96,
    catalog_provider="cohere",
)
