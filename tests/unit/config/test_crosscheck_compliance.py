import pytest

from headgate.config.crosscheck_compliance import compliance_problems
from headgate.config.report import dotted
from headgate.config.schema import Settings

BASE = {"targets": {"a": {"backend": "openai"}}, "routes": {"r": {"targets": ["a"]}}}
MINE = {"id": "mine", "require": "baa"}


def said(**changes):
    settings = Settings.model_validate(BASE | changes)
    found = compliance_problems(settings)
    return [(dotted(each.loc), each.message, each.hint) for each in found]


def test_names_of_sets_and_of_one_s_own_policies_are_fine():
    assert said(compliance=["hipaa", "mine"], policies=[MINE]) == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"compliance": ["hippa"]}, "compliance[0]"),
        (
            {"routes": {"r": {"targets": ["a"], "compliance": ["pci", "hippa"]}}},
            "routes.r.compliance[1]",
        ),
        (
            {
                "server": {
                    "keys": [{"name": "k", "hash": "sha256:" + "0" * 64, "compliance": ["hippa"]}]
                }
            },
            "server.keys[0].compliance[0]",
        ),
    ],
)
def test_a_name_of_no_policy_is_an_error_wherever_it_stands(changes, place):
    assert said(**changes) == [(place, "there is no policy `hippa`", "did you mean `hipaa`?")]


@pytest.mark.parametrize(
    ("policy", "place", "message", "hint"),
    [
        ({"require": "bba"}, "require", "`bba` is no fact", "did you mean `baa`?"),
        ({"require": ["baa"]}, "require", "must be a fact, or one of", None),
        (
            {"when": {"labels": ["@helth"]}},
            "when",
            "`@helth` is no class of labels",
            "did you mean `@health`?",
        ),
        ({"when": {"routes": ["s"]}}, "when.routes[0]", "there is no route `s`", "there is `r`"),
        ({"when": {"keys": ["s"]}}, "when.keys[0]", "there is no key `s`", None),
        ({"id": "hipaa"}, "id", "another policy has the same name", None),
    ],
)
def test_a_policy_that_says_nothing_sensible_is_an_error(policy, place, message, hint):
    [(loc, text, found)] = said(policies=[MINE | policy])
    assert loc == f"policies[0].{place}"
    assert text.startswith(message)
    assert found == hint
