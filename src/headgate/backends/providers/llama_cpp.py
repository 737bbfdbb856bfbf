"""llama.cpp's own server, `llama-server`."""

from headgate.backends.provider import OPENAI_PATHS, Provider

PROVIDER = Provider(
    name="llama_cpp",
    dialect="openai_chat",
    docs="https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
    base_url="http://127.0.0.1:8080/v1",
    paths={**OPENAI_PATHS, "rerank": "/rerank"},
    key_env=("LLAMA_API_KEY",),
    needs_key=False,
    is_local=True,
    probe_url="http://127.0.0.1:8080/v1/models",
    # Only newer builds know `max_completion_tokens`.
    rename_params={"max_completion_tokens": "max_tokens"},
    # A `tool_choice` that is an object is read as `auto`.
    forces_tools="required",
    caller_faults=("is too large to process", "image input is not supported"),
)
