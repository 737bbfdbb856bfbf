import io
import json
from pathlib import Path

import pytest

from headgate.cli.main import run
from support.upstream import Upstream


@pytest.fixture
def upstream():
    with Upstream() as upstream:
        target = f"{{backend: openai_compatible, model: m, base_url: '{upstream.base_url}'}}"
        Path("headgate.yaml").write_text(
            f"targets:\n  box: {target}\nledger: {{path: ledger.sqlite3}}\n"
        )
        yield upstream


def test_the_answer_is_on_stdout_and_who_gave_it_on_stderr(upstream, capsys):
    assert run(["ask", "Hello"]) == 0
    out, err = capsys.readouterr()
    assert out.strip()
    assert err.startswith("box · ")
    [request] = upstream.requests
    assert json.loads(request.body)["messages"] == [{"role": "user", "content": "Hello"}]


def test_a_piped_prompt_is_read(upstream, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("from a pipe"))
    assert run(["ask", "--max-tokens", "5"]) == 0
    body = json.loads(upstream.requests[0].body)
    assert (body["messages"][0]["content"], body["max_tokens"]) == ("from a pipe", 5)


def test_json_is_one_document_with_the_decision(upstream, capsys):
    assert run(["ask", "Hello", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["object"] == "chat.completion"
    assert answer["headgate"]["target"] == "box"


def test_a_dry_run_says_where_it_would_go_and_sends_nothing(upstream, capsys):
    assert run(["ask", "Hello", "--dry-run"]) == 0
    first, *reasons = capsys.readouterr().out.splitlines()
    assert first == "1. box"
    assert "   privacy: nothing in the request has to stay local" in reasons
    assert run(["ask", "Hello", "--dry-run", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"facts", "decision"}
    assert upstream.requests == []


def test_a_dry_run_says_why_a_target_is_refused(upstream, capsys):
    text = Path("headgate.yaml").read_text()
    gone = "routes:\n  r: {targets: [box], privacy: {labels: [phi]}}\n"
    Path("headgate.yaml").write_text(text.replace("model: m", "model: m, local: false") + gone)
    assert run(["ask", "Hello", "--label", "phi", "--dry-run"]) == 0
    refused, reason = capsys.readouterr().out.splitlines()
    assert refused == "refused: box"
    assert reason.startswith("   privacy: ")
    assert run(["ask", "Hello", "--label", "phi"]) == 4
    assert upstream.requests == []


def test_a_model_nobody_knows_is_exit_2(upstream, capsys):
    assert run(["ask", "Hello", "-m", "nothing"]) == 2
    assert "no route, target or model is called `nothing`" in capsys.readouterr().err


def test_without_a_prompt_on_a_terminal_it_does_not_wait(upstream, capsys, monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", terminal)
    assert run(["ask"]) == 2
    assert "nothing was asked" in capsys.readouterr().err
