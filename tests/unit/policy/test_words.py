"""Sentences about a decision."""

import pytest
from msgspec.structs import replace

from headgate.policy.decision import Applied, Bend, Gain, RequestFacts
from headgate.policy.words import in_words

PLAIN = RequestFacts(operation="chat", route="r", input_tokens=9, expected_output_tokens=9)
GAIN = Gain(expected=0.25, low=0.1, high=0.4, cut=0.2)


def test_a_plain_request_has_nothing_to_be_said() -> None:
    assert in_words(PLAIN) == ()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"tier": 1, "complexity": 0.713}, "a complexity of 0.71 asks for tier 2"),
        (
            {"tier": 1, "gain": GAIN},
            "a stronger tier is expected to answer better by +0.25 (+0.10 to +0.40, 80 % of the"
            " time), above the cut of +0.20, so it asks for tier 2",
        ),
        (
            {"tier": 0, "gain": replace(GAIN, expected=0.15)},
            "a stronger tier is expected to answer better by +0.15 (+0.10 to +0.40, 80 % of the"
            " time), not above the cut of +0.20, so it asks for tier 1",
        ),
        (
            {"tier": 1, "gain": replace(GAIN, explores=True)},
            "a stronger tier is expected to answer better by +0.25 (+0.10 to +0.40, 80 % of the"
            " time); the tier was drawn to learn from it, and asks for tier 2",
        ),
        (
            {"applied": (Applied(name="long", only=frozenset({"b", "a"}), refuse=frozenset("c")),)},
            "the route's rule `long` holds: only `a`, `b`; never `c`",
        ),
        ({"applied": (Applied(name="long"),)}, "the route's rule `long` holds"),
        (
            {"bend": Bend(budget="team", how="local_only", spent=0.955)},
            "budget `team` is spent to 96%, so only what costs nothing is used",
        ),
        (
            {"local_labels": frozenset({"email", "card"})},
            "`card`, `email` keeps it on local targets",
        ),
        (
            {"max_wait_ms": 1500.0},
            "it waits up to 1500 ms for a slot before it goes elsewhere",
        ),
        ({"deadline_ms": 800.0}, "the client waits up to 800 ms"),
        ({"is_deferrable": True}, "the answer may take hours"),
    ],
)
def test_each_fact_has_its_sentence(facts: dict[str, object], sentence: str) -> None:
    assert in_words(replace(PLAIN, **facts)) == (sentence,)
