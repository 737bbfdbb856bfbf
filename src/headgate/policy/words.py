"""What beside the rules' verdicts made a decision what it is, in sentences."""

from collections.abc import Iterator

from headgate.policy.decision import Action, Applied, Bend, BendHow, Gain, RequestFacts

_BENDS: dict[BendHow, str] = {
    "tiers_down": "weaker tiers go first",
    "local_only": "only what costs nothing is used",
    "refuse": "nothing that costs money is used",
}
_ACTIONS: dict[Action, str] = {
    "allow": "may leave as it is",
    "local": "keeps it on local targets",
    "mask": "leaves as a pseudonym only, undone in the answer",
    "redact": "leaves blacked out only",
    "deny": "is given to nobody",
}


def in_words(facts: RequestFacts) -> tuple[str, ...]:
    """Sentences about tier, conditions, budget and patience, where there are any."""
    return tuple(_sentences(facts))


def _sentences(facts: RequestFacts) -> Iterator[str]:
    if facts.gain is not None:
        yield _gain(facts.gain, facts.tier)
    elif facts.tier is not None and facts.complexity is not None:
        yield f"a complexity of {facts.complexity:.2f} asks for tier {facts.tier + 1}"
    for applied in facts.applied:
        yield _applied(applied)
    if facts.bend is not None:
        yield bend_in_words(facts.bend)
    if facts.local_labels:
        labels = ", ".join(f"`{label}`" for label in sorted(facts.local_labels))
        yield f"{labels} keeps it on local targets"
    for label, action in facts.actions:
        yield f"`{label}` {_ACTIONS[action]}"
    yield from _patience(facts)


def _gain(gain: Gain, tier: int | None) -> str:
    expected = (
        f"a stronger tier is expected to answer better by {gain.expected:+.2f} "
        f"({gain.low:+.2f} to {gain.high:+.2f}, 80 % of the time)"
    )
    asked = "" if tier is None else f", so it asks for tier {tier + 1}"
    if gain.explores:
        return f"{expected}; the tier was drawn to learn from it{asked.replace(', so it', ', and')}"
    side = "above" if gain.expected > gain.cut else "not above"
    return f"{expected}, {side} the cut of {gain.cut:+.2f}{asked}"


def _applied(applied: Applied) -> str:
    wishes = (
        ("only", applied.only or frozenset()),
        ("never", applied.refuse),
        ("rather", applied.prefer),
    )
    said = "; ".join(f"{word} {_listed(names)}" for word, names in wishes if names)
    return f"the route's rule `{applied.name}` holds" + (f": {said}" if said else "")


def bend_in_words(bend: Bend) -> str:
    """How much of a budget is gone, and what follows."""
    return f"budget `{bend.budget}` is spent to {bend.spent:.0%}, so {_BENDS[bend.how]}"


def _patience(facts: RequestFacts) -> Iterator[str]:
    if facts.max_wait_ms is not None:
        yield f"it waits up to {facts.max_wait_ms:g} ms for a slot before it goes elsewhere"
    if facts.deadline_ms is not None:
        yield f"the client waits up to {facts.deadline_ms:g} ms"
    if facts.is_deferrable:
        yield "the answer may take hours"


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
