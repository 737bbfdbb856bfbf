from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.decision import RequestFacts
from headgate.policy.treatment import ACTIONS, CHANGES, action_of, changes_at, said_of

LABELS = ("email", "phi")
actions = st.dictionaries(st.sampled_from(LABELS), st.sampled_from(ACTIONS)).map(
    lambda said: tuple(sorted(said.items()))
)
some = st.frozensets(st.sampled_from(LABELS))


def facts(**changes) -> RequestFacts:
    known = {
        "operation": "chat",
        "route": "r",
        "input_tokens": 1,
        "expected_output_tokens": 1,
        "labels": frozenset(LABELS),
    }
    return RequestFacts(**(known | changes))


def test_a_local_target_gets_everything_but_what_is_denied():
    asked = facts(actions=(("email", "mask"), ("phi", "deny")), maskable=frozenset({"email"}))
    assert action_of(asked, (), "email", is_local=True) == "allow"
    assert action_of(asked, (), "phi", is_local=True) == "deny"


def test_a_target_may_differ_from_its_route():
    asked = facts(
        local_labels=frozenset({"phi"}), actions=(("email", "mask"),), maskable=frozenset(LABELS)
    )
    own = (("email", "allow"), ("phi", "redact"))
    assert action_of(asked, (), "email", is_local=False) == "mask"
    assert action_of(asked, own, "email", is_local=False) == "allow"
    assert action_of(asked, own, "phi", is_local=False) == "redact"
    assert action_of(asked, own, "phi", is_local=True) == "redact"


def test_what_was_declared_has_no_place_and_cannot_be_masked():
    asked = facts(actions=(("email", "mask"), ("phi", "mask")), maskable=frozenset({"email"}))
    assert action_of(asked, (), "phi", is_local=False) == "local"
    assert changes_at(asked, (), is_local=False) == {"email": "mask"}


@given(actions, actions, some, some, st.sampled_from(LABELS), st.booleans())
def test_denied_is_denied_and_only_what_has_a_place_is_changed(
    said, own, local, maskable, label, is_local
):
    asked = facts(actions=said, local_labels=local, maskable=maskable)
    action = action_of(asked, own, label, is_local=is_local)
    if said_of(said, label) == "deny":
        assert action == "deny"
    if action in CHANGES:
        assert label in maskable
    changed = changes_at(asked, own, is_local=is_local)
    assert (changed.get(label) == action) if label in changed else action not in CHANGES


@given(actions, some, some, st.sampled_from(LABELS))
def test_a_label_that_stays_local_is_let_go_only_by_a_word_about_it(said, local, maskable, label):
    asked = facts(actions=said, local_labels=local, maskable=maskable)
    if label in local and said_of(said, label) is None:
        assert action_of(asked, (), label, is_local=False) == "local"
