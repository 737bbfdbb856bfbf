"""`langchain-anthropic`: LangChain's own standard tests, pointed at Headgate.

What does not apply is skipped: VCR's benchmark (nothing is recorded here), sound, and JSON
without a schema, neither of which Anthropic has.
"""

import os
from typing import Any

from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_tests.integration_tests import ChatModelIntegrationTests


class TestRelayed(ChatModelIntegrationTests):
    """Over Anthropic: its bytes are passed on."""

    route = "to-anthropic"
    supports_image_inputs = True
    supports_image_urls = True
    supports_pdf_inputs = True
    supports_image_tool_message = True
    supports_pdf_tool_message = True
    supports_anthropic_inputs = True
    supports_model_override = True
    model_override_value = "to-openai"

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatAnthropic

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {
            "model": self.route,
            "base_url": os.environ["HEADGATE"],
            "api_key": "any",
            "max_retries": 0,
        }


class TestTranslated(TestRelayed):
    """Over OpenAI, whose tools return text only."""

    route = "to-openai"
    supports_image_tool_message = False
    supports_pdf_tool_message = False
    supports_anthropic_inputs = True
    model_override_value = "to-anthropic"
