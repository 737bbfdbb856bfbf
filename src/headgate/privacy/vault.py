"""The pseudonyms of every session that is not over yet, in memory.

A session belongs to one tenant, and its key follows from both and from a master key that is
kept outside: workers that share the master key agree on every placeholder. Sessions that
nobody has used for a while are dropped, and those used least recently when there are too many
values; an answer under way keeps what it needs. Nothing here shows a value.
"""

import hmac
from collections import OrderedDict
from collections.abc import Iterable

from typing_extensions import override

from headgate.privacy.pseudonyms import Pseudonyms, Tally

SHORTEST_KEY = 16
"""Bytes of a master key."""
TTL_S = 3600.0
MOST_VALUES = 200_000
_Id = tuple[str, str]


class _Kept:
    __slots__ = ("names", "used_at")

    def __init__(self, names: Pseudonyms) -> None:
        self.names = names
        self.used_at = 0.0


class Vault:
    """Hands out the pseudonyms of a session, the same ones each time."""

    __slots__ = ("_kept", "_master", "_most_values", "_tally", "_ttl_s")

    def __init__(
        self, master: bytes, *, ttl_s: float = TTL_S, most_values: int = MOST_VALUES
    ) -> None:
        """`ttl_s`: how long after its last use a session is kept.

        Raises:
            ValueError: The master key is too short to be one.
        """
        if len(master) < SHORTEST_KEY:
            raise ValueError(f"a master key has at least {SHORTEST_KEY} bytes")
        self._master = master
        self._ttl_s = ttl_s
        self._most_values = most_values
        self._kept: OrderedDict[_Id, _Kept] = OrderedDict()
        self._tally = Tally()

    def __len__(self) -> int:
        return len(self._kept)

    @override
    def __repr__(self) -> str:
        return f"<vault of {len(self._kept)} sessions>"

    def has(self, tenant: str, session: str, now: float) -> bool:
        """Whether the session is here; else a store may have it."""
        self.drop_old(now)
        return (tenant, session) in self._kept

    def session(
        self, tenant: str, session: str, now: float, *, stored: Iterable[bytes] = ()
    ) -> Pseudonyms:
        """The pseudonyms of a session, new or as they were.

        Args:
            tenant: Whose it is; of others nobody sees anything.
            session: Its name, which is the tenant's own.
            now: Seconds, of a clock that never goes back.
            stored: What a store has of it; see `Pseudonyms.take_new`.
        """
        self.drop_old(now)
        name = (tenant, session)
        kept = self._kept.get(name)
        if kept is None:
            kept = self._kept[name] = _Kept(
                Pseudonyms(session_key(self._master, *name), self._tally)
            )
        kept.names.restore(stored)
        kept.used_at = now
        self._kept.move_to_end(name)
        self._make_room(name)
        return kept.names

    def end(self, tenant: str, session: str) -> None:
        """The session is over: forget what it knew."""
        self._drop((tenant, session))

    def drop_old(self, now: float) -> None:
        """Forget sessions that nobody has used for the time they are kept."""
        while self._kept:
            name, oldest = next(iter(self._kept.items()))
            if now - oldest.used_at < self._ttl_s:
                return
            self._drop(name)

    def _make_room(self, in_use: _Id) -> None:
        while self._tally.count > self._most_values:
            oldest = next(iter(self._kept))
            if oldest == in_use:
                return
            self._drop(oldest)

    def _drop(self, name: _Id) -> None:
        kept = self._kept.pop(name, None)
        if kept is not None:
            # An answer under way may go on with it.
            kept.names.tally = None
            self._tally.count -= len(kept.names)


def session_key(master: bytes, tenant: str, session: str) -> bytes:
    """The key of a tenant's session."""
    return _derived(master, "pseudonyms", tenant, session)


def session_id(master: bytes, tenant: str, session: str) -> bytes:
    """What a store calls a session, which tells neither its name nor its tenant."""
    return _derived(master, "session id", tenant, session)


def storage_key(master: bytes) -> bytes:
    """What a store seals values with: 32 bytes."""
    return _derived(master, "storage")


def _derived(master: bytes, *purpose: str) -> bytes:
    # With their lengths: ("a", "bc") is not ("ab", "c").
    parts = [part.encode("utf-8", "surrogatepass") for part in purpose]
    message = b"".join(len(part).to_bytes(8) + part for part in parts)
    return hmac.digest(master, b"headgate" + message, "sha256")
