"""Client keys."""

from hashlib import sha256

import pytest

from headgate.core.errors import NotAuthenticated
from headgate.gateway.handle import Caller
from headgate.server.auth import Keys

ALICE, BOB = Caller(name="alice"), Caller(name="bob", labels=frozenset({"phi"}))
KEYS = Keys({sha256(b"key-a").hexdigest(): ALICE, sha256(b"key-b").hexdigest(): BOB})


def test_with_no_keys_configured_everyone_may_call() -> None:
    assert Keys({}).caller({}).name is None


@pytest.mark.parametrize(
    ("headers", "caller"),
    [
        ({b"authorization": b"Bearer key-a"}, ALICE),
        ({b"authorization": b"bearer  key-b "}, BOB),
        ({b"x-api-key": b"key-b"}, BOB),
    ],
)
def test_a_known_key_names_its_owner(headers: dict[bytes, bytes], caller: Caller) -> None:
    assert KEYS.caller(headers) is caller


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {b"authorization": b"Bearer wrong"},
        {b"authorization": b"Bearer "},
        {b"authorization": b"Basic key-a"},
        {b"x-api-key": b""},
        {b"authorization": b"Bearer " + sha256(b"key-a").hexdigest().encode()},
    ],
)
def test_anything_else_is_refused_and_told_how_to_send_a_key(headers: dict[bytes, bytes]) -> None:
    with pytest.raises(NotAuthenticated) as refusal:
        KEYS.caller(headers)
    assert "Bearer" in (refusal.value.hint or "")
