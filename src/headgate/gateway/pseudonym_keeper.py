"""Which pseudonyms a request gets, and where those of conversations that backends keep are kept.

The pseudonyms of most requests follow from what they hold, and are forgotten with them. In
dialects where a request may go on from an earlier one by its id, the answer may speak of what
only the earlier one held: those of a tenant are kept for a while, on disk too where a store
is configured.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from anyio.to_thread import run_sync

from headgate.core.inbound import Inbound
from headgate.core.ports import Clock
from headgate.gateway.sessions import session_of
from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.vault import TTL_S, Vault, session_id, session_key

KEPT_BY_BACKENDS = frozenset({"openai_responses"})
"""Dialects in which a request may go on from an earlier one by its id."""


class ValueStore(Protocol):
    """Keeps sealed values; calls block. `ledger.vault_store.VaultStore` is one."""

    def add(self, session: bytes, values: Sequence[bytes], expires_at: float) -> None:
        """Keep values of a session until then, in Unix seconds."""
        ...

    def values(self, session: bytes, now: float) -> list[bytes]:
        """What is kept of a session."""
        ...

    def drop_old(self, now: float) -> None:
        """Delete what has expired."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


@dataclass(slots=True, eq=False, kw_only=True)
class PseudonymKeeper:
    """Hands out pseudonyms; belongs to the event loop."""

    secret: bytes
    clock: Clock
    ttl_s: float = TTL_S
    store: ValueStore | None = None
    vault: Vault = field(init=False)

    def __post_init__(self) -> None:
        self.vault = Vault(self.secret, ttl_s=self.ttl_s)

    def use_ttl(self, ttl_s: float) -> None:
        """Keep values so long after their last use; forgets what is kept now."""
        self.ttl_s = ttl_s
        self.vault = Vault(self.secret, ttl_s=ttl_s)

    def names_for(self, inbound: Inbound, tenant: str, said: str | None) -> Pseudonyms:
        """Of a request of a tenant, whose conversation the client calls `said`."""
        if inbound.dialect in KEPT_BY_BACKENDS:
            return self.vault.session(tenant, inbound.dialect, self.clock.monotonic())
        session = session_of(inbound, tenant, said, self.secret)
        return Pseudonyms(session_key(self.secret, tenant, session))

    async def load(self, inbound: Inbound, tenant: str) -> None:
        """Take back from the store what an earlier process, or another one, has kept."""
        if self.store is None or inbound.dialect not in KEPT_BY_BACKENDS:
            return
        now = self.clock.monotonic()
        if not self.vault.has(tenant, inbound.dialect, now):
            session = session_id(self.secret, tenant, inbound.dialect)
            stored = await run_sync(self.store.values, session, self.clock.now())
            self.vault.session(tenant, inbound.dialect, now, stored=stored)

    async def keep(self, inbound: Inbound, tenant: str, names: Pseudonyms) -> None:
        """Give the store what is new."""
        if self.store is None or inbound.dialect not in KEPT_BY_BACKENDS:
            return
        if new := names.take_new():
            session = session_id(self.secret, tenant, inbound.dialect)
            now = self.clock.now()
            await run_sync(self.store.add, session, new, now + self.ttl_s)
            await run_sync(self.store.drop_old, now)
