"""Any server that speaks OpenAI's API; nothing is assumed about it."""

from headgate.backends.provider import OPENAI_PATHS, Provider

PROVIDER = Provider(
    name="openai_compatible",
    dialect="openai_chat",
    docs="https://developers.openai.com/api/reference",
    paths={**OPENAI_PATHS, "rerank": "/rerank"},
    needs_key=False,
)
