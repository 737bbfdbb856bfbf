"""What is done about each label of a request, at each target."""

from typing import get_args

from headgate.policy.decision import Action, Actions, RequestFacts

ATTACHMENT = "attachment"
"""Label of a request with pictures, sound or files: nobody here reads them."""
UNSCANNED = "unscanned"
"""Label of a request whose text could not be scanned, or not in time."""
NO_DETECTOR = (ATTACHMENT, UNSCANNED)
"""Labels found otherwise than by a detector. They have no place in the text."""
ACTIONS: tuple[Action, ...] = get_args(Action)
CHANGES: frozenset[Action] = frozenset({"mask", "redact"})


def said_of(actions: Actions, label: str) -> Action | None:
    """What they say of a label."""
    for each, action in actions:
        if each == label:
            return action
    return None


def action_of(facts: RequestFacts, own: Actions, label: str, *, is_local: bool) -> Action:
    """What is done about a label of the request at a target; `own` is what the route says of it.

    Local targets get everything but what is denied, or changed by a word of their own.
    """
    said, differently = said_of(facts.actions, label), said_of(own, label)
    if differently is not None and said != "deny":
        said = differently
    elif is_local:
        return "deny" if said == "deny" else "allow"
    elif said is None:
        said = "local" if label in facts.local_labels else "allow"
    return "local" if said in CHANGES and label not in facts.maskable else said


def changes_at(facts: RequestFacts, own: Actions, *, is_local: bool) -> dict[str, Action]:
    """Labels whose places in the text are changed before a target gets it."""
    if not facts.maskable or not (own or facts.actions):
        return {}
    every = {
        label: action_of(facts, own, label, is_local=is_local) for label in sorted(facts.maskable)
    }
    return {label: action for label, action in every.items() if action in CHANGES}
