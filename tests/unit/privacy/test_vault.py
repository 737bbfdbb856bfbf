"""The pseudonyms of every session."""

import pytest

from headgate.privacy.vault import Vault, session_id, session_key, storage_key

MASTER = b"0123456789abcdef"


def test_a_session_is_the_same_each_time_and_no_other():
    vault = Vault(MASTER)
    names = vault.session("acme", "s1", 0.0)
    name = names.name_of("email", "a@b.c")
    assert vault.session("acme", "s1", 1.0) is names
    for tenant, session in [("acme", "s2"), ("other", "s1"), ("acmes", "1")]:
        other = vault.session(tenant, session, 1.0)
        assert other.value_of(name) is None
        assert other.name_of("email", "a@b.c") != name


def test_workers_with_the_same_master_key_agree():
    names = [Vault(MASTER).session("acme", "s", 0.0).name_of("email", "a@b.c") for _ in range(2)]
    assert names[0] == names[1]
    other = Vault(b"another master key").session("acme", "s", 0.0)
    assert other.name_of("email", "a@b.c") != names[0]


def test_a_session_that_ends_is_forgotten():
    vault = Vault(MASTER)
    name = vault.session("acme", "s", 0.0).name_of("email", "a@b.c")
    vault.end("acme", "s")
    vault.end("acme", "never was")
    assert not vault.has("acme", "s", 0.0)
    assert vault.session("acme", "s", 0.0).value_of(name) is None


def test_sessions_that_nobody_uses_are_dropped_in_time():
    vault = Vault(MASTER, ttl_s=10)
    vault.session("acme", "old", 0.0)
    vault.session("acme", "used", 0.0)
    vault.session("acme", "used", 9.0)
    assert vault.has("acme", "old", 9.9)
    assert not vault.has("acme", "old", 10.0)
    assert vault.has("acme", "used", 18.9)
    vault.drop_old(19.0)
    assert len(vault) == 0


def test_with_too_many_values_those_used_least_recently_go():
    vault = Vault(MASTER, most_values=5)
    for number in range(4):
        names = vault.session("acme", str(number), float(number))
        names.name_of("email", f"{number}@a")
        names.name_of("email", f"{number}@b")
    vault.session("acme", "3", 4.0)
    assert [vault.has("acme", str(number), 4.0) for number in range(4)] == [
        False,
        False,
        True,
        True,
    ]
    assert vault.session("acme", "3", 5.0).value_of(names.name_of("email", "3@a")) is not None


def test_a_session_comes_back_from_a_store():
    names = Vault(MASTER).session("acme", "s", 0.0)
    name = names.name_of("email", "a@b.c")
    again = Vault(MASTER).session("acme", "s", 0.0, stored=names.take_new())
    value = again.value_of(name)
    assert value is not None
    assert value.text == "a@b.c"


def test_nothing_shows_a_value_or_a_key():
    vault = Vault(MASTER)
    vault.session("acme", "s", 0.0).name_of("email", "ada@x.io")
    assert repr(vault) == "<vault of 1 sessions>"


def test_every_key_is_for_one_purpose():
    keys = {
        session_key(MASTER, "a", "bc"),
        session_key(MASTER, "ab", "c"),
        session_id(MASTER, "a", "bc"),
        storage_key(MASTER),
    }
    assert len(keys) == 4
    assert len(storage_key(MASTER)) == 32
    with pytest.raises(ValueError, match="16 bytes"):
        Vault(b"short")
