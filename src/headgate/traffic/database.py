"""A DuckDB that may read one file and nothing else, within bounded memory."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from headgate.traffic.bad_file import BadUsageFile

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "600MB"
"""Python and DuckDB's own buffers come on top; together less than 1 GB."""
THREADS = 2
POLL_S = 0.1

OnProgress = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1."""


def quoted(text: str) -> str:
    """The text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


class QueryFailed(Exception):
    """DuckDB gave up, in its own words."""


class Database:
    """An open database whose tables lie in a temporary folder; others may write there too."""

    def __init__(
        self,
        connection: "duckdb.DuckDBPyConnection",
        folder: Path,
        on_progress: OnProgress | None,
    ) -> None:
        self.folder = folder
        self._connection = connection
        self._on_progress = on_progress

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with _our_errors():
            return self._connection.execute(sql).fetchall()

    def row(self, sql: str) -> tuple[Any, ...]:
        """The one row of a query that has one."""
        (found,) = self.rows(sql)
        return found

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query one by one, without holding them all."""
        with _our_errors():
            cursor = self._connection.execute(sql)
            while some := cursor.fetchmany(4096):
                yield from some

    def run(self, sql: str) -> None:
        """Execute what takes long, with progress; an interrupt ends it."""
        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(self._connection.execute, sql)
            try:
                while not wait([work], POLL_S).done:
                    self._tell_progress()
            except BaseException:
                self._connection.interrupt()
                raise
            with _our_errors():
                work.result()

    def _tell_progress(self) -> None:
        percent = self._connection.query_progress()
        if self._on_progress is not None and percent > 0:
            self._on_progress(min(percent / 100, 1.0))


@contextmanager
def _our_errors() -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise QueryFailed(str(error)) from error


@contextmanager
def open_database(file: Path, on_progress: OnProgress | None = None) -> Iterator[Database]:
    """A database that may read `file`; gone, with all it wrote, at the end.

    Raises:
        BadUsageFile: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise BadUsageFile(
            "reading usage files needs DuckDB, which is not installed",
            hint="`pip install 'headgate[files]'`",
        ) from error
    with TemporaryDirectory(prefix="headgate-usage-") as folder:
        connection = duckdb.connect(str(Path(folder) / "usage.duckdb"), config=_settings(folder))
        try:
            connection.execute(_restrictions(file, folder))
            yield Database(connection, Path(folder), on_progress)
        finally:
            connection.close()


def _settings(folder: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": MEMORY_LIMIT,
        "threads": THREADS,
        "temp_directory": str(Path(folder) / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def _restrictions(file: Path, folder: str) -> str:
    return f"""
        SET TimeZone = 'UTC';
        SET enable_progress_bar = true;
        SET enable_progress_bar_print = false;
        SET progress_bar_time = 0;
        SET allowed_paths = [{quoted(str(file))}];
        SET allowed_directories = [{quoted(folder)}];
        SET enable_external_access = false;
        SET lock_configuration = true;
    """
