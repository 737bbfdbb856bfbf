"""vLLM's OpenAI-compatible server."""

from headgate.backends.provider import OPENAI_PATHS, Provider

PROVIDER = Provider(
    name="vllm",
    dialect="openai_chat",
    docs="https://docs.vllm.ai/en/stable/serving/openai_compatible_server/",
    base_url="http://127.0.0.1:8000/v1",
    paths={**OPENAI_PATHS, "rerank": "/rerank"},
    key_env=("VLLM_API_KEY",),
    needs_key=False,
    is_local=True,
    probe_url="http://127.0.0.1:8000/v1/models",
)
