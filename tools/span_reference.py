"""Write what `presidio-evaluator` itself says of made-up findings, to hold our scores against.

uv run --no-project --with presidio-evaluator==0.3.2 python tools/span_reference.py
"""

import json
from pathlib import Path
from random import Random
from typing import Any

FILE = Path(__file__).parents[1] / "tests/unit/privacy/evaluation/span_reference.json"
SENTENCES = (
    "Please send it to {ADDRESS}, and call {PERSON} on {DATE}.",
    "{PERSON} and {PERSON} work for {ORGANIZATION} in the city of {PLACE}.",
    "Dr. {PERSON} (aged {AGE}) didn't move to {PLACE}; {ORGANIZATION} did.",
    "{PERSON}'s address:\n{ADDRESS}\n {PLACE}\n\nThanks!",
    "It's {DATE}: is {PERSON} from {PLACE}, {PLACE} or from {ORGANIZATION}?",
)
VALUES = {
    "ADDRESS": ("12 Elm Street Apt. 4", "the corner of Rue de Lyon 3 and Via Roma", "P.O. Box 77"),
    "PERSON": ("Ada Lovelace", "Jean-Luc O'Neill", "Tomáš K. Novák", "Mary"),
    "DATE": ("2 May 1984", "10/23/1951", "Monday"),
    "ORGANIZATION": ("Smith, Jones and Co.", "Acme Inc.", "Weber-Santana"),
    "PLACE": ("New Zealand", "Zürich", "St. Georges"),
    "AGE": ("42", "7"),
}
Spans = list[tuple[str, int, int]]


def made(random: Random) -> tuple[str, Spans]:
    """A text and the places of what was put into it."""
    text, spans = "", []
    for number, part in enumerate(random.choice(SENTENCES).replace("}", "{").split("{")):
        if number % 2:
            value = random.choice(VALUES[part])
            spans.append((part, len(text), len(text) + len(value)))
            text += value
        else:
            text += part
    return text, spans


def blurred(random: Random, text: str, spans: Spans) -> Spans:
    """Findings as a detector would have them: some missed, wrong, too long, or in two."""
    found: Spans = []
    for entity, begin, stop in spans:
        start, end, chance = begin, stop, random.random()
        name = random.choice(list(VALUES)) if 0.2 < chance < 0.3 else entity
        if chance > 0.8:
            start = max(0, start - random.randint(0, 9))
        if chance > 0.9:
            end = min(len(text), end + random.randint(0, 9))
        if 0.5 < chance < 0.6 and end - start > 8:
            found.append((name, start, start + 4))
            start += 5
        if chance > 0.2:
            found.append((name, start, end))
    found.sort(key=lambda each: each[1])
    kept: Spans = []
    for each in found:
        if not kept or each[1] > kept[-1][2]:
            kept.append(each)
    return kept


def tagged(span_to_tag: Any, text: str, spans: Spans, document: Any) -> list[str]:
    """The entity of each token, by the original's rule."""
    names, starts, ends = ([each[part] for each in spans] for part in range(3))
    tags: list[str] = span_to_tag("IO", text, starts, ends, names, tokens=document)
    return tags


def main() -> None:
    """Score with the original and write texts, findings and its counts."""
    import pandas
    import spacy
    from presidio_evaluator.evaluation import SpanEvaluator
    from presidio_evaluator.span_to_tag import span_to_tag

    random, nlp, rows, lines = Random(6), spacy.blank("en"), [], []
    for number in range(120):
        text, gold = made(random)
        found = blurred(random, text, gold)
        document = nlp(text)
        tags = [tagged(span_to_tag, text, spans, document) for spans in (gold, found)]
        rows.append({"text": text, "gold": gold, "found": found})
        lines += [
            {
                "sentence_id": number,
                "token": token.text,
                "annotation": labelled,
                "prediction": predicted,
                "start_indices": token.idx,
            }
            for token, labelled, predicted in zip(document, *tags, strict=True)
        ]
    result = SpanEvaluator().calculate_score_on_df(pandas.DataFrame(lines))
    counts = {
        name: [its.true_positives, its.num_predicted, its.num_annotated]
        for name, its in sorted(result.per_type.items())
    }
    overall = [result.pii_true_positives, result.pii_predicted, result.pii_annotated]
    source = "presidio-evaluator 0.3.2, spaCy's blank English tokenizer"
    head = {"source": source, "overall": overall, "by_entity": counts}
    texts = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows)
    whole = f'{json.dumps(head)[:-1]}, "texts": [\n  {texts}\n]}}\n'
    FILE.write_text(whole, "utf-8")


if __name__ == "__main__":
    main()
