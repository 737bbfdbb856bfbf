"""spaCy as a detector, with a pipeline of rules: no model is needed."""

import warnings

import pytest

from headgate.privacy.text import Text
from headgate.runtime.ner import NerUnavailable, spacy_detector

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    spacy = pytest.importorskip("spacy", reason="the extra `ner` is not installed")


@pytest.fixture
def folder(tmp_path):
    pipeline = spacy.blank("en")
    rules = pipeline.add_pipe("entity_ruler")
    rules.add_patterns(
        [{"label": "PERSON", "pattern": "Ada Lovelace"}, {"label": "GPE", "pattern": "Turin"}]
    )
    pipeline.to_disk(tmp_path / "rules")
    return str(tmp_path / "rules")


def test_what_the_pipeline_tags_is_found(folder):
    detector = spacy_detector(folder, examples=("Ada Lovelace",), counter_examples=("Ada",))
    text = Text("Then Ada Lovelace went to Turin.")
    assert [(text.value[hit.start : hit.end], hit.kind) for hit in detector.find(text)] == [
        ("Ada Lovelace", "person"),
        ("Turin", "place"),
    ]


def test_a_pipeline_that_is_not_there_is_not_fetched(tmp_path):
    with pytest.raises(NerUnavailable, match="no pipeline"):
        spacy_detector(str(tmp_path / "none"), examples=(), counter_examples=())
