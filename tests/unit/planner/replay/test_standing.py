"""Candidates as they would stand."""

from typing import Any

from msgspec.structs import asdict, replace

from headgate.planner.replay.past import Past
from headgate.planner.replay.policy import Policy, Seat
from headgate.planner.replay.speeds import Steady
from headgate.planner.replay.standing import Field, Load
from headgate.policy.compliance.policy import Applying
from headgate.policy.compliance.policy import Policy as CompliancePolicy
from headgate.policy.compliance.requirement import Is
from headgate.policy.compliance.standing import Standing
from headgate.policy.decision import Candidate, RequestFacts
from headgate.policy.facts import RouteDemands
from support.entries import FACTS, candidate
from support.replays import DOLLAR, idle, past, policy

WAITS = replace(FACTS, max_wait_ms=500.0)
LOCAL = candidate("local", max_concurrency=2)


def stand(made: Policy, then: Past, load: Load | None = None, facts: Any = FACTS) -> Candidate:
    """The first candidate."""
    resolved = made.resolve(then)
    assert resolved is not None
    field = Field(made, load or Load(made.slots))
    return Candidate(**asdict(field.candidates(then, facts, resolved)[0]))


def test_what_is_fixed_is_of_now_and_what_was_measured_of_then() -> None:
    then = candidate(
        "local",
        region="us",
        max_concurrency=9,
        breaker="half_open",
        in_flight=1,
        ttft_ms=70.0,
        output_tokens_per_s=30.0,
        cached_tokens=5,
        operations=frozenset({"chat"}),
    )
    made = policy(candidate("local", region="eu", max_concurrency=2, position=3))
    found = stand(made, past(candidates={"local": then}))
    assert found == replace(then, region="eu", max_concurrency=2, position=3)


def test_another_model_by_the_same_name_has_no_past() -> None:
    then = candidate("local", model="old", in_flight=1, ttft_ms=70.0, breaker="open")
    assert stand(policy(LOCAL), past(candidates={"local": then})) == LOCAL


def test_a_new_target_is_as_fast_as_anybody_knows() -> None:
    steady = Steady(ttft_s=0.2, write_tokens_per_s=40)
    found = stand(policy(LOCAL, speeds={"local": steady}), past(candidates={}))
    assert (found.ttft_ms, found.output_tokens_per_s) == (200.0, 40)


def test_an_own_machine_costs_what_its_time_does_at_the_speed_of_then() -> None:
    then = candidate("local", output_tokens_per_s=50.0)
    priced = policy(candidate("local"))
    resolved = priced.resolve(past())
    assert resolved is not None
    own = Seat(name="local", idle=idle(candidate("local")), pricing=DOLLAR, usd_per_busy_hour=3.6)
    of_own = replace(resolved, route=replace(resolved.route, seats=(own,)))
    field = Field(priced, Load(priced.slots))
    (found,) = field.candidates(past(candidates={"local": then}), FACTS, of_own)
    # A tenth of a cent a second, for 50 tokens.
    assert (found.usd_per_input_mtok, found.usd_per_output_mtok) == (0.0, 20.0)
    (unmeasured,) = field.candidates(past(candidates={}), FACTS, of_own)
    assert unmeasured.usd_per_output_mtok is None


def test_as_long_as_the_policy_does_what_was_done_it_finds_what_was_found() -> None:
    load = Load({"local": 2})
    full = candidate("local", max_concurrency=2, in_flight=2)
    then = past(candidates={"local": full})
    for seconds in (3.0, 9.0, 4.0):
        load.record(then, (("local", seconds),))
        load.serve(then, (("local", seconds),))
    later = past(at=101.0, candidates={"local": full})
    assert load.moved("local", 101.0) is None
    assert stand(policy(LOCAL), later, load) == full


def test_requests_that_go_elsewhere_now_leave_room() -> None:
    load = Load({"local": 2})
    full = candidate("local", max_concurrency=2, in_flight=2)
    then = past(candidates={"local": full})
    load.record(then, (("local", 5.0),))
    found = stand(policy(LOCAL), past(at=101.0, candidates={"local": full}), load)
    assert found.in_flight == 1
    # Long after, all is as it was then.
    assert stand(policy(LOCAL), past(at=200.0, candidates={"local": full}), load) == full


def test_requests_that_come_now_and_did_not_then_make_others_wait() -> None:
    load = Load({"local": 2})
    load.serve(past(), (("local", 5.0), ("local", 7.0), ("local", 1.0)))
    made = policy(LOCAL, demands=RouteDemands(route="default", max_wait_ms=500.0))
    found = stand(made, past(at=101.0, candidates={}), load, WAITS)
    assert (found.in_flight, found.waiting, found.wait_ms) == (2, 1, 5000.0)
    impatient = stand(policy(LOCAL), past(at=101.0, candidates={}), load)
    assert (impatient.in_flight, impatient.waiting, impatient.wait_ms) == (2, 0, None)


def test_a_queue_inside_of_an_engine_is_the_same_then_and_now() -> None:
    load = Load({"local": 1}, frozenset({"local"}))
    then = past(candidates={"local": candidate("local", in_flight=3)})
    for _ in range(3):
        assert load.record(then, (("local", 5.0),)) == load.serve(then, (("local", 5.0),))
    assert load.moved("local", 101.0) is None


def test_a_predicted_wait_of_then_grows_by_what_is_added() -> None:
    load = Load({"local": 2})
    then = candidate(
        "local", max_concurrency=2, in_flight=2, waiting=1, wait_ms=900.0, max_waiting=100
    )
    before = past(candidates={"local": then})
    load.record(before, (("local", 5.0), ("local", 5.0)))
    load.serve(before, (("local", 5.0), ("local", 5.0), ("local", 2.0)))
    found = stand(policy(LOCAL), past(at=101.0, candidates={"local": then}), load, WAITS)
    assert (found.in_flight, found.waiting) == (2, 2)
    # The slots are free after 4 s more, then as now; who waits takes one until 6 s.
    assert found.wait_ms == 900.0


def test_hours_are_looked_at_each_time() -> None:
    asked: list[float] = []

    def at_rest(facts: object, model: str, at: float) -> Candidate:
        asked.append(at)
        return candidate("local", hours="18:00-08:00", is_open=at > 500)

    made = policy(candidate("local"))
    resolved = made.resolve(past())
    assert resolved is not None
    timed = Seat(name="local", idle=at_rest, pricing=DOLLAR)
    resolved = replace(resolved, route=replace(resolved.route, seats=(timed,)))
    field = Field(made, Load({}))
    opens = [
        field.candidates(past(at=at, candidates={}), FACTS, resolved)[0].is_open
        for at in (100.0, 900.0, 200.0)
    ]
    assert opens == [False, True, False]


def test_what_policies_ask_of_a_target_is_looked_up_each_time() -> None:
    def at_rest(facts: RequestFacts, model: str, at: float) -> Candidate:
        return candidate("local", standing=Standing(f"{len(facts.policies)} at {at:g}", ()))

    made = policy(candidate("local"))
    resolved = made.resolve(past())
    assert resolved is not None
    seat = Seat(name="local", idle=at_rest, pricing=DOLLAR)
    resolved = replace(resolved, route=replace(resolved.route, seats=(seat,)))
    field = Field(made, Load({}))
    applying = (Applying(CompliancePolicy(id="p", require=Is("baa"))),)
    found = [
        field.candidates(past(at=at, candidates={}), replace(FACTS, policies=each), resolved)[0]
        for at, each in ((100.0, applying), (900.0, applying * 2))
    ]
    days = [each.standing and each.standing.day for each in found]
    assert days == ["1 at 100", "2 at 900"]
