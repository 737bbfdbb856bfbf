"""A detector of names from a spaCy pipeline that is installed or lies in a folder."""

from collections.abc import Iterator
from typing import Any

from headgate.core.errors import OperatorError
from headgate.privacy.detector import Detector
from headgate.privacy.ner import Tag, ner_detector


class NerUnavailable(OperatorError):
    """spaCy or the pipeline asked for is not there; nothing is fetched."""

    code = "ner_unavailable"


def spacy_detector(
    model: str, *, examples: tuple[str, ...], counter_examples: tuple[str, ...]
) -> Detector:
    """Load `model`, a name or a folder, and find what it tags.

    Raises:
        NerUnavailable: spaCy is not installed, or has no such pipeline.
    """
    pipeline = _loaded(model)

    def tagger(text: str) -> Iterator[Tag]:
        for entity in pipeline(text).ents:
            yield Tag(entity.start_char, entity.end_char, entity.label_)

    return ner_detector(tagger, examples=examples, counter_examples=counter_examples)


def _loaded(model: str) -> Any:
    try:
        import spacy
    except ImportError as error:
        raise NerUnavailable("spaCy is not installed", hint="install `headgate[ner]`") from error
    try:
        return spacy.load(model)
    except OSError as error:
        raise NerUnavailable(
            f"spaCy has no pipeline: {model}",
            hint="install its package, or name the folder it lies in",
        ) from error
