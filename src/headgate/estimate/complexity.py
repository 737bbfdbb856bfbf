"""How hard a prompt looks, before anybody has answered it.

What this can and cannot do: on public per-prompt results (six sets, weak against strong
model) no scorer trained elsewhere beats prompt length, so length leads and little is
added. It recovers .58 of the quality gap on average where chance has .50 and length alone
.57; on some kinds of prompt it is no better than chance. It is a prior to start from, and
a `Scorer` that learned from a route's own traffic takes its place.
`python bench/complexity_eval.py` reproduces the figures.
"""

from typing import Protocol

CHARACTERS_AT_HALF = 600
"""A plain prompt this long scores 0.5."""
CODE_IS_WORTH = 250
"""Characters that code, or a request for it, counts for: the one signal that clearly helps."""
CLAUSE_IS_WORTH, MOST_CLAUSES = 10, 12
STEP_IS_WORTH, MOST_STEPS = 20, 10
LOOKED_AT = 16_384
"""Characters searched for signals; past this, length has said everything."""

_CODE = ("function", "```", "def ", "class ", "#include", "SELECT ", "assert ", "=>")
_ENDS_CODE = (";", "{")
_STEPS = frozenset({"- ", "* ", "1.", "2.", "3.", "4.", "5."})


class Scorer(Protocol):
    """Anything that maps a prompt to 0 (simple) … 1 (hard)."""

    def __call__(self, text: str, /) -> float:
        """How hard `text` looks."""
        ...


def score(text: str) -> float:
    """The prior: 0 for nothing, towards 1 as a prompt grows; more text never lowers it."""
    size = _effective_characters(text)
    return size / (size + CHARACTERS_AT_HALF)


def _effective_characters(text: str) -> int:
    """Length, with what else makes a prompt hard expressed as more of it.

    Question marks and mathematical notation are left out: both made the ranking worse.
    """
    head = text[:LOOKED_AT]
    lines = head.split("\n")
    has_code = any(mark in head for mark in _CODE) or any(
        line.endswith(_ENDS_CODE) for line in lines[:-1]
    )
    clauses = min(head.count(","), MOST_CLAUSES)
    steps = min(sum(line[:2] in _STEPS for line in lines[1:]), MOST_STEPS)
    return len(text) + CODE_IS_WORTH * has_code + CLAUSE_IS_WORTH * clauses + STEP_IS_WORTH * steps
