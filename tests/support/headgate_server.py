"""The real `headgate serve`, as a process of its own, away from this machine's settings."""

import json
import os
import sqlite3
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from openai import OpenAI

from support.process import ServerProcess

COMMAND = Path(sys.executable).with_name("headgate")
LISTENING = r"(?:listening on|base URL:) (http://127\.0\.0\.1:\d+)"
_POLL_S = 0.02
ORDER = {"attempts": "started_at, number", "decisions": "at"}


class HeadgateServer(ServerProcess):
    """Started with `config` (YAML text or data) in `folder`, on a free port.

    Home and data folders are `folder`'s own and no key is in the environment, unless
    `env` brings one. `config=None` starts it without a configuration.
    """

    def __init__(
        self,
        folder: Path,
        config: str | Mapping[str, Any] | None,
        *,
        env: Mapping[str, str] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.ledger = folder / "ledger.sqlite"
        command = [str(COMMAND), "serve", "--port", "0", "--ledger", str(self.ledger), *arguments]
        if config is not None:
            path = folder / "headgate.yaml"
            # JSON is YAML, so data needs no writer of its own.
            path.write_text(config if isinstance(config, str) else json.dumps(config))
            command += ["--config", str(path)]
        environment = {**isolated_environment(folder), **(env or {})}
        super().__init__(command, ready=LISTENING, env=environment)

    @property
    def base_url(self) -> str:
        """What an OpenAI client needs."""
        return f"{self.root_url}/v1"

    def client(self, *, key: str = "any", timeout_s: float = 20.0) -> OpenAI:
        """The official SDK, without retries of its own; close it, or use it in a `with`."""
        return OpenAI(base_url=self.base_url, api_key=key, max_retries=0, timeout=timeout_s)

    def ledger_rows(
        self,
        table: str = "attempts",
        *,
        at_least: int = 1,
        where: Mapping[str, Any] | None = None,
        within_s: float = 5.0,
    ) -> list[dict[str, Any]]:
        """The rows of `table`, in the order written, once there are `at_least` so many.

        The ledger is written in batches beside the requests, so rows come a little later.
        `where` takes only rows with these values.
        """
        until = monotonic() + within_s
        while True:
            every = read_rows(self.ledger, table)
            rows = [row for row in every if (where or {}).items() <= row.items()]
            if len(rows) >= at_least:
                return rows
            assert monotonic() < until, f"{len(rows)} of {at_least} rows in `{table}`: {every}"
            threading.Event().wait(_POLL_S)


def read_rows(ledger: Path, table: str) -> list[dict[str, Any]]:
    """What another process has committed to `table` so far; nothing where there is no file."""
    if not ledger.exists():
        return []
    connection = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        found = connection.execute(f'SELECT * FROM "{table}" ORDER BY {ORDER[table]}').fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error) or "locked" in str(error):
            return []
        raise
    finally:
        connection.close()
    return [dict(row) for row in found]


def isolated_environment(folder: Path) -> dict[str, str]:
    """An environment that knows nothing of the person who runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    places = {
        "HOME": folder,
        "XDG_DATA_HOME": folder / "data",
        "XDG_CONFIG_HOME": folder / "config",
        "XDG_CACHE_HOME": folder / "cache",
    }
    return {**kept, **{name: str(path) for name, path in places.items()}, "PYTHONUNBUFFERED": "1"}
