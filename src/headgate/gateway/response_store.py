"""Responses kept in memory for a while, each for the caller that asked for it.

They are never written to a disk and are gone when Headgate stops. The oldest go first,
when there are too many or they are too large together.
"""

from dataclasses import dataclass, field

from headgate.core.errors import CallerError, InvalidRequest
from headgate.core.ports import Clock

DEFAULT_TTL_S = 3600.0
DEFAULT_RESPONSES = 1000
DEFAULT_BYTES = 256 * 1024 * 1024


class ResponseNotFound(CallerError):
    """There is no such response, or it is somebody else's."""

    code, http_status = "response_not_found", 404


class PreviousResponseNotFound(InvalidRequest):
    """The turn that a request goes on from is not there."""

    code = "previous_response_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One response, and all it rests on."""

    id: str
    items: tuple[bytes, ...]
    """Everything it was given, earlier turns included, as input items."""
    output: tuple[bytes, ...]
    """What it answered, as input items."""
    body: bytes = field(repr=False)
    """The response as the client got it."""
    relayed_by: str | None = None
    """The target that made its id, and may keep it as well."""
    own_bytes: int
    """How much it holds that the turns before it do not."""


@dataclass(slots=True, kw_only=True)
class ResponseStore:
    """Kept responses by caller and id."""

    clock: Clock
    ttl_s: float = DEFAULT_TTL_S
    max_responses: int = DEFAULT_RESPONSES
    max_bytes: int = DEFAULT_BYTES
    _kept: dict[tuple[str | None, str], tuple[float, Kept]] = field(default_factory=dict)
    """The oldest first, each with the moment it expires."""
    _bytes: int = 0

    def keep(self, owner: str | None, response: Kept) -> None:
        """Keep a response; what is too large for the whole store is not kept."""
        self.forget(owner, response.id)
        if response.own_bytes > self.max_bytes:
            return
        expires = self.clock.monotonic() + self.ttl_s
        self._kept[owner, response.id] = (expires, response)
        self._bytes += response.own_bytes
        self._make_room()

    def find(self, owner: str | None, response_id: str) -> Kept | None:
        """The caller's response of that id, unless it has expired."""
        self._make_room()
        found = self._kept.get((owner, response_id))
        return None if found is None else found[1]

    def forget(self, owner: str | None, response_id: str) -> bool:
        """Drop the caller's response of that id; whether it was there."""
        self._make_room()
        return self._drop((owner, response_id))

    def _make_room(self) -> None:
        now = self.clock.monotonic()
        while self._kept:
            oldest, (expires, _) = next(iter(self._kept.items()))
            is_over = len(self._kept) > self.max_responses or self._bytes > self.max_bytes
            if expires > now and not is_over:
                return
            self._drop(oldest)

    def _drop(self, key: tuple[str | None, str]) -> bool:
        found = self._kept.pop(key, None)
        if found is None:
            return False
        self._bytes -= found[1].own_bytes
        return True
