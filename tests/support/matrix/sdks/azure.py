"""`openai`, as Azure's customers use it: only to ask the stand-in itself."""

from dataclasses import replace

import openai

from support.matrix.backends import AZURE_VERSION
from support.matrix.sdks.openai_chat import OpenAIChat


class Azure(OpenAIChat):
    """`AzureOpenAI`; its model is a deployment."""

    about = replace(OpenAIChat.about, name="azure", title="`openai`, `AzureOpenAI`")

    def __init__(self, root_url: str, key: str) -> None:
        self._client = openai.AzureOpenAI(
            azure_endpoint=root_url,
            api_key=key,
            api_version=AZURE_VERSION,
            max_retries=0,
            timeout=20,
        )
