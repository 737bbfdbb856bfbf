"""A price list as genai-prices publishes it, made small: every model costs $1 in and $2 out."""

import json
from collections.abc import Mapping

from headgate.catalog.price_list import NEEDED

MODELS_A_PROVIDER = 330


def price_list(
    prices: Mapping[str, tuple[float, float]] | None = None,
    *,
    without: str = "",
    models: int = MODELS_A_PROVIDER,
) -> bytes:
    """Needed providers with so many models each, and `prices` of OpenAI's by name."""
    return json.dumps(
        [
            {
                "id": name,
                "name": name,
                "api_pattern": f"https://api\\.{name}\\.com",
                "models": _models(models, prices or {} if name == "openai" else {}),
            }
            for name in sorted(NEEDED - {without})
        ]
    ).encode()


def _models(count: int, prices: Mapping[str, tuple[float, float]]) -> list[dict[str, object]]:
    named = dict(prices) | {f"model-{number}": (1.0, 2.0) for number in range(count)}
    return [
        {
            "id": name,
            "match": {"equals": name},
            "prices": {"input_mtok": given, "output_mtok": taken},
        }
        for name, (given, taken) in named.items()
    ]
