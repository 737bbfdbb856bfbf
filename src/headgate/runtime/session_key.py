"""The secret that sessions are hashed with.

It lies beside the ledger and not in it: a copy of the ledger, given to somebody to look at,
must not hold what its hashes can be tried with. A restart keeps it, so that conversations
keep their draw; machines with folders of their own draw each for itself.
"""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes, token_hex

from headgate.core.errors import OperatorError
from headgate.gateway.sessions import SECRET_BYTES
from headgate.ledger.private_file import OWNER_ONLY

NAME = "session.key"


def session_secret(folder: Path) -> bytes:
    """The secret of a folder, made when there is none.

    Raises:
        OperatorError: It cannot be kept or read, or is none.
    """
    path = folder / NAME
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise OperatorError(
            f"cannot keep the key of sessions `{path}`: {error.strerror}",
            hint="let us read and write it, or set `ledger.path` to another folder",
        ) from error
    if len(secret) != SECRET_BYTES:
        raise OperatorError(
            f"`{path}` is no key of sessions: it holds {len(secret)} bytes, not {SECRET_BYTES}",
            hint="remove it, and the next start makes a new one",
        )
    return secret


def _make(path: Path) -> None:
    """Whole or not at all, and the same for two processes that start at once."""
    half = path.with_name(f".{NAME}.{token_hex(8)}")
    try:
        with open(half, "xb", opener=_owner_only) as file:
            file.write(token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A rename would replace what another process has read by now.
        with suppress(FileExistsError):
            _link(half, path)
    finally:
        with suppress(FileNotFoundError):
            half.unlink()


def _link(half: Path, path: Path) -> None:
    try:
        path.hardlink_to(half)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems have no links; there the first to be written is not always the last.
        half.replace(path)


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, OWNER_ONLY)
