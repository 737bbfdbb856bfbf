"""What a route does about personal data, in words."""

from collections.abc import Iterator, Mapping

from headgate.config.privacy import Privacy
from headgate.policy.decision import Action

_WORDS: Mapping[Action, str] = {
    "local": "local only with",
    "mask": "pseudonyms for",
    "redact": "blacks out",
    "deny": "refuses",
    "allow": "lets go",
}


def privacy_in_words(privacy: Privacy) -> Iterator[str]:
    """What is done about each label, the same ones together; then what targets differ in."""
    marks = (*privacy.detect, *privacy.labels)
    actions: dict[str, Action] = {label: "local" for label in marks if label not in privacy.actions}
    said = list(_by_action({**actions, **privacy.actions}))
    yield from said or ["privacy without any mark"]
    for target, own in privacy.targets.items():
        yield f"for `{target}`: " + ", ".join(_by_action(own))


def _by_action(actions: Mapping[str, Action]) -> Iterator[str]:
    for action, words in _WORDS.items():
        labels = [label for label, each in actions.items() if each == action]
        if labels:
            yield f"{words} " + ", ".join(labels)
