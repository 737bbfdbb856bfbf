"""`langchain-openai`: LangChain's own standard tests, pointed at Headgate.

What does not apply is skipped: VCR's benchmark (nothing is recorded here), Anthropic's own
content blocks (LangChain writes those for Anthropic's models only), pictures and documents
that a tool returns (Chat Completions takes text there).
"""

import os
from typing import Any

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests


class TestRelayed(ChatModelIntegrationTests):
    """Over OpenAI: its bytes are passed on."""

    route = "to-openai"
    supports_image_inputs = True
    supports_image_urls = True
    supports_json_mode = True
    supports_pdf_inputs = True
    supports_audio_inputs = True
    supports_model_override = True
    model_override_value = "to-anthropic"

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {
            "model": self.route,
            "base_url": f"{os.environ['HEADGATE']}/v1",
            "api_key": "any",
            "max_retries": 0,
            "stream_usage": True,
        }


class TestTranslated(TestRelayed):
    """Over Anthropic, which hears no sound and has no JSON without a schema."""

    route = "to-anthropic"
    supports_json_mode = False
    supports_audio_inputs = False
    model_override_value = "to-openai"


class TestResponses(TestRelayed):
    """The Responses API, over OpenAI, which takes no sound there."""

    supports_audio_inputs = False
    supports_image_tool_message = True
    supports_pdf_tool_message = True

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {**super().chat_model_params, "use_responses_api": True}


class TestResponsesTranslated(TestResponses):
    """The same, over Anthropic."""

    route = "to-anthropic"
    supports_json_mode = False
    model_override_value = "to-openai"


class TestEmbeddings(EmbeddingsIntegrationTests):
    """Over OpenAI."""

    route = "to-openai"

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return OpenAIEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {
            "model": self.route,
            "base_url": f"{os.environ['HEADGATE']}/v1",
            "api_key": "any",
            # It would ask tiktoken, which fetches its tables from the web.
            "check_embedding_ctx_length": False,
        }


class TestEmbeddingsTranslated(TestEmbeddings):
    """Over Cohere."""

    route = "to-cohere"
