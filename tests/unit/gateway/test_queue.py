"""The line for a target's slots: who is next, what is promised, what is predicted."""

import heapq
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from headgate.gateway.queue import PATIENCE_S, S_PER_PRIORITY, Claim, Slots, Ticket
from headgate.gateway.speeds import Speeds


class Line:
    """Full slots, and who got one after another ended."""

    def __init__(self, slots: int = 1, service_s: float = 1.0) -> None:
        self.speeds = Speeds()
        for _ in range(3):
            self.speeds.ended(0.0, service_s)
        self.slots = Slots(slots, self.speeds)
        self.served: list[str] = []
        for _ in range(slots):
            self.slots.begin(0.0)

    def join(self, name: str, at: float = 0.0, **claim: object) -> Ticket:
        return self.slots.join(at, lambda: self.served.append(name), Claim(**claim))  # type: ignore[arg-type]

    def in_turn(self) -> list[str]:
        """Serve everybody, one after another."""
        while self.slots.waiters:
            next_in_line = self.slots.waiters[0]
            self.slots.end(self.slots.begun[0])
            self.slots.redeem(next_in_line)
            self.slots.begin(0.0)
        return self.served


def test_whoever_came_first_is_served_first() -> None:
    line = Line()
    for number in range(5):
        line.join(str(number), at=number / 10)
    assert line.in_turn() == ["0", "1", "2", "3", "4"]


def test_one_freed_slot_wakes_one_waiter_and_is_nobody_elses() -> None:
    line = Line()
    first = line.join("first")
    line.join("second")
    line.slots.end(0.0)
    assert line.served == ["first"]
    assert line.slots.is_full, "promised, though nobody has begun"
    line.slots.redeem(first)
    line.slots.begin(1.0)
    assert line.slots.is_full


def test_a_promise_that_is_not_kept_goes_to_the_next() -> None:
    line = Line()
    first = line.join("first")
    line.join("second")
    line.slots.end(0.0)
    line.slots.leave(first)
    assert line.served == ["first", "second"]


def test_who_leaves_the_line_is_never_called() -> None:
    line = Line()
    gone = line.join("gone")
    line.join("stays")
    line.slots.leave(gone)
    assert line.in_turn() == ["stays"]


def test_a_priority_goes_first() -> None:
    line = Line(service_s=0.001)
    line.join("just now", at=S_PER_PRIORITY + 1, key="b")
    line.join("urgent", at=S_PER_PRIORITY + 1, key="c", priority=1)
    assert line.in_turn()[0] == "urgent"


def test_nobody_starves_behind_a_stream_of_higher_priority() -> None:
    line = Line(service_s=1.0)
    line.join("patient", key="low")
    order = []
    for second in range(60):
        line.join(f"urgent {second}", at=float(second), key="high", priority=1)
        next_in_line = line.slots.waiters[0]
        line.slots.end(line.slots.begun[0])
        line.slots.redeem(next_in_line)
        line.slots.begin(float(second))
        order.append(line.served[-1])
    # One comes a second, one is served a second: without ageing its turn would never come.
    assert order.index("patient") == pytest.approx(S_PER_PRIORITY, abs=1)


def test_a_key_that_sends_a_hundred_does_not_stand_before_one_that_sends_its_first() -> None:
    line = Line(service_s=1.0)
    for number in range(20):
        line.join(f"flood {number}", key="flood")
    line.join("single", at=0.5, key="single")
    assert line.in_turn().index("single") <= 2


def test_two_keys_that_always_have_work_get_the_same_number_of_slots() -> None:
    line = Line(service_s=1.0)
    for number in range(30):
        line.join("a", key="a")
        line.join("a", key="a")
        line.join("b", at=number / 100, key="b")
    first = line.in_turn()[:40]
    assert abs(first.count("a") - first.count("b")) <= 2


def test_requests_that_left_the_line_are_not_held_against_their_key() -> None:
    line = Line(service_s=1.0)
    line.join("other", key="other")
    for ticket in [line.join("gone", key="k") for _ in range(20)]:
        line.slots.leave(ticket)
    line.join("k", key="k")
    for _ in range(3):
        line.join("other", key="other")
    assert line.in_turn()[:3].count("k") == 1


def test_a_near_deadline_goes_first_and_a_far_one_changes_nothing() -> None:
    line = Line(service_s=0.0)
    line.join("relaxed", key="a")
    line.join("far", key="b", deadline_s=PATIENCE_S * 10)
    line.join("near", key="c", deadline_s=1.0)
    assert line.in_turn() == ["near", "relaxed", "far"]


def test_whoever_has_nowhere_else_goes_first() -> None:
    line = Line(service_s=0.0)
    line.join("may leave", key="a")
    line.join("must stay", key="b", stays_s=2.0)
    assert line.in_turn() == ["must stay", "may leave"]


def test_the_predicted_wait_counts_those_that_go_first_and_no_others() -> None:
    line = Line(slots=2, service_s=4.0)
    assert line.slots.wait_s(1.0) == 3.0
    for _ in range(4):
        line.join("before", at=1.0)
    # Free at 3 and 3 from now, and every 4 seconds after that.
    assert line.slots.wait_s(1.0) == 11.0
    assert line.slots.wait_s(1.0, Claim(key=None, priority=100)) == 3.0


def test_nothing_is_predicted_before_anything_was_measured() -> None:
    slots = Slots(1, Speeds())
    assert slots.wait_s(0.0) == 0.0
    slots.begin(0.0)
    assert slots.wait_s(0.0) is None


def test_more_slots_are_promised_at_once_and_fewer_are_let_run_out() -> None:
    line = Line(slots=1, service_s=2.0)
    tickets = [line.join(str(number)) for number in range(3)]
    line.slots.resize(3)
    assert line.served == ["0", "1"]
    for ticket in tickets[:2]:
        line.slots.redeem(ticket)
        line.slots.begin(1.0)
    line.slots.resize(1)
    line.slots.end(0.0)
    assert line.served == ["0", "1"]
    # Two run where one may: whoever is next starts after both.
    assert line.slots.wait_s(1.0, Claim(priority=9)) == 2.0


def test_a_target_without_a_limit_lets_nobody_wait() -> None:
    slots = Slots(None, Speeds())
    for _ in range(1000):
        slots.begin(0.0)
    assert (slots.is_full, slots.wait_s(0.0)) == (False, 0.0)


@pytest.mark.parametrize("variation", [0.0, 0.5, 1.0])
def test_what_is_predicted_in_bursts_is_what_they_wait(variation: float) -> None:
    random, speeds = Random(3), Speeds()
    slots = Slots(3, speeds)
    waits: list[tuple[float, float]] = []
    ends: list[tuple[float, float]] = []
    arrivals = [
        burst * 25.0 + i * 0.1 for burst in range(120) for i in range(random.randint(1, 20))
    ]

    def begin(now: float) -> None:
        slots.begin(now)
        service_s = 2.0 if not variation else random.gammavariate(variation**-2, 2 * variation**2)
        heapq.heappush(ends, (now + service_s, now))

    def end_next() -> None:
        now, began = heapq.heappop(ends)
        speeds.ended(now, now - began)
        slots.end(began)
        while served:
            ticket, joined, predicted = served.pop()
            slots.redeem(ticket)
            begin(now)
            waits.append((predicted, now - joined))

    served: list[tuple[Ticket, float, float]] = []
    for now in arrivals:
        while ends and ends[0][0] <= now:
            end_next()
        if not slots.is_full:
            begin(now)
            continue
        predicted = slots.wait_s(now)
        if predicted is not None:
            made: list[Ticket] = []
            call = _calls(served, made, now, predicted)
            made.append(slots.join(now, call))
    while ends:
        end_next()
    assert len(waits) > 400
    mean = sum(actual for _, actual in waits) / len(waits)
    bias = sum(predicted - actual for predicted, actual in waits) / len(waits)
    assert abs(bias) < 0.1 * mean
    if not variation:
        assert all(actual == pytest.approx(predicted) for predicted, actual in waits[50:])


def _calls(
    served: list[tuple[Ticket, float, float]], made: list[Ticket], now: float, predicted: float
) -> Callable[[], None]:
    return lambda: served.append((made[0], now, predicted))


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens in whatever order, slots are neither lost nor given out twice."""

    def __init__(self) -> None:
        super().__init__()
        self.slots = Slots(3, Speeds())
        self.promised: list[Ticket] = []
        self.now = 0.0

    @rule(key=st.sampled_from("abc"), priority=st.integers(0, 3))
    def arrive(self, key: str, priority: int) -> None:
        self.now += 1
        if not self.slots.is_full:
            self.slots.begin(self.now)
            return
        made: list[Ticket] = []
        call: Callable[[], None] = lambda: self.promised.append(made[0])  # noqa: E731
        made.append(self.slots.join(self.now, call, Claim(key=key, priority=priority)))

    @precondition(lambda self: self.slots.begun)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        self.slots.end(data.draw(st.sampled_from(self.slots.begun)))

    @precondition(lambda self: self.promised)
    @rule(keeps=st.booleans())
    def settle(self, keeps: bool) -> None:
        ticket = self.promised.pop()
        if keeps:
            self.slots.redeem(ticket)
            self.slots.begin(self.now)
        else:
            self.slots.leave(ticket)

    @precondition(lambda self: self.slots.waiters)
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        self.slots.leave(data.draw(st.sampled_from(self.slots.waiters)))

    @rule(limit=st.integers(1, 5))
    def resize(self, limit: int) -> None:
        self.slots.resize(limit)

    @invariant()
    def nobody_waits_while_a_slot_is_free(self) -> None:
        assert self.slots.is_full or not self.slots.waiters
        assert self.slots.promised == len(self.promised)


TestAnyOrder = AnyOrder.TestCase
