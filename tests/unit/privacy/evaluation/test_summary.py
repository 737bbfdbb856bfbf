"""The whole measurement at a small size, with the figures that docs/privacy.md is about."""

from headgate.privacy.evaluation.labelled import Gold, LabelledText
from headgate.privacy.evaluation.summary import CleanText, count_clean, evaluate
from headgate.privacy.scan import known_labels

EVERY = frozenset(known_labels())
WRITTEN = (
    ("My name is <PERSON:Siiri Kask>, mail <EMAIL_ADDRESS:siiri.kask@example.ee>.", 0),
    (
        "Please send it to <STREET_ADDRESS:692 Kuuse 53 Apt. 641, Grubbenvorst, Netherlands 04020>",
        1,
    ),
    ("We moved here from <GPE:Norway> in <DATE_TIME:1977>", 2),
    ("Hello, this is <TITLE:Dr.> <PERSON:Kyle Kuefer>. Who are you?", 3),
    ("I just turned <AGE:47>", 4),
    ("My card is <CREDIT_CARD:4111 1111 1111 1111>", 5),
    ("What is the limit of my account?", 6),
)


def labelled(written, group):
    """`<ENTITY:value>` as a text and its spans."""
    text, spans = "", []
    for part in written.replace(">", "<").split("<"):
        entity, colon, value = part.partition(":")
        if colon and entity.isupper():
            spans.append(Gold(entity, len(text), len(text) + len(value)))
            text += value
        else:
            text += part
    return LabelledText(text, tuple(spans), group)


TEXTS = [labelled(written, group) for written, group in WRITTEN]


def test_what_is_labelled_is_found_and_nothing_else():
    found = evaluate(TEXTS, EVERY)
    assert found.texts == len(TEXTS)
    assert found.entities.by_entity["all"].recall == 1
    assert found.entities.by_entity["all"].precision == 1
    assert (found.requests.redacted, found.requests.personal) == (6, 6)
    assert (found.spans.precision, found.spans.recall, found.spans.f2) == (1, 1, 1)


def test_only_what_is_wanted_counts():
    found = evaluate(TEXTS, frozenset({"card"}))
    assert found.requests.flagged == 1
    assert found.spans.recall < 0.2
    assert found.spans.by_entity["CREDIT_CARD"] == (1, 1)


def test_hits_in_clean_text_are_counted_by_4_kilobytes():
    clean = count_clean(["x" * 4000, "call Mary Johansson, call Mary Johansson today " * 2], EVERY)
    assert clean.hits == {"person": 4}
    assert CleanText(8192, {"person": 4}).per_unit("person") == 2
    assert CleanText(0, {}).per_unit("person") == 0
