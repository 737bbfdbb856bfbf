"""What becomes of one request."""

from decimal import Decimal

from msgspec.structs import replace

from headgate.core.usage import Usage
from headgate.estimate.cost import Pricing
from headgate.planner.replay.course import Course, as_recorded, other_course, same_course
from headgate.planner.replay.past import Past
from headgate.planner.replay.policy import ReplayRoute, Seat
from headgate.planner.replay.speeds import Steady
from support.entries import candidate
from support.replays import DOLLAR, USAGE, idle, past, route, tried

STEADY = {"local": Steady(ttft_s=0.1, write_tokens_per_s=299)}
FAILED = tried("box", is_answer=False, has_failed=True, usage=None, usd=None, duration_ms=300.0)


def seat(name: str, pricing: Pricing = DOLLAR) -> tuple[Seat, bool, str]:
    made = candidate(name, is_local=name == "local")
    return Seat(name=name, idle=idle(made), pricing=pricing), made.is_local, "m"


def repeated(then: Past, under: ReplayRoute) -> Course:
    return same_course(then, as_recorded(then), {seat.name: seat for seat in under.seats})


def test_as_recorded_every_attempt_counts() -> None:
    found = as_recorded(past(attempts=(FAILED, tried(started_at=100.4)), duration_ms=2400.0))
    assert (found.served_by, found.known_usd, found.unknown_costs) == ("cloud", Decimal("0.001"), 1)
    # The first token half a second into an attempt that began 0.4 s after the request.
    assert round(found.ttft_ms or 0) == 900
    assert found.total_ms == 2400.0
    assert found.occupied == (("box", 0.3), ("cloud", 2.0))


def test_the_same_again_is_priced_by_the_policy() -> None:
    found = repeated(past(attempts=(tried(usd=Decimal(7)),)), route(candidate("cloud")))
    assert found.known_usd == Decimal("0.001")
    batch = tried(role="batch", usd=None)
    listed = replace(DOLLAR, usd_per_input_mtok=None, usd_per_output_mtok=None)
    priced = route(candidate("cloud"))
    by_list = replace(priced, seats=(replace(priced.seats[0], pricing=listed),))
    assert repeated(past(attempts=(batch,)), by_list).unknown_costs == 1


def test_elsewhere_it_takes_as_long_as_that_target_does() -> None:
    found = other_course(past(), {"local": seat("local")}, STEADY, lambda: 0.5)
    assert (found.served_by, found.is_local) == ("local", True)
    assert found.known_usd == Decimal("0.001")
    assert (found.ttft_ms, found.total_ms) == (100.0, 1100.0)
    assert found.occupied == (("local", 1.1),)


def test_what_was_cached_then_is_read_again_elsewhere() -> None:
    pricing = replace(DOLLAR, usd_per_cache_read_mtok=Decimal(0))
    cached = replace(USAGE, cache_read_tokens=700)
    then = past(usage=cached, attempts=(tried(usage=cached),))
    moved = other_course(then, {"local": seat("local", pricing)}, STEADY, lambda: 0.5)
    stayed = other_course(then, {"cloud": seat("cloud", pricing)}, {}, lambda: 0.5)
    assert (moved.known_usd, stayed.known_usd) == (Decimal("0.001"), Decimal("0.0003"))
    # At the target of then, the answer is the one of then.
    assert (stayed.ttft_ms, stayed.total_ms) == (500.0, 2000.0)


def test_an_own_machine_is_paid_by_the_time_it_takes() -> None:
    per_hour = Pricing(usd_per_busy_hour=Decimal(36))
    found = other_course(past(), {"local": seat("local", per_hour)}, STEADY, lambda: 0.5)
    assert found.known_usd == Decimal("0.011")
    unknown = other_course(past(), {"local": seat("local", per_hour)}, {}, lambda: 0.5)
    assert (unknown.known_usd, unknown.unknown_costs, unknown.total_ms) == (0, 1, None)


def test_what_failed_then_fails_again() -> None:
    then = past(attempts=(FAILED, tried()))
    ranked = {"box": seat("box"), "local": seat("local")}
    assert other_course(then, ranked, STEADY, lambda: 0.5).served_by == "local"
    assert other_course(then, {"box": seat("box")}, STEADY, lambda: 0.5).served_by is None


def test_of_a_request_without_an_answer_the_cost_is_unknown() -> None:
    found = other_course(
        past(usage=None, attempts=(), served_by=None), {"local": seat("local")}, STEADY, lambda: 0.5
    )
    assert (found.served_by, found.known_usd, found.unknown_costs) == ("local", 0, 1)
    assert found.occupied == ()


def test_prices_are_those_of_the_day_that_is_asked_for() -> None:
    listed = Pricing(catalog_provider="openai")
    made = {"cloud": (seat("cloud", listed)[0], False, "gpt-4o-mini")}
    before = past(at=0.0, attempts=(), candidates={})
    dated = replace(before, priced_at=1_795_435_200.0)
    assert other_course(dated, made, {}, lambda: 0.5).known_usd == Decimal("0.000285")


def test_searches_are_paid_elsewhere_too() -> None:
    pricing = replace(DOLLAR, usd_per_thousand_searches=Decimal(2))
    usage = Usage(search_units=3)
    then = past(usage=usage, attempts=(tried(usage=usage),))
    found = other_course(then, {"local": seat("local", pricing)}, STEADY, lambda: 0.5)
    assert found.known_usd == Decimal("0.006")
