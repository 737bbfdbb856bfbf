"""What servers of OpenAI's dialect do beside it: `/v1/rerank` and `/v1/moderations`."""

from typing import Any

from support.answers import Answer, Asked
from support.openai_shapes import OpenAiErrors
from support.shapes import Frame, dump

_CATEGORIES = ("harassment", "hate", "sexual", "violence")


class RerankShape(OpenAiErrors):
    """`/v1/rerank`, as llama.cpp, vLLM and Together have it: tokens are counted."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        tokens = answer.prompt_tokens
        return dump(
            {
                "id": f"rerank-{asked.number:08d}",
                "object": "list",
                "model": asked.model,
                "results": ranked(asked),
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            }
        )

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        raise AssertionError("rankings are never streamed")


class ModerationShape(OpenAiErrors):
    """`/v1/moderations`: flags whatever speaks of harm; without a model it takes its newest."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        given = asked.body["input"]
        inputs = [given] if isinstance(given, str) else given
        return dump(
            {
                "id": f"modr-{asked.number:08d}",
                "model": asked.body.get("model") or "omni-moderation-latest",
                "results": [_judged(str(each)) for each in inputs],
            }
        )

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        raise AssertionError("moderations are never streamed")


def ranked(asked: Asked) -> list[dict[str, Any]]:
    """Documents by the share of the query's words that they hold, the best first."""
    wanted = set(str(asked.body["query"]).lower().split())
    results = []
    for index, document in enumerate(asked.body["documents"]):
        text = document if isinstance(document, str) else document["text"]
        found = wanted & set(text.lower().split())
        results.append({"index": index, "relevance_score": len(found) / max(1, len(wanted))})
    results.sort(key=lambda result: -result["relevance_score"])
    return results[: asked.body.get("top_n") or len(results)]


def _judged(text: str) -> dict[str, Any]:
    is_harmful = "harm" in text
    return {
        "flagged": is_harmful,
        "categories": {name: is_harmful and name == "violence" for name in _CATEGORIES},
        "category_scores": dict.fromkeys(_CATEGORIES, 0.9 if is_harmful else 0.001),
        "category_applied_input_types": {name: ["text"] for name in _CATEGORIES},
    }
