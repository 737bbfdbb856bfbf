"""Google's Gemini models, by the API of AI Studio."""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="gemini",
    dialect="gemini",
    docs="https://ai.google.dev/api/generate-content",
    base_url="https://generativelanguage.googleapis.com/v1beta",
    paths={
        "chat": "/models/{model}:generateContent",
        "embedding": "/models/{model}:batchEmbedContents",
    },
    stream_paths={"chat": "/models/{model}:streamGenerateContent?alt=sse"},
    listed_under="models/",
    key_env=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    auth="x-goog-api-key",
    model_prefixes=("gemini-",),
    lacks=frozenset({"logprobs"}),
    most_embedding_inputs=100,
    catalog_provider="google",
)
