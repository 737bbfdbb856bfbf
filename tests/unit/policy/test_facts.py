import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.inbound import Inbound
from headgate.policy.decision import Gain
from headgate.policy.facts import (
    Asking,
    RouteDemands,
    TierChoice,
    request_facts,
    tier_of,
    with_more,
)

LABELS = st.frozensets(st.sampled_from(["email", "card", "secret", "legal"]))
NOTHING: frozenset[str] = frozenset()
LABELS_LOOKED_FOR = frozenset({"email", "card", "secret"})


def inbound(**changes) -> Inbound:
    known = {
        "dialect": "openai_chat",
        "operation": "chat",
        "body": b'{"messages":[]}' + b" " * 385,
        "fields": {},
        "model": "m",
        "turn_text": "hello",
    }
    return Inbound(**(known | changes))


def demands(**changes) -> RouteDemands:
    return RouteDemands(**({"route": "chat"} | changes))


def test_a_plain_request_on_a_plain_route():
    facts = request_facts(inbound(), demands())
    assert (facts.route, facts.operation, facts.prefer) == ("chat", "chat", "order")
    assert facts.input_tokens == 100
    assert facts.expected_output_tokens == 512
    assert facts.labels == facts.local_labels == NOTHING
    assert facts.tier is None
    assert facts.complexity is None


def test_what_the_route_asks_is_passed_on():
    asked = demands(
        prefer="cost",
        allowed_regions=frozenset({"eu"}),
        max_usd=0.5,
        max_ttft_ms=900.0,
        environment="dev",
        environment_targets=frozenset({"a"}),
    )
    facts = request_facts(inbound(needs=frozenset({"tools"}), choices=3), asked)
    for name in ("prefer", "allowed_regions", "max_usd", "max_ttft_ms"):
        assert getattr(facts, name) == getattr(asked, name)
    assert facts.environment == "dev"
    assert facts.environment_targets == {"a"}
    assert facts.needs == {"tools"}
    assert facts.choices == 3


def test_whatever_is_found_stays_local():
    facts = request_facts(
        inbound(), demands(detect=frozenset({"email", "card"})), found=frozenset({"email"})
    )
    assert facts.labels == facts.local_labels == {"email"}


@pytest.mark.parametrize("where", ["header or key", "route"])
def test_every_declared_label_stays_local_where_the_route_names_none(where):
    legal = frozenset({"legal"})
    on_route = demands(declared=legal if where == "route" else NOTHING)
    in_call = legal if where == "header or key" else NOTHING
    assert request_facts(inbound(), on_route, asking=Asking(declared=in_call)).local_labels == legal


def test_a_route_that_names_labels_lets_the_others_go():
    asked = demands(local_labels=frozenset({"legal"}))
    facts = request_facts(inbound(), asked, asking=Asking(declared=frozenset({"legal", "urgent"})))
    assert facts.labels == {"legal", "urgent"}
    assert facts.local_labels == {"legal"}


def test_a_label_of_the_route_itself_counts_as_declared():
    asked = demands(local_labels=frozenset({"legal"}), declared=frozenset({"legal"}))
    assert request_facts(inbound(), asked).local_labels == {"legal"}


def test_declaring_what_a_detector_would_find_is_as_good_as_finding_it():
    facts = request_facts(
        inbound(),
        demands(detect=frozenset({"email"}), local_labels=frozenset({"legal"})),
        asking=Asking(declared=frozenset({"email"})),
    )
    assert facts.local_labels == {"email"}


def test_a_route_that_lists_no_labels_keeps_every_declared_one_local():
    facts = request_facts(inbound(), demands(), asking=Asking(declared=frozenset({"phi"})))
    assert facts.local_labels == {"phi"}


@given(LABELS, LABELS, LABELS, st.none() | LABELS)
def test_more_labels_never_set_a_request_free(found, declared, more, kept):
    asked = demands(local_labels=kept)
    fewer = request_facts(inbound(), asked, found=found, asking=Asking(declared=declared))
    extra = request_facts(inbound(), asked, found=found, asking=Asking(declared=declared | more))
    assert fewer.local_labels <= extra.local_labels
    assert found <= fewer.local_labels <= fewer.labels


@pytest.mark.parametrize(
    ("complexity", "tier"), [(0.0, 0), (0.3, 0), (0.30001, 1), (0.7, 1), (0.9, 2), (1.0, 2)]
)
def test_the_first_tier_that_reaches_the_complexity_is_asked_for(complexity, tier):
    assert tier_of(complexity, (0.3, 0.7, 1.0)) == tier


def test_the_last_tier_takes_what_is_above_every_bound():
    assert tier_of(0.99, (0.3, 0.7)) == 1


def test_the_last_turn_is_scored():
    asked = demands(tiers=(0.5, 1.0))
    assert request_facts(inbound(turn_text="hi"), asked).tier == 0
    assert request_facts(inbound(turn_text="long " * 500), asked).tier == 1


def test_what_chooses_the_tier_can_be_chosen():
    gain = Gain(expected=0.3, low=0.1, high=0.5, cut=0.2)
    seen = []

    class Always:
        def choose(self, text, tiers):
            seen.append((text, tiers))
            return TierChoice(1, 0.75, gain)

    facts = request_facts(inbound(), demands(tiers=(0.5, 1.0)), tiering=Always())
    assert seen == [("hello", (0.5, 1.0))]
    assert (facts.complexity, facts.tier, facts.gain) == (0.75, 1, gain)


def test_a_route_without_tiers_asks_nobody():
    facts = request_facts(inbound(), demands(), tiering=None)
    assert (facts.complexity, facts.tier, facts.gain) == (None, None, None)


def test_who_asks_is_in_the_facts():
    asking = Asking(key="alice", team="search", tags=frozenset({"nightly"}), session="5e55", draw=7)
    facts = request_facts(inbound(), demands(), asking=asking)
    assert (facts.key, facts.team, facts.tags) == ("alice", "search", {"nightly"})
    assert (facts.session, facts.draw) == ("5e55", 7)


def test_the_routes_priority_is_for_requests_that_name_none():
    asked = demands(priority=3)
    assert request_facts(inbound(), asked).priority == 3
    assert request_facts(inbound(), asked, asking=Asking(priority=0)).priority == 0


def test_no_text_survives_into_the_facts():
    secret = "the launch code is swordfish"
    body = b'{"messages":[{"role":"user","content":"' + secret.encode() + b'"}]}'
    facts = request_facts(inbound(turn_text=secret, body=body), demands(tiers=(0.5, 1.0)))
    assert "swordfish" not in repr(facts)


def test_what_an_answer_holds_counts_like_what_the_request_holds():
    asked = demands(detect=frozenset({"email", "card"}), actions={"email": "mask"})
    facts = request_facts(inbound(), asked, found=frozenset({"email"}))
    assert (facts.local_labels, facts.maskable) == (NOTHING, {"email"})
    more = with_more(facts, frozenset({"card"}), asked)
    assert more.labels == {"email", "card"}
    assert more.local_labels == {"card"}
    assert more.maskable == {"email", "card"}
    assert with_more(facts, NOTHING, asked) == facts


@given(LABELS, LABELS, LABELS, LABELS)
def test_more_found_never_sets_a_request_free(found, declared, more, kept):
    asked = demands(detect=LABELS_LOOKED_FOR, local_labels=kept)
    facts = request_facts(inbound(), asked, found=found, asking=Asking(declared=declared))
    after = with_more(facts, more, asked)
    assert facts.labels | more == after.labels
    assert facts.local_labels | more <= after.local_labels
    assert not after.maskable & declared, "what was declared has no place in the text"


def test_what_could_not_be_scanned_in_an_answer_cannot_be_masked():
    asked = demands(detect=frozenset({"email"}), actions={"email": "mask"})
    facts = request_facts(inbound(), asked, found=frozenset({"email"}))
    after = with_more(facts, frozenset({"unscanned"}), asked)
    assert after.local_labels == {"unscanned"}
    assert after.maskable == {"email"}
