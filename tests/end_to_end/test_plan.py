"""The planner through the doors that people use: command, server, files."""

import json
import subprocess
from urllib.request import Request, urlopen

import pytest

from support.headgate_server import COMMAND, HeadgateServer, isolated_environment
from support.usage import TRACES

AZURE = TRACES / "AzureLLMInferenceTrace_conv_2023.csv"
MOONCAKE = TRACES / "mooncake_conversation_trace.jsonl"
# Counted with awk: requests, input and output tokens.
AZURE_COUNTS = (19_366, 22_361_870, 4_088_665)
MOONCAKE_COUNTS = (12_031, 144_793_823, 4_122_048)
PATIENCE_S = 60
TITLE = "monthly cost comparison"
SEED = [
    ("llama-3.1-8b@m3-max-64:desk", 0),
    ("openai/gpt-4o-mini", 2.85),
    ("cohere/command-r", 2.85),
    ("anthropic/claude-3-haiku", 5.50),
    ("together/llama-3.1-70b-turbo", 8.80),
    ("openai/gpt-4o", 47.50),
    ("cohere/command-r-plus", 47.50),
    ("anthropic/claude-3-5-sonnet", 66.00),
]
SEED_NAMES = ["M3 Max", "GPT-4o-mini", "Command R", "Haiku", "70B", "GPT-4o", "R+", "Sonnet"]
RETIRED = {
    "anthropic/claude-3-haiku",
    "together/llama-3.1-70b-turbo",
    "anthropic/claude-3-5-sonnet",
}
needs_traces = pytest.mark.skipif(
    not TRACES.exists(), reason="the shared traces are not on this machine"
)


@pytest.fixture
def headgate(tmp_path):
    """Run the command on a machine with nothing."""

    def headgate(*arguments, code=0):
        done = subprocess.run(
            [COMMAND, *arguments],
            env=isolated_environment(tmp_path),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    return headgate


def assert_is_the_seed_s(rows):
    assert [(row["option"], float(row["usd_per_month"])) for row in rows] == SEED
    assert {row["option"] for row in rows if row["retired"]} == RETIRED
    for row in rows:
        assert float(row["honest_usd_per_month"]) > float(row["usd_per_month"])
        if row["retired"]:
            assert float(row["successor"]["usd_per_month"]) > 0


def test_the_classic_table_from_the_command(headgate):
    lines = [line.split("\t") for line in headgate("plan", "--preset", "classic").splitlines()]
    begin = next(index for index, line in enumerate(lines) if line[:1] == [TITLE])
    rows = lines[begin + 1 : begin + 9]
    assert [row[1] for row in rows] == [f"${usd:.2f}" for _, usd in SEED]
    for row, name in zip(rows, SEED_NAMES, strict=True):
        assert name in row[0]
    assert sum("retired" in " ".join(row) for row in rows) == len(RETIRED)


def test_the_classic_table_from_the_command_as_json(headgate):
    assert_is_the_seed_s(json.loads(headgate("plan", "--preset", "classic", "--json"))["classic"])


def test_the_classic_table_from_the_api(tmp_path):
    with HeadgateServer(tmp_path, None) as server:
        link = f"{server.root_url}/api/plan?v=1&preset=classic"
        with urlopen(link, timeout=PATIENCE_S) as answer:
            assert_is_the_seed_s(json.load(answer)["classic"])
        body = json.dumps({"preset": "classic"}).encode()
        request = Request(f"{server.root_url}/api/plan", body, {"content-type": "application/json"})
        with urlopen(request, timeout=PATIENCE_S) as answer:
            assert_is_the_seed_s(json.load(answer)["classic"])


def assert_is_full(report):
    """Everything that a plan says is said."""
    verdict = report["verdict"]
    assert verdict["option"] in {each["id"] for each in report["options"]}
    assert verdict["sentence"]
    assert verdict["reasons"]
    assert verdict["flips"]
    assert verdict["rule_of_thumb"]
    assert report["curves"]["lines"]
    assert report["tornado"]
    assert report["sources"]
    assert report["unknowns"]
    allowed = [each for each in report["options"] if each["is_allowed"]]
    assert len(allowed) >= 5
    assert sum(each["p_cheapest"] or 0 for each in allowed) == pytest.approx(1)
    for option in allowed:
        lines = sum(float(line["usd"]) for line in option["lines"])
        assert lines == pytest.approx(float(option["usd_per_month"]), rel=1e-9)
    assert any(each["latency"] for each in allowed if each["kind"] == "own")


def counts(traffic):
    assert traffic["dropped"] == []
    return traffic["requests"], traffic["input_tokens"], traffic["output_tokens"]


@needs_traces
def test_the_azure_trace_gives_a_full_plan(headgate):
    report = json.loads(headgate("plan", "--from", str(AZURE), "--json"))
    assert_is_full(report)
    traffic, workload = report["question"]["traffic"], report["workload"]
    assert traffic["format"] == "azure_trace"
    assert counts(traffic) == AZURE_COUNTS
    requests, read, written = AZURE_COUNTS
    months = 730 * 3600 / traffic["span_s"]
    assert workload["requests_per_month"] == pytest.approx(requests * months)
    assert workload["tokens_per_month"] == pytest.approx((read + written) * months, rel=1e-6)
    assert workload["mean_input_tokens"] == pytest.approx(read / requests, rel=1e-6)


@needs_traces
def test_the_mooncake_trace_gives_a_full_plan(headgate):
    report = json.loads(headgate("plan", "--from", str(MOONCAKE), "--json"))
    assert_is_full(report)
    traffic = report["question"]["traffic"]
    assert traffic["format"] == "mooncake"
    assert counts(traffic) == MOONCAKE_COUNTS
    assert 0 < traffic["prefix_hit_share"] < 1
    assert any("prefix" in note for note in report["workload"]["notes"])


@needs_traces
def test_a_plan_from_a_file_is_made_again_without_the_file(headgate, tmp_path):
    first = headgate("plan", "--from", str(AZURE), "--json")
    (tmp_path / "report.json").write_text(first)
    assert headgate("plan", "--rerun", "report.json", "--json") == first
