"""The database of the ledger: opened, brought up to date, closed."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from headgate.core.errors import OperatorError
from headgate.ledger.private_file import OWNER_ONLY, set_pragmas

SCHEMA = "0007"
"""The newest migration; a test compares it with the files in `migrations`."""
MIGRATION_TIMEOUT_MS = 60_000
"""A large ledger takes its time, and who comes second waits for all of it."""
PRAGMAS = (
    # Readers and the one writer do not wait for each other, and a crash leaves the last
    # committed state. NORMAL leaves out the sync of each commit: a power cut may lose the
    # last of them, a killed process none.
    "journal_mode = WAL",
    "synchronous = NORMAL",
)


class LedgerStore:
    """An open ledger. `close()` it."""

    def __init__(self, engine: Engine) -> None:
        """Use `open_ledger`."""
        self.engine = engine

    @classmethod
    def open(cls, location: Path | str, *, create: bool = True) -> "LedgerStore":
        """The ledger at `location` (a file, or a database URL), migrated to today's schema.

        Raises:
            OperatorError: It is not there, cannot be read, or a newer Headgate wrote it.
        """
        url = _url(location)
        if url.get_backend_name() == "sqlite" and url.database is not None:
            _prepare_file(Path(url.database), create=create)
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _on_connect)
            event.listen(engine, "begin", _on_begin)
        try:
            _migrate(engine)
        except DBAPIError as error:
            engine.dispose()
            raise OperatorError(
                f"cannot use `{_shown(url)}` as the ledger: {error.orig}",
                hint="another file can be set as `ledger.path`",
            ) from error
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Drop every connection."""
        self.engine.dispose()


def _url(location: Path | str) -> URL:
    if isinstance(location, str) and "://" in location:
        return make_url(location)
    return URL.create("sqlite", database=str(location))


def _shown(url: URL) -> str:
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string()


def _prepare_file(path: Path, *, create: bool) -> None:
    if not create and not path.exists():
        raise OperatorError(
            f"there is no ledger at `{path}` yet",
            hint="`headgate serve` writes one; `--db` names another",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite gives its journal files the permissions of the database.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
    except OSError as error:
        raise OperatorError(
            f"cannot open the ledger `{path}`: {error.strerror}",
            hint="set `ledger.path` to a place we may write to, or `ledger.enabled: false`",
        ) from error


def _on_connect(connection: Any, _: Any) -> None:
    # Python's driver would begin transactions by itself, but not before DDL; `_on_begin` does.
    connection.isolation_level = None
    set_pragmas(connection, *PRAGMAS)


def _on_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if "sqlite_wait_ms" in options:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {options['sqlite_wait_ms']}")
    connection.exec_driver_sql(f"BEGIN {options.get('sqlite_begin', 'DEFERRED')}")


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        if _schema_of(connection) == SCHEMA:
            return
    # IMMEDIATE: of two processes that find the same old schema, one waits for the other.
    options = {"sqlite_begin": "IMMEDIATE", "sqlite_wait_ms": MIGRATION_TIMEOUT_MS}
    with engine.connect().execution_options(**options) as connection:
        _upgrade(connection)
        connection.commit()
    engine.dispose()  # later connections wait as usual


def _schema_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _upgrade(connection: Connection) -> None:
    # Imported only when there is something to do: it takes a quarter of a second.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "headgate.ledger:migrations")
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    found = _schema_of(connection)
    if found is not None and found not in known:
        raise OperatorError(
            f"the ledger has schema {found}, this Headgate knows up to {SCHEMA}",
            hint="a newer Headgate wrote it: upgrade this one, or set another `ledger.path`",
        )
    command.upgrade(config, "head")
