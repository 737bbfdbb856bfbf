"""Who is calling: client keys, hashed at rest and compared in constant time."""

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest

from headgate.core.errors import NotAuthenticated
from headgate.gateway.handle import ANYONE, Caller


class Keys:
    """The keys of the configuration, by SHA-256.

    A key is 256 random bits, so a plain hash is enough: there is nothing to guess.
    """

    def __init__(self, callers: Mapping[str, Caller]) -> None:
        """`callers` by hexadecimal hash. None at all: everyone on this machine may call."""
        self._callers = [(digest.encode(), caller) for digest, caller in callers.items()]

    def caller(self, headers: Mapping[bytes, bytes]) -> Caller:
        """The owner of the request's key, from `authorization: Bearer` or `x-api-key`.

        Raises:
            NotAuthenticated: Keys are configured and this is none of them.
        """
        if not self._callers:
            return ANYONE
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        key = token.strip() if scheme.lower() == b"bearer" else headers.get(b"x-api-key", b"")
        digest = sha256(key).hexdigest().encode()
        found: Caller | None = None
        # Every entry is compared, so that timing does not tell which one matched.
        for known, caller in self._callers:
            if compare_digest(digest, known):
                found = caller
        if found is None:
            raise NotAuthenticated(
                "no valid key was sent",
                hint="send `authorization: Bearer <key>`; the operator makes keys with "
                "`headgate key NAME`",
            )
        return found
