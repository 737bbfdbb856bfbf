"""The slots of one target, and the requests that wait for them.

Nothing here waits or reads a clock: `join` gives a `Ticket`, and whoever frees a slot calls
the ticket of the next in line. So a simulation can drive it with time of its own. A slot
that is freed is promised to one waiter, at once: nobody who comes later can take it, and
nobody else is woken.

Who is next: the smallest turn. Every key has a clock that moves on by one share of the
service time with each request that joins, and a new one starts where the first in line
stands (start-time fair queueing, Goyal, Vin, Cheng 1996). So a key that sends a hundred at
once does not stand before one that sends its first. Each priority is worth `S_PER_PRIORITY` of
waiting (delay-dependent priority, Kleinrock 1964), so that nobody starves; a deadline nearer
than `PATIENCE_S` brings the turn forward, and so does having nowhere else to go.
"""

from bisect import bisect, insort
from collections.abc import Callable

from msgspec import Struct

from headgate.estimate.waiting import slot_wait_s
from headgate.gateway.speeds import Speeds

S_PER_PRIORITY = 10.0
BEHIND = -100
"""The priority of what is in no hurry: a quarter of an hour behind those who are."""
PATIENCE_S = 30.0
"""A request without a deadline stands where one with this deadline would."""
MOST_WAITING = 100
"""Unless the target says otherwise."""


class Claim(Struct, frozen=True, gc=False, kw_only=True):
    """What a request brings to the line."""

    key: str | None = None
    priority: int = 0
    deadline_s: float | None = None
    stays_s: float = 0.0
    """Where it has nowhere else to go: as long as the others would wait before they went."""

    def head_start_s(self) -> float:
        """How much earlier than it joins its turn is."""
        hurry_s = 0.0 if self.deadline_s is None else max(0.0, PATIENCE_S - self.deadline_s)
        return hurry_s + self.priority * S_PER_PRIORITY + self.stays_s


ANY = Claim()


class Ticket:
    """One request in line."""

    __slots__ = ("has_slot", "key", "on_slot", "order", "share_s", "starts")

    def __init__(
        self,
        claim: Claim,
        on_slot: Callable[[], None],
        *,
        starts: float,
        share_s: float,
        number: int,
    ) -> None:
        self.key = claim.key
        self.starts, self.share_s = starts, share_s
        """On its key's clock."""
        self.order = (starts - claim.head_start_s(), number)
        self.on_slot = on_slot
        self.has_slot = False

    def __lt__(self, other: "Ticket") -> bool:
        return self.order < other.order


class Slots:
    """Those of one target. Belongs to the event loop; times are monotonic seconds."""

    __slots__ = (
        "_clocks",
        "_joined",
        "_speeds",
        "begun",
        "limit",
        "most_waiting",
        "promised",
        "waiters",
    )

    def __init__(
        self, limit: int | None, speeds: Speeds, *, most_waiting: int = MOST_WAITING
    ) -> None:
        """`None` is no limit, and nobody ever waits."""
        self.limit = limit
        """How many there are; see `resize`."""
        self._speeds = speeds
        self.most_waiting = most_waiting
        self.begun: list[float] = []
        """When each request that holds a slot began."""
        self.promised = 0
        """Slots given to waiters that have not begun yet."""
        self.waiters: list[Ticket] = []
        self._joined = 0
        self._clocks: dict[str | None, float] = {}
        """By key, where its next request starts."""

    @property
    def is_full(self) -> bool:
        """Whether whoever comes now has to wait."""
        limit = self.limit
        return limit is not None and len(self.begun) + self.promised >= limit

    def resize(self, limit: int) -> None:
        """There are so many from now on."""
        self.limit = limit
        self.serve()

    def begin(self, now: float) -> None:
        """A request takes a slot."""
        self.begun.append(now)

    def end(self, began: float) -> None:
        """It gives it up; the next in line has it."""
        self.begun.remove(began)
        self.serve()

    def join(self, now: float, on_slot: Callable[[], None], claim: Claim = ANY) -> Ticket:
        """Stand in line; `on_slot` is called once, when a slot is promised."""
        if not self.waiters:
            self._clocks.clear()
        starts, share_s = self._starts(now, claim), self._share_s()
        self._clocks[claim.key] = starts + share_s
        self._joined += 1
        ticket = Ticket(claim, on_slot, starts=starts, share_s=share_s, number=self._joined)
        insort(self.waiters, ticket)
        self.serve()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give up waiting, or the slot that was promised."""
        if ticket.has_slot:
            self.redeem(ticket)
            self.serve()
        elif ticket in self.waiters:
            self.waiters.remove(ticket)
            # It took nothing, so its key does not pay for it.
            self._clocks[ticket.key] -= ticket.share_s

    def redeem(self, ticket: Ticket) -> None:
        """The promise is kept: the caller begins now, or calls `leave` instead of this."""
        assert ticket.has_slot, "nothing was promised"
        ticket.has_slot = False
        self.promised -= 1

    def wait_s(self, now: float, claim: Claim = ANY) -> float | None:
        """Predicted until such a request has a slot; `None` before any was measured."""
        if not self.is_full:
            return 0.0
        service = self._speeds.service
        service_s = service.average
        if service_s is None:
            return None
        limit = self.limit or 1
        left = sorted(self._speeds.left_s(now - began) or service_s for began in self.begun)
        left += [service_s] * self.promised
        # More than there are slots, after a limit has shrunk: the first to end free none.
        left = left[len(left) - limit :]
        order = (self._starts(now, claim) - claim.head_start_s(), self._joined + 1)
        ahead = bisect(self.waiters, order, key=_order)
        return slot_wait_s(left, service_s, ahead, variation=service.variation)

    def _starts(self, now: float, claim: Claim) -> float:
        if not self.waiters:
            return now
        first = min(waiter.starts for waiter in self.waiters)
        return max(first, self._clocks.get(claim.key, first))

    def _share_s(self) -> float:
        service_s = self._speeds.service.average
        return 0.0 if service_s is None or not self.limit else service_s / self.limit

    def serve(self) -> None:
        """Promise what is free to those who are next; for whoever gives up a slot untaken."""
        while self.waiters and not self.is_full:
            ticket = self.waiters.pop(0)
            ticket.has_slot = True
            self.promised += 1
            ticket.on_slot()


def _order(ticket: Ticket) -> tuple[float, int]:
    return ticket.order
