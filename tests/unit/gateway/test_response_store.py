"""What is kept, for whom, and for how long."""

from headgate.gateway.response_store import Kept, ResponseStore
from support.gateways import ManualClock


def kept(identity: str, size: int = 10) -> Kept:
    return Kept(id=identity, items=(), output=(), body=b"{}", own_bytes=size)


def store(**limits: float) -> tuple[ResponseStore, ManualClock]:
    clock = ManualClock()
    return ResponseStore(clock=clock, **limits), clock  # type: ignore[arg-type]


def found(held: ResponseStore, owner: str | None = None, names: str = "abc") -> str:
    return "".join(name for name in names if held.find(owner, name))


def test_each_caller_has_its_own():
    held, _ = store()
    held.keep("ada", kept("a"))
    held.keep(None, kept("b"))
    assert (found(held, "ada"), found(held), found(held, "bob")) == ("a", "b", "")
    assert not held.forget("bob", "a")
    assert held.forget("ada", "a")
    assert not held.forget("ada", "a")
    assert found(held, "ada") == ""


def test_a_response_expires():
    held, clock = store(ttl_s=60)
    held.keep(None, kept("a"))
    clock.seconds += 59
    held.keep(None, kept("b"))
    assert found(held) == "ab"
    clock.seconds += 1
    assert found(held) == "b"
    assert not held.forget(None, "a")


def test_the_oldest_go_first_when_there_are_too_many():
    held, _ = store(max_responses=2)
    for name in "abc":
        held.keep(None, kept(name))
    assert found(held) == "bc"


def test_the_oldest_go_first_when_they_are_too_large():
    held, _ = store(max_bytes=25)
    for name in "abc":
        held.keep(None, kept(name))
    assert found(held) == "bc"
    held.forget(None, "b")
    held.keep(None, kept("a", 15))
    assert found(held) == "ac"
    held.keep(None, kept("b", 26))
    assert found(held) == "ac"


def test_the_same_id_is_kept_once():
    held, _ = store(max_bytes=25)
    for _ in range(5):
        held.keep(None, kept("a"))
    held.keep(None, kept("b"))
    assert found(held) == "ab"
