"""Pseudonyms follow from the conversation, and only those that a backend keeps are kept."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from headgate.core.inbound import Inbound
from headgate.gateway.pseudonym_keeper import PseudonymKeeper
from support.gateways import ManualClock

SECRET = b"0123456789abcdef0123456789abcdef"
KEPT, FORGOTTEN = "openai_responses", "openai_chat"


@dataclass
class Shelf:
    """A store that remembers; sealing is the real one's business."""

    kept: dict[bytes, list[bytes]] = field(default_factory=dict)
    until: float = 0.0

    def add(self, session: bytes, values: Sequence[bytes], expires_at: float) -> None:
        self.kept.setdefault(session, []).extend(values)
        self.until = expires_at

    def values(self, session: bytes, now: float) -> list[bytes]:
        return self.kept.get(session, [])

    def drop_old(self, now: float) -> None:
        pass

    def close(self) -> None:
        pass


def inbound(dialect: str, body: bytes = b"{}") -> Inbound:
    return Inbound(dialect=dialect, operation="chat", body=body, fields={}, model="m")


def keeper(store: Shelf | None = None) -> PseudonymKeeper:
    return PseudonymKeeper(secret=SECRET, clock=ManualClock(), store=store)


def name_in(made: PseudonymKeeper, dialect: str, tenant: str = "a", said: str = "s") -> str:
    return made.names_for(inbound(dialect), tenant, said).name_of("email", "x@y.org")


def test_the_same_conversation_has_the_same_names_in_every_process():
    assert name_in(keeper(), FORGOTTEN) == name_in(keeper(), FORGOTTEN)
    assert name_in(keeper(), FORGOTTEN) != name_in(keeper(), FORGOTTEN, tenant="b")
    assert name_in(keeper(), FORGOTTEN) != name_in(keeper(), FORGOTTEN, said="t")


def test_what_a_backend_may_go_on_from_is_remembered_by_tenant():
    made = keeper()
    name = name_in(made, KEPT)
    assert made.names_for(inbound(KEPT), "a", "other").value_of(name) is not None
    assert made.names_for(inbound(KEPT), "b", "s").value_of(name) is None
    assert made.names_for(inbound(FORGOTTEN), "a", "s").value_of(name) is None


def test_a_store_brings_it_back_after_a_restart():
    async def told(shelf: Shelf) -> None:
        first = keeper(shelf)
        names = first.names_for(inbound(KEPT), "a", None)
        name = names.name_of("email", "x@y.org")
        await first.keep(inbound(KEPT), "a", names)
        assert shelf.until == first.clock.now() + first.ttl_s
        second = keeper(shelf)
        await second.load(inbound(KEPT), "a")
        value = second.names_for(inbound(KEPT), "a", None).value_of(name)
        assert value is not None
        assert value.text == "x@y.org"

    asyncio.run(told(Shelf()))


def test_nothing_of_other_conversations_is_stored():
    async def told(shelf: Shelf) -> None:
        made = keeper(shelf)
        names = made.names_for(inbound(FORGOTTEN), "a", None)
        names.name_of("email", "x@y.org")
        await made.keep(inbound(FORGOTTEN), "a", names)
        assert shelf.kept == {}

    asyncio.run(told(Shelf()))
