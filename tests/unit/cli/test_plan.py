"""`headgate plan`, as a person types it."""

import csv
import json
from io import StringIO

import pytest

from headgate.cli.main import run
from headgate.cli.plan import NEEDS
from headgate.planner.question import Need, Question
from headgate.server.page import STATIC

DAY = ("--as-of", "2026-11-27")
MINI = "openai/gpt-4o-mini"
L4 = "llama-3.1-8b@l4:rented"
TRACE = """TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:00:00.0000000,374,44
2023-11-16 18:00:30.0000000,396,109
2023-11-16 18:10:00.0000000,879,55
"""


@pytest.fixture
def plan(capsys):
    """Run the command; its output, or what it said when it must fail."""

    def plan(*arguments, code=0):
        assert run(["plan", *DAY, *arguments]) == code
        captured = capsys.readouterr()
        if code:
            assert captured.out == ""
            return captured.err
        return captured.out

    return plan


@pytest.fixture
def asked(plan):
    """The question that the flags ask."""

    def asked(*arguments):
        return json.loads(plan("--json", *arguments))["question"]

    return asked


FLAGS = [
    ("--tokens 2.5M", "monthly_tokens", 2.5e6),
    ("--output-share 30%", "output_share", 0.3),
    ("--output-share 0.25", "output_share", 0.25),
    ("--tokens-per-request 2k", "tokens_per_request", 2000),
    ("--requests 100k", "requests_per_month", 100_000),
    ("--input-tokens 4k", "input_tokens", 4000),
    ("--output-tokens 120", "output_tokens", 120),
    ("--cached 50%", "cached_share", 0.5),
    ("--batch 10%", "batch_share", 0.1),
    ("--peak 4", "peak_to_mean", 4),
    ("--hours 10", "hours_per_day", 10),
    ("--days 5", "days_per_week", 5),
    ("--growth 10%", "growth_per_month", 0.1),
    ("--ttft 2", "ttft_s", 2),
    ("--tokens-per-s 20", "tokens_per_s", 20),
    ("--quality 60", "quality_floor", 60),
    ("--need hipaa --need gdpr", "needs", ["hipaa", "gdpr"]),
    ("--region eu", "region", "eu"),
    ("--signed openai", "signed", ["openai"]),
    ("--team-hours 20", "team_hours_per_month", 20),
    (f"--api {MINI} --api cohere/command-a", "apis", [MINI, "cohere/command-a"]),
    (f"--own {L4}", "machines", [L4]),
    ("--no-hybrid", "hybrid", False),
    ("--hybrid", "hybrid", True),
    ("--spare 0", "spare_units", 0),
    ("--tariff de", "tariff", "de"),
    ("--usd-per-kwh 0.2", "usd_per_kwh", 0.2),
    ("--set life_years=4 --set resale_share=20%", "allowances",
     {"life_years": 4, "resale_share": 0.2}),
    ("--hardware-usd rtx-4090=2k", "hardware_usd", {"rtx-4090": 2000}),
    ("--rent l4=0.5", "rent_usd_per_hour", {"l4": 0.5}),
    ("--as-of 2026-11-01", "as_of", "2026-11-01"),
    ("--preset rag", "preset", "rag"),
    ("--preset code --quality 0", "quality_floor", 0),
    ("--preset chat --hours 24", "hours_per_day", 24),
]  # fmt: skip


@pytest.mark.parametrize(("flags", "field", "value"), FLAGS, ids=[each[0] for each in FLAGS])
def test_a_flag_sets_its_field(asked, flags, field, value):
    assert asked(*flags.split())[field] == value


def test_flags_stand_over_the_preset_and_leave_the_rest_of_it(asked):
    question = asked("--preset", "code", "--requests", "5k")
    assert question["requests_per_month"] == 5000
    assert question["needs"] == ["trade_secrets"]


def test_every_field_but_a_few_can_be_said():
    reached = {field for _, field, _ in FLAGS}
    elsewhere = {"version", "traffic", "cache_write_share", "volume_error"}
    assert set(Question.__struct_fields__) - reached == elsewhere


def test_every_need_can_be_said():
    from typing import get_args

    assert set(NEEDS) == set(get_args(Need))


def test_the_classic_table_stands_in_the_output(plan):
    shown = plan("--preset", "classic")
    for usd in ("$0.00", "$2.85", "$5.50", "$8.80", "$47.50", "$66.00"):
        assert usd in shown


def test_json_is_the_report_with_exact_money(plan):
    report = json.loads(plan("--preset", "classic", "--json"))
    assert [float(row["usd_per_month"]) for row in report["classic"]] == [
        0,
        2.85,
        2.85,
        5.5,
        8.8,
        47.5,
        47.5,
        66,
    ]


def test_csv_is_one_line_an_option(plan):
    report = json.loads(plan("--json"))
    rows = list(csv.DictReader(StringIO(plan("--csv"))))
    assert [row["option"] for row in rows] == [each["id"] for each in report["options"]]
    assert [row["usd_per_month"] or None for row in rows] == [
        each["usd_per_month"] for each in report["options"]
    ]


def test_markdown_begins_with_the_verdict_and_holds_a_table(plan):
    report = json.loads(plan("--json"))
    text = plan("--markdown")
    assert report["verdict"]["sentence"] in text.splitlines()[0]
    assert sum(line.startswith("|") for line in text.splitlines()) > len(report["options"])


@pytest.mark.parametrize(
    "forms", [("--json", "--csv"), ("--csv", "--markdown"), ("--json", "--csv", "--markdown")]
)
def test_one_form_at_a_time(plan, forms):
    said = plan(*forms, code=2)
    assert "--json" in said
    assert "--csv" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--preset", "nope"], "nope"),
        (["--tokens", "many"], "many"),
        (["--tokens", "nan"], "monthly_tokens"),
        (["--tokens", "-5"], "monthly_tokens"),
        (["--output-share", "130%"], "output_share"),
        (["--need", "fame"], "fame"),
        (["--own", "llama@l4"], "llama"),
        (["--own", "x"], "MODEL@HARDWARE"),
        (["--api", "openai/gpt-4o-mni"], MINI),
        (["--set", "coffee=3"], "coffee"),
        (["--set", "life_years"], "life_years"),
        (["--rent", "l4=nan"], "rent_usd_per_hour"),
        (["--tariff", "atlantis"], "atlantis"),
        (["--as-of", "yesterday"], "as_of"),
        (["--spare", "-1"], "--spare"),
        (["--from", "no-such-file.csv"], "no-such-file.csv"),
    ],
)
def test_what_cannot_be_meant_is_exit_2_with_the_way_out(plan, arguments, says):
    said = plan(*arguments, code=2)
    assert says in said
    assert "Traceback" not in said


def test_a_trace_gives_a_full_plan(plan, tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text(TRACE)
    report = json.loads(plan("--from", str(path), "--json"))
    assert report["question"]["traffic"]["format"] == "azure_trace"
    # Three requests in ten minutes, over and over for 730 hours.
    assert report["workload"]["requests_per_month"] == pytest.approx(3 * 6 * 730)
    assert report["verdict"]["option"]
    assert report["workload"]["notes"]
    scaled = json.loads(plan("--from", str(path), "--requests", "1M", "--json"))
    assert scaled["workload"]["requests_per_month"] == 1_000_000


def test_reading_a_file_keeps_standard_output_clean(plan, tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text(TRACE)
    assert plan("--from", str(path), "--csv").startswith("option,")


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"a,b\n1,2\n", b"\x00\x01\x02\xff" * 50, b'{"question": 5}', b"TIMESTAMP\n1\n"],
    ids=["empty", "blank", "columns of nothing", "bytes", "no usage", "too few columns"],
)
def test_a_file_that_is_no_usage_is_exit_2_with_a_sentence(plan, tmp_path, content):
    path = tmp_path / "usage.csv"
    path.write_bytes(content)
    said = plan("--from", str(path), code=2)
    assert "Traceback" not in said
    assert "usage.csv" in said


def test_an_empty_ledger_is_a_sentence(plan, tmp_path):
    from headgate.ledger.store import LedgerStore

    path = tmp_path / "ledger.sqlite3"
    LedgerStore.open(path).close()
    said = plan("--from", "ledger", "--db", str(path), code=2)
    assert "ledger" in said
    assert "hint" in said


@pytest.fixture
def earlier(plan, tmp_path):
    """The JSON of an earlier report, as a file."""
    trace = tmp_path / "trace.csv"
    trace.write_text(TRACE)
    path = tmp_path / "report.json"
    path.write_text(plan("--from", str(trace), "--need", "gdpr", "--set", "life_years=4", "--json"))
    return path


def test_an_earlier_report_is_made_again_to_the_last_cent(plan, earlier):
    assert run_again(plan, earlier) == earlier.read_text()


def run_again(plan, path, *arguments):
    return plan("--rerun", str(path), "--json", *arguments)


def test_an_earlier_report_keeps_its_day(earlier, capsys):
    assert run(["plan", "--rerun", str(earlier), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    first = json.loads(earlier.read_text())
    assert again["question"] == first["question"]
    assert again["options"] == first["options"]


def test_flags_stand_over_an_earlier_report(plan, earlier):
    again = json.loads(run_again(plan, earlier, "--tariff", "de"))
    first = json.loads(earlier.read_text())
    assert again["question"] == {**first["question"], "tariff": "de"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"question": 5}',
        b'{"question": "ab"}',
        b'{"question": null}',
        b'{"question": {"colour": 1}}',
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b'{"question":' + b"[" * 200_000,
    ],
    ids=["empty", "list", "none", "number", "text", "null", "unknown", "bytes", "deep", "deeper"],
)
def test_what_is_no_report_is_exit_2_with_one_sentence(plan, tmp_path, content):
    path = tmp_path / "report.json"
    path.write_bytes(content)
    said = plan("--rerun", str(path), code=2)
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) <= 2


def test_a_page_is_written_with_the_report_inside(plan, tmp_path):
    if not STATIC.joinpath("index.html").is_file():
        pytest.skip("the page is not built: `make page`")
    path = tmp_path / "report.html"
    assert plan("--html", str(path)) == ""
    text = path.read_text("utf-8")
    report = json.loads(plan("--json"))
    assert report["verdict"]["sentence"] in text
    assert "<script src=" not in text


def test_a_page_that_cannot_be_written_is_a_sentence(plan, tmp_path):
    said = plan("--html", str(tmp_path / "no" / "folder" / "report.html"), code=1)
    assert said.startswith("cannot write")
    assert "bug" not in said


def test_help_shows_examples_and_every_flag(capsys):
    assert run(["plan", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "headgate plan --preset classic" in shown
    for flags, _, _ in FLAGS:
        assert flags.split()[0] in shown
