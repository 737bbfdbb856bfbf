"""Files read into traffic, through the door."""

import gzip
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.estimate.traffic import Dropped, ModelShare
from headgate.traffic.bad_file import BadUsageFile
from headgate.traffic.read import read_file
from support.usage import HEADER, TRACES, write, write_rows

EXAMPLES = Path(__file__).parents[2] / "usage_files"
MOST_MB = 450
"""For a file of 140 MB, of which DuckDB may keep some; the bench reads 2 GB within 1 GB."""

rows = st.lists(
    st.tuples(
        st.integers(1_790_000_000, 1_790_600_000),
        st.sampled_from(["a", "b"]),
        st.integers(0, 400_000),
        st.integers(1, 50_000),
    ),
    min_size=1,
    max_size=80,
)


@pytest.mark.parametrize(
    ("name", "requests", "mean_input", "mean_output", "output_share"),
    [
        ("AzureLLMInferenceTrace_conv_2023.csv", 19_366, 1_155, 211, 0.155),
        ("AzureLLMInferenceTrace_code_2023.csv", 8_819, 2_048, 28, 0.013),
        ("mooncake_conversation_trace.jsonl", 12_031, 12_035, 343, 0.028),
    ],
)
def test_published_traces_have_their_published_figures(
    name: str, requests: int, mean_input: int, mean_output: int, output_share: float
) -> None:
    traffic = read_file(TRACES / name)
    assert traffic.requests == requests
    assert round(traffic.input_tokens / requests) == mean_input
    assert round(traffic.output_tokens / requests) == mean_output
    total = traffic.input_tokens + traffic.output_tokens
    assert traffic.output_tokens / total == pytest.approx(output_share, abs=0.0006)
    assert traffic.span_s == pytest.approx(3_500, abs=70)
    assert traffic.dropped == ()


def test_prefix_hits_of_a_trace_are_a_share_and_no_cached_tokens() -> None:
    traffic = read_file(TRACES / "mooncake_conversation_trace.jsonl")
    assert traffic.prefix_hit_share == pytest.approx(0.374, abs=0.001)
    assert traffic.cache_read_tokens == 0
    assert traffic.first_at is None


@pytest.mark.parametrize(
    ("name", "totals"),
    [
        ("generic.csv", (2, 2_000, 450, 1_000, 0)),
        ("generic.jsonl", (2, 2_000, 450, 1_000, 0)),
        ("headgate.csv", (2, 1_600, 400, 400, 0)),
        ("headgate.json", (2, 1_600, 400, 400, 0)),
        ("langfuse.csv", (2, 90, 14, 60, 10)),
        ("langfuse.json", (2, 90, 14, 60, 10)),
        ("langfuse.jsonl", (2, 90, 14, 60, 10)),
        ("litellm_spend.csv", (2, 200, 40, 80, 20)),
        ("litellm_spend.json", (2, 200, 40, 80, 20)),
        ("litellm_spend.jsonl", (2, 200, 40, 80, 20)),
        ("openai_usage.csv", (7, 7_000, 700, 100, 0)),
        ("openai_usage.json", (16, 3_100, 1_250, 800, 0)),
    ],
)
def test_each_format_counts_what_its_rows_say(name: str, totals: tuple[int, ...]) -> None:
    traffic = read_file(EXAMPLES / name)
    assert totals == (
        traffic.requests,
        traffic.input_tokens,
        traffic.output_tokens,
        traffic.cache_read_tokens,
        traffic.cache_write_tokens,
    )


def test_requests_that_used_no_model_are_left_out_and_counted() -> None:
    assert read_file(EXAMPLES / "litellm_spend.csv").dropped == (
        Dropped(reason="LiteLLM answered from its own cache", rows=1, first_line=5),
        Dropped(reason="the request failed", rows=1, first_line=4),
    )


def test_rows_that_sum_up_requests_say_what_is_lost() -> None:
    traffic = read_file(EXAMPLES / "openai_usage.json")
    assert traffic.notes == (
        "A row sums up several requests: each class is a mean, and how lengths vary is lost",
    )
    assert traffic.span_s == 3 * 86_400
    assert traffic.hours_utc == ()
    assert min(step.load for step in traffic.load_curve) == 0  # the second day


def test_models_come_dearest_first_and_a_cost_with_gaps_is_unknown(tmp_path: Path) -> None:
    lines = (
        "model,input_tokens,output_tokens,cost",
        "cheap,9,9,1",
        "gap,9,9,8",
        "gap,9,9,",
        "dear,1,1,2",
    )
    assert read_file(write(tmp_path, *lines)).by_model == (
        ModelShare(model="dear", requests=1, input_tokens=1, output_tokens=1, recorded_cost_usd=2),
        ModelShare(model="cheap", requests=1, input_tokens=9, output_tokens=9, recorded_cost_usd=1),
        ModelShare(model="gap", requests=2, input_tokens=18, output_tokens=18),
    )


def test_bad_rows_are_dropped_counted_and_shown_with_their_first_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        HEADER,
        "2026-01-01,m,5,6",
        "2026-01-01,m,NaN,6",
        "2026-01-01,m,-5,6",
        "",
        '2026-01-01,"two',
        'lines",,6',
        "yesterday,m,7,8",
        "2026-01-02,m,7",
        "2026-01-02,m,7,8,9",
        "2026-01-02,m,0,0",
        *["2026-01-02,m,7,8"] * 9,
    )
    assert [(each.reason, each.first_line) for each in read_file(path).dropped] == [
        ("`input_tokens` is empty", 6),
        ("`input_tokens` is negative", 4),
        ("`input_tokens` is not a number", 3),
        ("`timestamp` is not a time", 8),
        ("no tokens were used", 11),
        ("the line has fewer cells than the header", 9),
        ("the line has more cells than the header", 10),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1790000000", "2026-09-21T14:13:20.000Z"),
        ("1790000000123", "2026-09-21T14:13:20.123Z"),
        ("1790000000123456", "2026-09-21T14:13:20.123Z"),
        ("2026-09-21T16:13:20+02:00", "2026-09-21T14:13:20.000Z"),
        ("2026-09-21 14:13:20.1239999", "2026-09-21T14:13:20.124Z"),
        ("42", None),
    ],
)
def test_times_are_read_in_their_own_unit(tmp_path: Path, text: str, expected: str | None) -> None:
    assert read_file(write_rows(tmp_path, [(text, "m", 1, 1)])).first_at == expected


@pytest.mark.parametrize(
    ("first", "first_at"), [(0, None), (1_790_000_000_123, "2026-09-21T14:13:20.123Z")]
)
def test_a_column_may_say_that_it_counts_milliseconds(
    tmp_path: Path, first: int, first_at: str | None
) -> None:
    header = "timestamp_ms,input_tokens,output_tokens"
    traffic = read_file(write(tmp_path, header, f"{first},1,1", f"{first + 5_000},1,1"))
    assert (traffic.first_at, traffic.span_s) == (first_at, 5)


@pytest.mark.parametrize(
    ("at", "note"),
    [
        ("2026-01-01T00:00:0{}", "`timestamp` has no time zone and is read as UTC"),
        ("{}", "`timestamp` is read as seconds since the first request"),
        ("7", "All requests have one time: the load is taken to be steady"),
    ],
)
def test_what_had_to_be_assumed_is_said(tmp_path: Path, at: str, note: str) -> None:
    path = write_rows(tmp_path, [(at.format(number), "m", 1, 1) for number in (1, 2)])
    assert read_file(path).notes == (note,)


def test_packed_files_are_read(tmp_path: Path) -> None:
    plain = write_rows(tmp_path, [(1, "m", 5, 6), (2, "m", 7, "x"), (3, "m", 9, 9)])
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_file(packed, name=plain.name) == read_file(plain)


def test_a_byte_order_mark_and_semicolons_are_no_trouble(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeffinput_tokens;output_tokens", "5;6")
    assert read_file(path).input_tokens == 5


def test_a_name_that_is_a_pattern_is_one_file(tmp_path: Path) -> None:
    write(tmp_path, "input_tokens,output_tokens", "5;6", name="usage1.csv")
    path = write(tmp_path, "input_tokens,output_tokens", "5,6", name="usage[1]*'.csv")
    assert read_file(path).requests == 1


def test_progress_ends_at_one(tmp_path: Path) -> None:
    shares: list[float] = []
    read_file(write_rows(tmp_path, [(1, "m", 5, 6)]), on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@given(rows, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_does_not_matter(rows: list[tuple[object, ...]], chance: object) -> None:
    with TemporaryDirectory() as folder:
        before = read_file(write_rows(Path(folder), rows))
        chance.shuffle(rows)  # type: ignore[attr-defined]
        assert read_file(write_rows(Path(folder), rows)) == before


@given(rows, st.integers(0, 80))
@settings(max_examples=15, deadline=None)
def test_two_halves_count_as_much_as_the_whole(rows: list[tuple[object, ...]], cut: int) -> None:
    with TemporaryDirectory() as folder:
        halves = [half for half in (rows[:cut], rows[cut:]) if half]
        parts = [read_file(write_rows(Path(folder), half)) for half in halves]
        whole = read_file(write_rows(Path(folder), rows))
    for total in ("requests", "input_tokens", "output_tokens"):
        assert sum(getattr(part, total) for part in parts) == getattr(whole, total)
    assert whole.input_tokens == sum(row[2] for row in rows)  # type: ignore[misc]


def test_memory_stays_bounded(tmp_path: Path) -> None:
    path = tmp_path / "usage.jsonl"
    line = '{"input_tokens": 5, "output_tokens": 6, "prompt": "%s"}\n' % ("x" * 2_000)
    with path.open("w") as file:
        file.writelines(line for _ in range(70_000))
    script = (
        "import sys; from pathlib import Path;"
        "from headgate.traffic.read import read_file; read_file(Path(sys.argv[1]));"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < MOST_MB * 1024


def test_without_duckdb_the_way_to_get_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(BadUsageFile) as failed:
        read_file(write_rows(tmp_path, [(1, "m", 5, 6)]))
    assert failed.value.hint == "`pip install 'headgate[files]'`"
