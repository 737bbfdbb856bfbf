"""What the catalogue knows of the model a candidate would be asked for."""

from functools import lru_cache

from headgate.catalog.capabilities import LONGEST_MODEL_NAME, find_capabilities
from headgate.core.inbound import Need
from headgate.policy.decision import Known


def known_of(provider: str | None, model: str, has: frozenset[Need]) -> Known | None:
    """The same as a value of the decision; `None` when nothing is known.

    Args:
        provider: Its id in the catalogue.
        model: As the provider calls it.
        has: What the configuration says it can do, whatever the catalogue says.
    """
    if provider is None or len(model) > LONGEST_MODEL_NAME:
        return None
    return _known(provider, model, has)


@lru_cache(maxsize=1024)
def _known(provider: str, model: str, has: frozenset[Need]) -> Known | None:
    found = find_capabilities(provider, model)
    if found is None:
        return None
    return Known(
        kind=found.kind,
        context_tokens=found.context_tokens,
        max_output_tokens=found.max_output_tokens,
        lacks=frozenset(found.lacks) - has,
        checked=found.checked.isoformat(),
    )
