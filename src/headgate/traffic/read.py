"""Read a usage file into `Traffic`."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote

from headgate.estimate.length_classes import classes
from headgate.estimate.traffic import Dropped, Traffic
from headgate.traffic.bad_file import BadUsageFile, unreadable
from headgate.traffic.database import Database, OnProgress, QueryFailed, open_database
from headgate.traffic.encoding import find_invalid
from headgate.traffic.fields import texts_relation
from headgate.traffic.format import Format
from headgate.traffic.json_files import broken_list
from headgate.traffic.lines import odd_line_end
from headgate.traffic.prefix import prefix_hit_share
from headgate.traffic.problems import Source, dropped_rows, refuse_mixed_units, rejected_lines
from headgate.traffic.registry import choose
from headgate.traffic.sniff import find_layout
from headgate.traffic.staging import DATE, RELATIVE, staged_rows
from headgate.traffic.summary import cells, is_summed_up, models, times

ZONE = re.compile(r"(Z|UTC|[+-]\d\d(:?\d\d)?)$", re.IGNORECASE)
TOO_LARGE = ("maximum_object_size", "Maximum line size", "failed to allocate", "Out of Memory")
"""How DuckDB says it."""
SUMMED_UP = "A row sums up several requests: each class is a mean, and how lengths vary is lost"


def read_file(
    path: Path,
    *,
    format: str | None = None,  # noqa: A002 - as the option is called
    name: str | None = None,
    on_progress: OnProgress | None = None,
) -> Traffic:
    """The traffic that a file tells of, by what its columns are or as `format` says.

    `name` is what people call the file; `on_progress` is told the share that is done.

    Raises:
        BadUsageFile: It cannot be used; the sentence says where, why and what to do.
    """
    name = name or path.name
    _check_path(path, name)
    path = path.resolve()
    with open_database(path, on_progress) as database:
        try:
            traffic = _read(database, path, name, format)
        except QueryFailed as error:
            raise find_invalid(path, name) or _unreadable(path, name, str(error)) from error
    if on_progress is not None:
        on_progress(1.0)
    return traffic


def _check_path(path: Path, name: str) -> None:
    if path.is_dir():
        raise unreadable(name, "it is a folder")
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise unreadable(name, reason[:1].lower() + reason[1:]) from error


def _read(database: Database, path: Path, name: str, asked: str | None) -> Traffic:
    layout = find_layout(database, path, name)
    form = choose(layout.names, file=name, asked=asked)
    source = Source(database=database, layout=layout, path=path, name=name)
    texts, labels = texts_relation(layout, form)
    counts_ms = form.counts_ms or labels.get("at", "").lower().endswith("_ms")
    database.run(staged_rows(texts, labels, counts_ms=counts_ms))
    rejected = rejected_lines(source)
    refuse_mixed_units(source, labels)
    dropped = dropped_rows(source, rejected)
    return _traffic(source, form, dropped, _notes(source, form, texts, labels))


def _traffic(
    source: Source, form: Format, dropped: tuple[Dropped, ...], notes: Sequence[str]
) -> Traffic:
    database = source.database
    counted = cells(database)
    requests = sum(cell.requests for cell in counted)
    when = times(database, requests=requests)
    return Traffic(
        name=source.name,
        format=form.name,
        requests=requests,
        input_tokens=sum(cell.input_tokens for cell in counted),
        output_tokens=sum(cell.output_tokens for cell in counted),
        cache_read_tokens=sum(cell.cache_read_tokens for cell in counted),
        cache_write_tokens=sum(cell.cache_write_tokens for cell in counted),
        first_at=when.first_at,
        span_s=when.span_s,
        classes=classes(counted),
        load_curve=when.load_curve,
        hours_utc=when.hours_utc,
        prefix_hit_share=prefix_hit_share(database) if form.prefix_blocks else None,
        by_model=models(database),
        dropped=dropped,
        notes=tuple(notes),
    )


def _notes(source: Source, form: Format, texts: str, labels: Mapping[str, str]) -> list[str]:
    notes = list(form.notes)
    if is_summed_up(source.database):
        notes.append(SUMMED_UP)
    if note := _time_note(source, texts, labels):
        notes.append(note)
    return notes


def _time_note(source: Source, texts: str, labels: Mapping[str, str]) -> str | None:
    """What had to be assumed about times."""
    if "at" not in labels:
        return "No times: the load is taken to be steady, and its rate is not known"
    first, kind, is_one = source.database.row(
        f"SELECT (SELECT at_text FROM {texts} WHERE at_text IS NOT NULL LIMIT 1),"
        " any_value(time_kind), min(at_ms) = max(coalesce(until_ms, at_ms))"
        " FROM staged WHERE reason IS NULL"
    )
    if is_one:
        return "All requests have one time: the load is taken to be steady"
    if kind == RELATIVE:
        return f"`{labels['at']}` is read as seconds since the first request"
    if kind == DATE and not ZONE.search(first):
        return f"`{labels['at']}` has no time zone and is read as UTC"
    return None


def _unreadable(path: Path, name: str, reason: str) -> BadUsageFile:
    if any(words in reason for words in TOO_LARGE):
        return BadUsageFile(
            f"`{name}` cannot be read: one JSON value in it is too large to be held in memory",
            hint="write one request a line, as `jq -c '.[]'` or `jq -c '.data[]'` does",
        )
    if "state machine" in reason and (line := odd_line_end(path)):
        return BadUsageFile(
            f"`{name}`, line {line}: the line ends unlike the first one",
            hint=f"`tr -d '\\r' < {quote(name)}` makes all line ends alike",
        )
    if "JSON" in reason:
        return broken_list(path, name)
    first = reason.splitlines()[0].split(": ", 1)[-1].strip(" .")
    return BadUsageFile(
        f"`{name}` cannot be read: {first}",
        hint="give it as CSV with a header, as JSONL, or as a JSON list of requests",
    )
