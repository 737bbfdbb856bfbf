"""Azure OpenAI: deployments under a resource's own address.

Its newer surface without deployments (`…/openai/v1`) is `openai_compatible` with
`auth: api-key`. Its list of models is of the region's catalogue and not of the
deployments, so it is not offered.
"""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="azure_openai",
    dialect="openai_chat",
    docs="https://learn.microsoft.com/azure/ai-services/openai/reference",
    base_url_env=("AZURE_OPENAI_ENDPOINT",),
    paths={
        "chat": "/openai/deployments/{deployment}/chat/completions",
        "completion": "/openai/deployments/{deployment}/completions",
        "embedding": "/openai/deployments/{deployment}/embeddings",
    },
    models_path=None,
    query={"api-version": "{api_version}"},
    api_version="2024-10-21",
    passes={"files": "/openai/files", "batches": "/openai/batches"},
    key_env=("AZURE_OPENAI_API_KEY",),
    auth="api-key",
    reasoning_prefixes=("o1", "o3", "o4", "gpt-5", "gpt-6", "gpt-chat", "codex-mini"),
    takes_reasoning=False,
    catalog_provider="azure",
)
