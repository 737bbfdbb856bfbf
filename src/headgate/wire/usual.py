"""What most dialects do alike. One that does it otherwise says so in its own file."""

from collections.abc import Mapping
from typing import Any

from headgate.core.errors import HeadgateError
from headgate.core.inbound import Inbound
from headgate.wire.members import absent, join

ANTHROPIC_IS_OVERLOADED = 529


class UsualBackend:
    """Of `wire.dialect.BackendDialect`: a body is one JSON object, and usage needs no asking."""

    def relay(self, inbound: Inbound, *, changes: Mapping[str, Any], drop: frozenset[str]) -> bytes:
        """Body for a backend of this same dialect; members left alone keep their bytes."""
        return join(inbound.fields, changes, drop)

    def left_open(self, inbound: Inbound, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """The target's settings that the request does not make itself."""
        return absent(inbound, options)

    def ask_for_usage(self, inbound: Inbound) -> Mapping[str, Any]:
        """Nothing: it is always told."""
        return {}


class UsualClient:
    """Of `wire.dialect.ClientDialect`: statuses are HTTP's own."""

    def status_of(self, error: HeadgateError) -> int:
        """As it is, except for Anthropic's word for overload."""
        return 503 if error.http_status == ANTHROPIC_IS_OVERLOADED else error.http_status
