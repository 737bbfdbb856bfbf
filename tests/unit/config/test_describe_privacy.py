from headgate.config.describe_privacy import privacy_in_words
from headgate.config.privacy import Privacy


def said(**settings) -> list[str]:
    return list(privacy_in_words(Privacy.model_validate(settings)))


def test_labels_that_are_treated_alike_stand_together():
    assert said(detect=["email", "card", "secret"], labels=["phi"]) == [
        "local only with email, card, secret, phi"
    ]
    actions = {"email": "mask", "secret": "redact", "card": "deny", "attachment": "allow"}
    assert said(detect=["email", "card", "secret"], labels=["phi"], actions=actions) == [
        "local only with phi",
        "pseudonyms for email",
        "blacks out secret",
        "refuses card",
        "lets go attachment",
    ]


def test_targets_that_differ_are_named():
    targets = {"eu": {"email": "allow", "card": "mask"}}
    assert said(detect=["email", "card"], targets=targets) == [
        "local only with email, card",
        "for `eu`: pseudonyms for card, lets go email",
    ]


def test_nothing_looked_for_is_said():
    assert said(detect=[]) == ["privacy without any mark"]
