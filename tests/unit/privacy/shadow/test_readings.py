import base64
import json

from headgate.privacy.evaluation.disguises import DISGUISES, IDENTIFIERS, matrix
from headgate.privacy.finding import Finding
from headgate.privacy.scan import findings
from headgate.privacy.shadow.readings import Read, readings, settled
from headgate.privacy.shadow.view import View

EMAIL = frozenset({"email"})


def test_plain_text_has_no_other_reading():
    assert list(readings(View.of("Dear Ada,\nI am 100% sure & happy.\n\nBob"))) == []


def test_at_least_sixty_of_the_disguises_are_seen_through():
    found = matrix()
    missed = [
        (name, label) for name, row in found.items() for label, seen in row.items() if not seen
    ]
    assert len(DISGUISES) * len(IDENTIFIERS) == 65
    assert 65 - len(missed) >= 60, missed


def test_a_place_begins_behind_an_escape_that_only_precedes_it():
    text = json.dumps({"note": "call\nada@example.com\tsoon"})
    [found] = findings(text, EMAIL)
    assert text[found.start : found.end] == "ada@example.com"


def test_escapes_inside_an_encoded_run_are_undone():
    run = base64.b64encode(json.dumps({"to": "ada＠example.com"}).encode()).decode()
    [found] = findings(f"body: {run}", EMAIL)
    assert (found.start, found.end) == (6, 6 + len(run))


def test_numbers_that_are_complete_are_not_joined_with_the_next_line():
    text = "Call +44 20 7946 0958\n12 people came. Card 4111 1111 1111 1111\n1111 more"
    shown = [text[each.start : each.end] for each in findings(text, frozenset({"phone", "card"}))]
    assert shown == ["+44 20 7946 0958", "4111 1111 1111 1111"]


def read(finding: Finding, *, before: int | None = None, is_joined: bool = False) -> Read:
    return Read(finding, before, is_joined)


def test_overlapping_findings_of_a_label_become_one_and_others_stay():
    found = [Finding("a", 0, 4), Finding("b", 2, 6)]
    assert settled(found, [read(Finding("a", 3, 8))]) == [Finding("a", 0, 8), Finding("b", 2, 6)]


def test_over_a_seam_only_the_surer_finding_counts():
    part = Finding("a", 0, 4, score=0.6)
    whole = Finding("a", 0, 9)
    assert settled([part], [read(whole, is_joined=True)]) == [whole]
    sure = Finding("a", 0, 4)
    assert settled([sure], [read(whole, is_joined=True)]) == [sure]
    unsure = Finding("a", 0, 9, score=0.7)
    assert settled([], [read(unsure, is_joined=True)]) == []
