"""Every row of a file checked: its numbers, or the reason why it cannot be used.

All cells are read as text, so that a cell which is no number is a row with a reason
and not the end of the reading.
"""

from collections.abc import Iterator, Mapping, Sequence

from headgate.traffic.database import quoted
from headgate.traffic.fields import NUMBERS

COUNTS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "requests")
REQUIRED = ("input_tokens", "output_tokens")
LARGEST_COUNT = 10**15
THOUSANDS = r"[0-9.,]+\s*[kKmM]"
NO_TOKENS = "no tokens were used"

# Where a number of time begins to be one of seconds, milliseconds and so on since 1970.
# Below are seconds since some beginning: three years of them.
TIME_UNITS = (
    ("seconds since the first", 1e8, 1000.0),
    ("seconds since 1970", 1e11, 1000.0),
    ("milliseconds since 1970", 1e14, 1.0),
    ("microseconds since 1970", 1e17, 1e-3),
    ("nanoseconds since 1970", 1e20, 1e-6),
)
RELATIVE = TIME_UNITS[0][0]
RELATIVE_MS = "milliseconds since the first"
MS_UNITS = ((RELATIVE_MS, 1e11, 1.0), *TIME_UNITS[2:])
YEAR_2100_MS = 4_102_444_800_000
DATE = "a date"


def staged_rows(texts: str, labels: Mapping[str, str], *, counts_ms: bool) -> str:
    """SQL for a table `staged` of all rows: `reason` is `NULL` for those that count.

    `counts_ms`: times are milliseconds, be it since 1970 or since the first request.
    """
    numbers = ", ".join(f"try_cast({name}_text AS DOUBLE) AS {name}" for name in NUMBERS)
    counts = ", ".join(
        f"CASE WHEN reason IS NULL THEN {name}::BIGINT END AS {name}" for name in COUNTS
    )
    units = MS_UNITS if counts_ms else TIME_UNITS
    time = ", ".join(_time(name, units) for name in ("at", "until"))
    return f"""
        CREATE TABLE staged AS
        SELECT record, reason, odd, at_kind AS time_kind, at_ms, until_ms, {counts},
            left_out IS NOT NULL OR reason = {quoted(NO_TOKENS)} AS is_left_out,
            model_text AS model, cost_usd, prefix_blocks_text AS prefix_blocks
        FROM (
            SELECT *, {_odd(labels)} AS odd, {_reason(labels)} AS reason
            FROM (SELECT *, {numbers}, {time} FROM {texts})
        )
    """


def _time(name: str, units: Sequence[tuple[str, float, float]]) -> str:
    number = f"try_cast({name}_text AS DOUBLE)"
    kinds, scales = "", ""
    for kind, end, scale in units:
        kinds += f" WHEN abs({number}) < {end} THEN {quoted(kind)}"
        scales += f" WHEN abs({number}) < {end} THEN {number} * {scale}"
    date = f"TRY(epoch_ms(try_cast({name}_text AS TIMESTAMPTZ)))"
    return f"""
        CASE WHEN {number} IS NULL THEN {date}{scales} END AS {name}_ms,
        CASE WHEN {number} IS NULL THEN {quoted(DATE)}{kinds} END AS {name}_kind
    """


def _reason(labels: Mapping[str, str]) -> str:
    cases = [
        ("is_broken", "the line is not JSON"),
        ("left_out IS NOT NULL", None),
        *_time_cases(labels),
        *(case for name in NUMBERS if name in labels for case in _number_cases(name, labels[name])),
        *_cache_cases(labels),
        ("input_tokens = 0 AND output_tokens = 0", NO_TOKENS),
    ]
    whens = " ".join(
        f"WHEN {test} THEN {'left_out' if reason is None else quoted(reason)}"
        for test, reason in cases
    )
    return f"CASE {whens} END"


def _time_cases(labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if "at" in labels:
        yield "at_text IS NULL", f"`{labels['at']}` is empty"
        yield "at_ms IS NULL OR NOT isfinite(at_ms::DOUBLE)", f"`{labels['at']}` is not a time"
        yield (
            f"at_ms NOT BETWEEN 0 AND {YEAR_2100_MS}",
            f"`{labels['at']}` is not between 1970 and 2100",
        )


def _number_cases(name: str, label: str) -> Iterator[tuple[str, str]]:
    if name in REQUIRED:
        yield f"{name}_text IS NULL", f"`{label}` is empty"
    yield (
        f"{name}_text IS NOT NULL AND ({name} IS NULL OR NOT isfinite({name}))",
        f"`{label}` is not a number",
    )
    yield f"{name} < 0", f"`{label}` is negative"
    yield f"{name} > {LARGEST_COUNT}", f"`{label}` is too large to be a count"
    if name == "requests":
        yield f"{name} = 0", f"`{label}` is 0"


def _cache_cases(labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    cached = [name for name in ("cache_read_tokens", "cache_write_tokens") if name in labels]
    if cached:
        total = " + ".join(f"coalesce({name}, 0)" for name in cached)
        yield f"{total} > input_tokens", f"more cached tokens than `{labels['input_tokens']}`"


def _odd(labels: Mapping[str, str]) -> str:
    """Names the cell of a count that is no whole number, or one of thousands."""
    cases = [
        f"WHEN {name} <> floor({name}) OR ({name} IS NULL AND regexp_full_match({name}_text,"
        f" {quoted(THOUSANDS)})) THEN {quoted(f'`{labels[name]}` is `')} || {name}_text || '`'"
        for name in COUNTS
        if name in labels
    ]
    return f"CASE WHEN left_out IS NOT NULL THEN NULL {' '.join(cases)} END"
