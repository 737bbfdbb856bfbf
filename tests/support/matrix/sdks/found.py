"""The SDKs of the matrix: an entry each."""

from support.matrix.question import Sdk
from support.matrix.sdks.anthropic import Anthropic
from support.matrix.sdks.cohere import Cohere
from support.matrix.sdks.ollama import Ollama
from support.matrix.sdks.openai_chat import OpenAIChat
from support.matrix.sdks.openai_responses import OpenAIResponses

SDKS: dict[str, type[Sdk]] = {
    sdk.about.name: sdk for sdk in (OpenAIChat, OpenAIResponses, Anthropic, Cohere, Ollama)
}
