"""A tagger as a detector."""

import pytest

from headgate.privacy.ner import KINDS, WINDOW, Tag, ner_detector
from headgate.privacy.text import Text


def tagger(text):
    """Knows one person, one place and an entity that is nobody's business."""
    for name, entity in (("Ada", "PERSON"), ("Turin", "GPE"), ("42", "CARDINAL")):
        at = text.find(name)
        while at >= 0:
            yield Tag(at, at + len(name), entity)
            at = text.find(name, at + 1)


DETECTOR = ner_detector(tagger, examples=("Ada",), counter_examples=("ada",))


def found(text):
    view = Text(text)
    return [(view.value[hit.start : hit.end], hit.kind) for hit in DETECTOR.find(view)]


def test_entities_become_hits_with_their_kind():
    assert found("42 letters by Ada from Turin") == [("Ada", "person"), ("Turin", "place")]


def test_it_is_never_looked_for_unasked():
    assert (DETECTOR.name, DETECTOR.certainty) == ("ner", "context")
    assert set(KINDS.values()) == {"person", "place", "address", "organization", "nationality"}


@pytest.mark.parametrize("at", [0, WINDOW - 250, WINDOW - 201, WINDOW - 2, WINDOW, 2 * WINDOW])
def test_a_name_is_found_once_wherever_windows_meet(at):
    assert found("x" * at + "Ada" + "y" * WINDOW) == [("Ada", "person")]


def test_a_failing_model_fails_the_scan():
    def broken(text):
        raise ValueError(text)

    with pytest.raises(ValueError, match="x"):
        list(ner_detector(broken, examples=(), counter_examples=()).find(Text("x")))
