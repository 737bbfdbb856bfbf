"""Read a usage file into `Traffic`."""

import re
from pathlib import Path

from headgate.estimate.length_classes import classes
from headgate.estimate.traffic import Dropped, Traffic
from headgate.traffic.bad_file import BadUsageFile, missing
from headgate.traffic.database import Database, OnProgress, QueryFailed, open_database
from headgate.traffic.encoding import find_invalid
from headgate.traffic.fields import texts_relation
from headgate.traffic.format import Format
from headgate.traffic.layout import find_layout
from headgate.traffic.prefix import prefix_hit_share
from headgate.traffic.problems import Source, dropped_rows, refuse_mixed_units, rejected_lines
from headgate.traffic.registry import choose
from headgate.traffic.staging import DATE, RELATIVE, staged_rows
from headgate.traffic.summary import MOST_MODELS, cells, is_summed_up, models, times

ZONE = re.compile(r"(Z|UTC|[+-]\d\d(:?\d\d)?)$", re.IGNORECASE)
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
            raise find_invalid(path, name) or _unreadable(name, str(error)) from error
    if on_progress is not None:
        on_progress(1.0)
    return traffic


def _check_path(path: Path, name: str) -> None:
    if path.is_dir():
        raise missing(name, "is a folder, not a file")
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise missing(name, reason[:1].lower() + reason[1:]) from error


def _read(database: Database, path: Path, name: str, asked: str | None) -> Traffic:
    layout = find_layout(database, path, name)
    form = choose(layout.names, file=name, asked=asked)
    source = Source(database=database, layout=layout, path=path, name=name)
    texts, labels = texts_relation(layout, form)
    is_ms = form.time == "relative_ms" or labels.get("at", "").lower().endswith("_ms")
    database.run(staged_rows(texts, labels, time_is_relative_ms=is_ms))
    rejected_lines(source)
    refuse_mixed_units(source, labels)
    dropped = dropped_rows(source)
    return _traffic(source, form, dropped, labels)


def _traffic(
    source: Source, form: Format, dropped: tuple[Dropped, ...], labels: dict[str, str]
) -> Traffic:
    database = source.database
    counted = cells(database)
    requests = sum(cell.requests for cell in counted)
    when = times(database, requests=requests)
    by_model = models(database)
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
        by_model=by_model,
        dropped=dropped,
        notes=(*form.notes, *_notes(database, labels, when.kind, len(by_model))),
    )


def _notes(database: Database, labels: dict[str, str], time_kind: str, known: int) -> list[str]:
    notes = []
    if is_summed_up(database):
        notes.append(SUMMED_UP)
    if "at" not in labels:
        notes.append("No times: the load is taken to be steady, and its rate is not known")
    elif not time_kind:
        notes.append("All requests have one time: the load is taken to be steady")
    elif time_kind == RELATIVE:
        notes.append(f"`{labels['at']}` is read as seconds since the first request")
    elif time_kind == DATE:
        notes.append(f"Times in `{labels['at']}` without a zone are read as UTC")
    if known == MOST_MODELS:
        notes.append(f"Only the {MOST_MODELS} models with most cost or tokens are listed")
    return notes


def _unreadable(name: str, reason: str) -> BadUsageFile:
    first = reason.splitlines()[0].split(": ", 1)[-1].rstrip(".")
    return BadUsageFile(
        f"`{name}` cannot be read: {first}",
        hint="give it as CSV with a header, as JSONL, or as a JSON list of requests",
    )
