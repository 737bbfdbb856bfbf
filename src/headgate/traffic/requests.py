"""The requests of a usage file one by one, in the order they came."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from headgate.traffic.bad_file import BadUsageFile, unreadable
from headgate.traffic.database import Database, OnProgress, QueryFailed, open_database
from headgate.traffic.encoding import find_invalid
from headgate.traffic.fields import texts_relation
from headgate.traffic.layout import Layout
from headgate.traffic.problems import Source, dropped_rows, refuse_mixed_units, rejected_lines
from headgate.traffic.registry import choose
from headgate.traffic.sniff import find_layout
from headgate.traffic.staging import RELATIVE, RELATIVE_MS, staged_rows


class Request(Struct, frozen=True, gc=False, kw_only=True):
    """One row of a usage file."""

    number: int
    """Of its row, from 1."""
    at: float
    """Seconds: since 1970, or since the first request where the file counts so."""
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    model: str | None = None
    prefix_blocks: str | None = None
    """JSON: a list of hashes, where the file names the blocks of prompts."""


class Requests(Struct, frozen=True, kw_only=True):
    """The good rows of a file."""

    format: str
    rows: Iterator[Request]
    left_out: int
    """Rows that are not among them."""
    is_dated: bool
    """Times are of a calendar, and not since the first request."""


@contextmanager
def open_requests(
    path: Path,
    *,
    format: str | None = None,  # noqa: A002 - as the option is called
    on_progress: OnProgress | None = None,
) -> Iterator[Requests]:
    """The requests of a file, which must say when each came.

    Raises:
        BadUsageFile: It cannot be used; the sentence says where, why and what to do.
    """
    if not path.is_file():
        raise unreadable(path.name, "there is no such file")
    with open_database(path.resolve(), on_progress) as database:
        try:
            yield _requests(database, path.resolve(), format)
        except QueryFailed as error:
            raise find_invalid(path, path.name) or unreadable(path.name, str(error)) from error


def _requests(database: Database, path: Path, asked: str | None) -> Requests:
    layout = find_layout(database, path, path.name)
    left_out, format_name = _stage(database, layout, path, asked)
    many, untimed, kind = database.row(
        "SELECT max(coalesce(requests, 1)), count(*) FILTER (at_ms IS NULL), any_value(time_kind)"
        " FROM staged WHERE reason IS NULL"
    )
    if untimed:
        raise BadUsageFile(
            f"`{path.name}` does not say when its requests came, so no queue can be simulated",
            hint="a replay needs a column of times: `timestamp`",
        )
    if many > 1:
        raise BadUsageFile(
            f"`{path.name}` sums up several requests in a row, so none of them can be replayed",
            hint="`headgate plan --from` can use it",
        )
    return Requests(
        format=format_name,
        rows=_rows(database),
        left_out=left_out,
        is_dated=kind not in {RELATIVE, RELATIVE_MS},
    )


def _stage(database: Database, layout: Layout, path: Path, asked: str | None) -> tuple[int, str]:
    form = choose(layout.names, file=path.name, asked=asked)
    source = Source(database=database, layout=layout, path=path, name=path.name)
    texts, labels = texts_relation(layout, form)
    counts_ms = form.counts_ms or labels.get("at", "").lower().endswith("_ms")
    database.run(staged_rows(texts, labels, counts_ms=counts_ms))
    rejected = rejected_lines(source)
    refuse_mixed_units(source, labels)
    return sum(each.rows for each in dropped_rows(source, rejected)), form.name


def _rows(database: Database) -> Iterator[Request]:
    for number, at_ms, read, written, cached, model, blocks in database.stream(
        "SELECT record, at_ms::DOUBLE, input_tokens, output_tokens,"
        " coalesce(cache_read_tokens, 0), model, prefix_blocks"
        " FROM staged WHERE reason IS NULL ORDER BY at_ms, record"
    ):
        yield Request(
            number=number,
            at=at_ms / 1000,
            input_tokens=read,
            output_tokens=written,
            cache_read_tokens=cached,
            model=model,
            prefix_blocks=blocks,
        )
