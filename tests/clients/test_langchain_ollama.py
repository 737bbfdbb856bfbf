"""`langchain-ollama`: LangChain's own standard tests, pointed at Headgate.

What does not apply is skipped: VCR's benchmark (nothing is recorded here), forced tools,
documents, sound, and pictures that a tool returns, none of which Ollama's API has.
"""

import os
from typing import Any

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_ollama import ChatOllama, OllamaEmbeddings
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests


class TestRelayed(ChatModelIntegrationTests):
    """Over Ollama: its bytes are passed on."""

    route = "to-ollama"
    has_tool_choice = False
    supports_image_inputs = True
    supports_json_mode = True
    supports_model_override = True
    model_override_value = "to-openai"

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatOllama

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": self.route, "base_url": os.environ["HEADGATE"]}


class TestTranslated(TestRelayed):
    """Over OpenAI."""

    route = "to-openai"
    model_override_value = "to-ollama"


class TestTranslatedToAnthropic(TestRelayed):
    """Over Anthropic, which has no mode for JSON without a schema."""

    route = "to-anthropic"
    supports_json_mode = False


class TestEmbeddings(EmbeddingsIntegrationTests):
    """Over OpenAI."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return OllamaEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"model": "to-openai", "base_url": os.environ["HEADGATE"]}
