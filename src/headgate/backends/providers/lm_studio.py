"""LM Studio's local server."""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="lm_studio",
    dialect="openai_chat",
    docs="https://lmstudio.ai/docs/developer/openai-compat",
    base_url="http://127.0.0.1:1234/v1",
    needs_key=False,
    is_local=True,
    probe_url="http://127.0.0.1:1234/v1/models",
    rename_params={"max_completion_tokens": "max_tokens"},
    # Anything else than base64 is a 400, whatever its documentation shows.
    inlines_images=True,
)
