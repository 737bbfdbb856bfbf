"""`headgate batch` as a user runs it: whole, with bad lines, and through a kill."""

import json
import subprocess
from pathlib import Path
from typing import Any

from support.behaviours import BAD_REQUEST, OK, SILENT
from support.headgate_server import COMMAND, isolated_environment
from support.upstream import Upstream


def config(folder: Path, upstream: Upstream) -> Path:
    path = folder / "headgate.yaml"
    target = {"backend": "vllm", "base_url": upstream.base_url, "model": "m", "retries": 0}
    settings = {
        "targets": {"box": {**target, "capacity": {"max_concurrency": 1}}},
        "batches": {"lines_at_once": 1},
        "ledger": {"path": str(folder / "ledger.sqlite3")},
    }
    path.write_text(json.dumps(settings))
    return path


def begin(folder: Path, upstream: Upstream, *arguments: str) -> subprocess.Popen[str]:
    command = [str(COMMAND), "batch", "in.jsonl", "out.jsonl", "-c"]
    return subprocess.Popen(
        [*command, str(config(folder, upstream)), *arguments],
        cwd=folder,
        env=isolated_environment(folder),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(folder: Path, upstream: Upstream, *arguments: str) -> tuple[int, str]:
    with begin(folder, upstream, *arguments) as process:
        out, said = process.communicate(timeout=60)
        assert out == ""
        return process.returncode, said


def bodies(*texts: str) -> str:
    asked = ({"model": "auto", "messages": [{"role": "user", "content": t}]} for t in texts)
    return "".join(json.dumps(body) + "\n" for body in asked)


def results(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


def asked(upstream: Upstream) -> list[str]:
    return [json.loads(each.body)["messages"][0]["content"] for each in upstream.requests]


def test_every_line_has_its_result_in_the_order_of_the_input(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(bodies("one", "two", "three"))
    with Upstream(OK, BAD_REQUEST, OK) as upstream:
        code, said = run(tmp_path, upstream)
    assert (code, said) == (1, "out.jsonl: 2 answered, 1 failed\n")
    assert [each["custom_id"] for each in results(tmp_path)] == ["1", "2", "3"]
    assert [each["response"]["status_code"] for each in results(tmp_path)] == [200, 400, 200]
    assert not list(tmp_path.glob("out.jsonl.*"))


def test_after_a_kill_it_goes_on_and_asks_nothing_twice_that_it_knows(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(bodies("one", "two", "three", "four"))
    with Upstream(OK, OK, SILENT) as upstream:
        with begin(tmp_path, upstream) as process:
            upstream.wait_requests(3, timeout_s=30)
            process.kill()
        assert not (tmp_path / "out.jsonl").exists()
        assert asked(upstream) == ["one", "two", "three"]
        upstream.use(OK)
        code, said = run(tmp_path, upstream)
        assert (code, said) == (0, "out.jsonl: 4 answered, 0 failed\n")
        assert asked(upstream)[3:] == ["three", "four"]
    assert [each["custom_id"] for each in results(tmp_path)] == ["1", "2", "3", "4"]


def test_another_input_is_not_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(bodies("one", "two"))
    with Upstream(OK, SILENT) as upstream:
        with begin(tmp_path, upstream) as process:
            upstream.wait_requests(2, timeout_s=30)
            process.kill()
        (tmp_path / "in.jsonl").write_text(bodies("other"))
        code, said = run(tmp_path, upstream)
    assert code == 3
    assert "is not what" in said
    assert "out.jsonl.batch" in said


def test_bad_lines_are_named_and_nothing_is_sent(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(bodies("one") + '{"url": "/v1/models", "body": {}}\n{\n')
    with Upstream(OK) as upstream:
        code, said = run(tmp_path, upstream)
        assert not upstream.requests
    assert code == 2
    assert "in.jsonl:2: `url` must be one of" in said
    assert "in.jsonl:3: not a JSON object of a batch" in said
    assert "nothing was sent" in said
    assert not (tmp_path / "out.jsonl").exists()


def test_an_output_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(bodies("one"))
    (tmp_path / "out.jsonl").write_text("mine")
    with Upstream(OK) as upstream:
        code, said = run(tmp_path, upstream)
        assert not upstream.requests
    assert (code, (tmp_path / "out.jsonl").read_text()) == (3, "mine")
    assert "is there already" in said
