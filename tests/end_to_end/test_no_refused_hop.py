"""The law of every hop: what a rule refuses is never asked, whatever a request is asked for."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from headgate.core.errors import HeadgateError
from headgate.gateway.attempts import Whole
from headgate.policy.decide import assess
from headgate.policy.decision import Candidate, RequestFacts
from headgate.policy.registry import all_rules
from support import behaviours as b
from support.answers import said
from support.gateways import Rig, box, gateway, rest_of
from support.upstream import Upstream

TARGETS = ("a", "b", "c", "d")
JUDGE, COPY = "judge", "copy"
RULES = all_rules()
FAULTS = [
    b.says(said("The answer is 7")),
    b.says(said("The answer is 8")),
    b.says(said('{"score": 0.9}')),
    b.REFUSAL,
    b.SERVER_ERROR,
    b.CUT,
    b.MALFORMED,
    b.ERROR_AFTER_CONTENT,
    b.says(said("x" * 300)),
]


@dataclass(frozen=True)
class Place:
    """Where a target stands."""

    local: bool
    region: str


places = st.builds(Place, local=st.booleans(), region=st.sampled_from(["eu", "us"]))
everybody = st.fixed_dictionaries(dict.fromkeys((*TARGETS, JUDGE, COPY), places))
cascades = st.fixed_dictionaries(
    {"members": st.lists(st.sampled_from(TARGETS), min_size=2, max_size=3, unique=True)},
    optional={
        "agree": st.just(2),
        "judge": st.fixed_dictionaries(
            {"target": st.just(JUDGE), "when": st.sampled_from(["unsure", "always"])}
        ),
        "max_added_usd": st.just(0.001),
    },
)
routes = st.fixed_dictionaries(
    {},
    optional={
        "cascade": cascades,
        "hedge": st.just({"after_ms": 1, "max_share": 1}),
        "mirror": st.sampled_from(
            [
                [{"target": COPY, "share": 1}],
                [{"target": COPY, "share": 1, "judge": JUDGE}],
                [{"target": "d", "share": 1, "judge": JUDGE}],
            ]
        ),
        "regions": st.sampled_from([["eu"], ["us"]]),
        "privacy": st.just({"labels": ["phi"]}),
        "max_usd": st.just(0.01),
    },
)


@settings(
    max_examples=60,
    deadline=None,
    # Each example makes six servers: shrinking one takes minutes and says little more.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(everybody, routes, st.booleans(), st.booleans(), st.data())
def test_only_what_the_rules_allow_is_asked(
    known: dict[str, Place],
    route: dict[str, Any],
    is_private: bool,
    stream: bool,
    data: st.DataObject,
) -> None:
    async def told(upstreams: dict[str, Upstream]) -> None:
        targets = {
            name: box(each, local=known[name].local, region=known[name].region, retries=0)
            for name, each in upstreams.items()
        }
        config = {
            "targets": targets,
            "routes": {"chat": {"targets": list(TARGETS), **route}},
            "ledger": {"enabled": False},
        }
        async with gateway(config) as rig:
            await ask(rig, is_private=is_private, stream=stream)
            check(rig, known, is_private=is_private, route=route)

    with ExitStack() as stack:
        names = (*TARGETS, JUDGE, COPY)
        behaviours = {name: data.draw(st.sampled_from(FAULTS), label=name) for name in names}
        upstreams = {n: stack.enter_context(Upstream(each)) for n, each in behaviours.items()}
        asyncio.run(told(upstreams))


async def ask(rig: Rig, *, is_private: bool, stream: bool) -> None:
    labels = frozenset({"phi"}) if is_private else frozenset()
    try:
        reply = await rig.send(stream=stream, labels=labels)
        if not isinstance(reply, Whole):
            await rest_of(reply)
    except HeadgateError:
        pass
    mirrors = rig.gateway.sender.mirrors
    assert mirrors is not None
    await asyncio.gather(*mirrors.running)


def check(rig: Rig, known: dict[str, Place], *, is_private: bool, route: dict[str, Any]) -> None:
    [decision] = rig.recording.decisions
    facts = msgspec.json.decode(decision.facts, type=RequestFacts)
    candidates = msgspec.json.decode(decision.candidates, type=list[Candidate])
    refused = {each.name for each in candidates if assess(facts, each, RULES).is_refused}
    for attempt in rig.recording.attempts:
        place = known[attempt.target]
        assert place.local or not (is_private and "privacy" in route), attempt
        assert place.region in route.get("regions", [place.region]), attempt
        assert place.local or "max_usd" not in route, f"of unknown price: {attempt}"
        if attempt.role not in {"judge", "mirror"}:
            assert attempt.target not in refused, attempt
            assert attempt.target in decision.ranked, attempt
        else:
            assert attempt.target in {JUDGE, COPY, "d"}
    served = decision.served_by
    assert served is None or served in decision.ranked
    assert decision.status in {"answered", "failed", "refused", "truncated"}
