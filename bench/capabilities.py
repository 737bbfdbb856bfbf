"""Write `catalog/data/capabilities.yaml` anew from LiteLLM's list and from what is below.

    pip download litellm --no-deps && unzip -p litellm-*.whl \
        litellm/model_prices_and_context_window_backup.json > prices.json
    python -m bench.capabilities prices.json 1.110.2 2026-11-28 \
        > src/headgate/catalog/data/capabilities.yaml

The list says what a model can do and is silent about the rest, and at times forgets. So a
model is said to lack something only where no entry of that model at any provider claims it
and its provider is known to refuse it (`REFUSED`): silence alone refuses nobody.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from genai_prices.data_snapshot import get_snapshot

from headgate.catalog.prices import find_price

Entries = Mapping[str, Mapping[str, Any]]
PROVIDERS = {
    "openai": "openai",
    "text-completion-openai": "openai",
    "anthropic": "anthropic",
    "cohere": "cohere",
    "cohere_chat": "cohere",
    "gemini": "google",
    "mistral": "mistral",
    "groq": "groq",
    "deepseek": "deepseek",
    "together_ai": "together",
    "openrouter": "openrouter",
    "bedrock": "aws",
    "bedrock_converse": "aws",
}
"""LiteLLM's names for providers, and genai-prices'."""
KINDS = {
    "chat": "chat",
    "responses": "chat",
    "completion": "completion",
    "embedding": "embedding",
    "rerank": "rerank",
    "moderation": "moderation",
}
FLAGS = {
    "supports_function_calling": "tools",
    "supports_vision": "vision",
    "supports_audio_input": "audio",
    "supports_pdf_input": "file",
    "supports_response_schema": "json_schema",
    "supports_native_structured_output": "json_schema",
    "supports_reasoning": "reasoning",
}
REFUSED = {
    "openai": {"tools", "vision", "audio", "json_schema", "reasoning"},
    "anthropic": {"vision", "audio", "reasoning"},
    "cohere": {"vision", "audio", "reasoning"},
    "google": {"vision", "audio", "reasoning"},
    "mistral": {"vision", "audio"},
    "groq": {"vision", "audio", "reasoning"},
    "deepseek": {"vision", "audio"},
    "together": {"vision", "audio"},
    "openrouter": {"vision", "audio"},
    "aws": {"vision", "audio", "reasoning"},
}
"""What each answers with an error when a model lacks it. The others let it pass unread."""
BOUNDED = {"openai", "anthropic", "cohere", "google", "groq", "deepseek"}
"""Providers that refuse a request for more output than the model writes, and whose bounds the
list has right. Elsewhere it often repeats the context, or an early host's own limit."""
SURE = {"tools", "vision", "audio"}
"""What an entry that says no is believed about."""
LACKING = {("openai", "gpt-4o"): {"audio"}, ("openai", "gpt-4o-2024-11-20"): {"audio"}}
"""What a wrong entry elsewhere hides."""
FEWEST_FLAGS = 2
"""An entry with fewer says nothing by its silence."""
KEPT_DAYS = 365
"""How long a model is kept after its provider has retired it: clouds follow later."""
NO_MODELS = re.compile(
    r"(together-ai-|container|lyria|deep-research|gemini-exp|gemini-gemma|learnlm|.*prompt-guard)"
)
"""Names of prices, of tools and of what answers no chat."""
REGION = re.compile(r"(us-gov|us|eu|apac|global|jp|au|in|ca|sa)\.")
SUFFIX = re.compile(
    r"(-v\d+(:\d+)?|[-@]20\d\d-?\d\d-?\d\d|-\d{4}|-latest|-preview|:\w+|-instruct|-turbo|-it)$"
)


HEAD = """\
# What hosted models can do. Written by `python -m bench.capabilities`, which says how; do not
# edit. From `model_prices_and_context_window.json` of LiteLLM, copyright (c) 2023 Berri AI,
# MIT licence: https://github.com/BerriAI/litellm. Contexts are the longer of that list and
# genai-prices.\
"""


def name_of(key: str, entry: Mapping[str, Any]) -> str | None:
    """The provider's own name; `None` for variants that only LiteLLM tells apart."""
    prefix, _, rest = key.partition("/")
    name = rest if prefix == entry["litellm_provider"] and rest else key
    provider = PROVIDERS[entry["litellm_provider"]]
    if name.startswith(("ft:", "bedrock/", "azure/")) or "*" in name or NO_MODELS.match(name):
        return None
    if provider == "aws":
        return None if "/" in name else REGION.sub("", name)
    return None if "/" in name and provider not in {"groq", "openrouter", "together"} else name


def family(name: str) -> str:
    """What entries of the same model at other providers share with it."""
    name = re.split(r"[/.](?=[a-z])", name.lower())[-1].replace(".", "-")
    while (shorter := SUFFIX.sub("", name)) != name and len(shorter) > 3:
        name = shorter
    return name


def said(entry: Mapping[str, Any]) -> set[str]:
    """What an entry says its model can do."""
    modalities = {"image": "vision", "audio": "audio"}
    return {need for flag, need in FLAGS.items() if entry.get(flag) is True} | {
        need
        for word, need in modalities.items()
        if word in entry.get("supported_modalities", ()) and entry.get("mode") in KINDS
    }


def claimed(entries: Entries) -> Mapping[str, set[str]]:
    """By family, what any entry says."""
    claims: dict[str, set[str]] = defaultdict(set)
    for key, entry in entries.items():
        claims[family(key)] |= said(entry)
    return claims


def context_of(provider: str, name: str, entry: Mapping[str, Any]) -> int | None:
    """The larger of what two lists say: too small a context would refuse what fits.

    Unknown where there is a price for longer requests.
    """
    snapshot = get_snapshot()
    found = snapshot.find_provider(None, provider, None).find_model(
        name, all_providers=snapshot.providers
    )
    known = [entry.get("max_input_tokens"), found.context_window if found else None]
    context = max((n for n in known if isinstance(n, int) and n > 0), default=None)
    price = find_price(provider, name, datetime.now(UTC))
    steps = price.input.steps if price and price.input else ()
    return None if context and any(above >= context for above, _ in steps) else context


def facts(provider: str, name: str, entry: Mapping[str, Any], claims: set[str]) -> dict[str, Any]:
    """One model's line."""
    kind = KINDS[entry["mode"]]
    context, output = context_of(provider, name, entry), entry.get("max_output_tokens")
    is_chat = kind == "chat"
    is_bounded = provider in BOUNDED or name.startswith(("anthropic.claude", "amazon.nova"))
    return {
        "kind": kind,
        "context_tokens": context,
        "max_output_tokens": output if is_chat and is_bounded and (output or 0) > 1 else None,
        "has": sorted(said(entry)) if is_chat else [],
        "lacks": sorted(lacking(provider, name, entry, claims)) if is_chat else [],
    }


def lacking(provider: str, name: str, entry: Mapping[str, Any], claims: set[str]) -> set[str]:
    """What the model's provider refuses for it."""
    denied = {need for flag, need in FLAGS.items() if entry.get(flag) is False} & SURE
    told = [key for key in entry if key.startswith("supports_")]
    silent = REFUSED[provider] if len(told) >= FEWEST_FLAGS else set()
    return (denied | silent) - claims | LACKING.get((provider, name), set())


def models(entries: Entries, today: date) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every current model: provider, name, facts."""
    claims = claimed(entries)
    for key, entry in entries.items():
        provider = PROVIDERS.get(entry.get("litellm_provider", ""))
        if provider is None or entry.get("mode") not in KINDS:
            continue
        gone = entry.get("deprecation_date")
        name = name_of(key, entry)
        if name and not (gone and (today - date.fromisoformat(gone)).days > KEPT_DAYS):
            yield provider, name.lower(), facts(provider, name, entry, claims[family(key)])


def merged(found: Iterable[tuple[str, str, dict[str, Any]]]) -> dict[tuple[str, str], Any]:
    """Entries of one name joined in favour of what lets a request pass."""
    by_name: dict[tuple[str, str], dict[str, Any]] = {}
    for provider, name, new in found:
        old = by_name.setdefault((provider, name), new)
        if old["kind"] != new["kind"]:
            continue
        for key in ("context_tokens", "max_output_tokens"):
            old[key] = max(filter(None, (old[key], new[key])), default=None)
        old["has"] = sorted({*old["has"], *new["has"]})
        old["lacks"] = sorted({*old["lacks"]} & {*new["lacks"]})
    return by_name


def lines(entries: Entries, version: str, checked: str) -> Iterator[str]:
    """The file: models of a provider that are alike in one entry."""
    yield HEAD
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (provider, name), found in sorted(
        merged(models(entries, date.fromisoformat(checked))).items()
    ):
        told = ", ".join(f"{k}: {_text(v)}" for k, v in found.items() if v)
        grouped[provider, told].append(name)
    for (provider, told), names in grouped.items():
        quoted = ", ".join(json.dumps(name) if ":" in name else name for name in names)
        yield f"- {{provider: {provider}, models: [{quoted}], {told},"
        yield f"   source: litellm {version} (MIT), checked: {checked}}}"


def _text(value: Any) -> str:
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


if __name__ == "__main__":
    path, version, checked = sys.argv[1:]
    print("\n".join(lines(json.loads(Path(path).read_text("utf-8")), version, checked)))
