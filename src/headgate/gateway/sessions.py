"""Which requests belong together, and where they were served."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import blake2b
from secrets import token_bytes

import msgspec
from msgspec import Raw

from headgate.core.inbound import Inbound

REMEMBERED = 50_000
SECRET_BYTES = 32
SESSION_FIELDS = ("prompt_cache_key", "safety_identifier", "user")
"""What clients of OpenAI's API say to tell conversations or people apart."""
_FIRST = ("system", "instructions", "messages", "input", "contents", "prompt")
"""Members that a conversation begins with, in the dialects there are."""
BEGINNING = 2
"""Messages that stay the same in every turn: what the system says, and the first question."""
_TURNS = frozenset({"messages", "input", "contents"})
_CACHED = re.compile(rb',?\s*"cache_control"\s*:\s*\{[^{}]*\}')
"""A mark that clients move along with the conversation."""
_BEFORE = frozenset({"system", "developer"})
"""Who speaks before the first question."""


class _Item(msgspec.Struct):
    role: str = ""


_items = msgspec.json.Decoder(list[Raw])
_item = msgspec.json.Decoder(_Item)


def session_of(inbound: Inbound, key: str | None, said: str | None, secret: bytes) -> str:
    """What requests of one conversation share, as a hash.

    What the client calls it (`said`), else a field of its API, else how the conversation
    begins. Keys never share sessions. The hash is keyed with the `secret`: the ledger keeps
    it, and whoever reads the ledger could else tell by trial who wrote, or how one began.
    """
    name = said.encode() if said is not None else _named(inbound.fields) or _beginning(inbound)
    seed = b"%b\0%b" % ((key or "").encode(), name)
    return blake2b(seed, key=secret, digest_size=8, person=b"session").hexdigest()


def is_named(inbound: Inbound, said: str | None) -> bool:
    """Whether the client names its conversation: two that are not may begin alike."""
    return said is not None or _named(inbound.fields) is not None


def _named(fields: Mapping[str, Raw]) -> bytes | None:
    for field in SESSION_FIELDS:
        value = fields.get(field)
        if value is not None and bytes(value).startswith(b'"'):
            return bytes(value)
    return None


def _beginning(inbound: Inbound) -> bytes:
    parts = []
    for field in _FIRST:
        value = inbound.fields.get(field)
        if value is not None:
            items = _first_items(bytes(value))
            # What follows the first question is not there yet when that is asked.
            is_whole = field not in _TURNS or _is_before(items[0])
            parts += items if is_whole else items[:1]
    return b"\0".join(parts)


def _first_items(value: bytes) -> list[bytes]:
    if not value.startswith(b"["):
        return [value]
    try:
        items = _items.decode(value)[:BEGINNING]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return [value]
    return [_CACHED.sub(b"", bytes(item)) for item in items] or [value]


def _is_before(item: bytes) -> bool:
    try:
        return _item.decode(item).role in _BEFORE
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


class Sessions:
    """Who served sessions last; belongs to the event loop, times are monotonic seconds."""

    def __init__(self, remembered: int = REMEMBERED, *, secret: bytes | None = None) -> None:
        """Remember so many at most; without a `secret`, hashes differ after a restart."""
        self.secret = token_bytes(SECRET_BYTES) if secret is None else secret
        self._remembered = remembered
        self._held: OrderedDict[tuple[str, str], tuple[str, float]] = OrderedDict()
        self._local: OrderedDict[str, tuple[frozenset[str], float]] = OrderedDict()

    def held_by(self, route: str, session: str, *, now: float, ttl_s: float) -> str | None:
        """The target that served the session within `ttl_s`."""
        found = self._held.get((route, session))
        if found is None or now - found[1] > ttl_s:
            return None
        return found[0]

    def served(self, route: str, session: str, target: str, *, now: float) -> None:
        """A target has answered."""
        self._held[route, session] = (target, now)
        self._held.move_to_end((route, session))
        if len(self._held) > self._remembered:
            self._held.popitem(last=False)

    def kept_local(self, session: str, *, now: float, ttl_s: float) -> frozenset[str]:
        """Labels for which an earlier request of the session, within `ttl_s`, stayed local."""
        found = self._local.get(session)
        if found is None or now - found[1] > ttl_s:
            return frozenset()
        return found[0]

    def keep_local(self, session: str, labels: frozenset[str], *, now: float) -> None:
        """A request of the session had to stay local, for these labels."""
        earlier = self._local.pop(session, (frozenset(), now))[0]
        self._local[session] = (earlier | labels, now)
        if len(self._local) > self._remembered:
            self._local.popitem(last=False)
