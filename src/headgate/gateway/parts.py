"""Requests that are too large for one call of a backend, sent as several. Pure."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from headgate.backends.provider import Provider
from headgate.core.usage import Usage
from headgate.core.vectors import EmbeddingRequest, Embeddings


def in_parts(request: Any, provider: Provider) -> list[Any]:
    """The request as one or more that the provider takes, in order."""
    most = provider.most_embedding_inputs
    if not isinstance(request, EmbeddingRequest) or most is None:
        return [request]
    if len(request.texts) > most:
        parts = [request.texts[i : i + most] for i in range(0, len(request.texts), most)]
        return [replace(request, texts=part) for part in parts]
    if len(request.tokens) > most:
        lists = [request.tokens[i : i + most] for i in range(0, len(request.tokens), most)]
        return [replace(request, tokens=part) for part in lists]
    return [request]


def joined(answers: Sequence[Any]) -> Any:
    """Their answers as one."""
    first = answers[0]
    if len(answers) == 1 or not isinstance(first, Embeddings):
        return first
    return replace(
        first,
        vectors=tuple(vector for answer in answers for vector in answer.vectors),
        texts=tuple(text for answer in answers for text in answer.texts),
        usage=usage_of_all(answers),
    )


def usage_of_all(answers: Sequence[Any]) -> Usage | None:
    """What they used together; `None` where one does not say."""
    usages = [answer.usage for answer in answers]
    if any(usage is None for usage in usages):
        return None
    return total(usages)


def total(usages: Sequence[Usage]) -> Usage:
    """Counts added up; billed counts stay unknown where none is known."""
    added: dict[str, Any] = {}
    for name in Usage.__struct_fields__:
        values = [getattr(usage, name) for usage in usages]
        if name == "is_estimated":
            added[name] = any(values)
        elif name == "tier":
            added[name] = values[0]
        else:
            known = [value for value in values if value is not None]
            added[name] = sum(known) if known else None
    return Usage(**added)
