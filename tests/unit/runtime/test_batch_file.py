"""A batch from file to file, in this process."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from headgate.config.load import settings_from
from headgate.core.errors import OperatorError
from headgate.ledger.batch_store import BatchStore, Counts
from headgate.runtime.batch_file import BadBatch, FileBatch
from support.behaviours import OK
from support.gateways import box, config
from support.upstream import Upstream


def batch(folder: Path, content: str, **more: Any) -> FileBatch:
    (folder / "in.jsonl").write_text(content)
    return FileBatch(source=folder / "in.jsonl", output=folder / "out.jsonl", **more)


def body(text: str) -> str:
    return json.dumps({"model": "chat", "messages": [{"role": "user", "content": text}]}) + "\n"


def run(made: FileBatch, upstream: Upstream) -> Counts:
    seen: list[Counts] = []
    settings = settings_from(config({"own": box(upstream)}), {})
    counts = asyncio.run(made.run(settings, seen.append))
    assert seen[-1] == counts
    return counts


def test_every_line_is_answered_and_empty_ones_are_none(tmp_path: Path) -> None:
    with Upstream(OK) as upstream:
        counts = run(batch(tmp_path, body("one") + "\n" + body("two")), upstream)
    assert counts == Counts(2, 2, 0)
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["custom_id"] for line in lines] == ["1", "3"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_labels_are_declared_for_every_line(tmp_path: Path) -> None:
    made = batch(tmp_path, body("one"), labels=frozenset({"phi"}))
    settings = settings_from(config({"own": box(upstream := Upstream(OK), local=False)}), {})
    with upstream:
        counts = asyncio.run(made.run(settings, lambda _: None))
    assert counts == Counts(1, 0, 1)
    assert upstream.requests == []


def test_bad_lines_are_named_and_leave_nothing_behind(tmp_path: Path) -> None:
    with Upstream(OK) as upstream, pytest.raises(BadBatch, match=r"in\.jsonl:2: ") as caught:
        run(batch(tmp_path, body("one") + "[]\n"), upstream)
    assert "nothing was sent" in (caught.value.hint or "")
    assert upstream.requests == []


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    made = FileBatch(source=tmp_path / "none.jsonl", output=tmp_path / "out.jsonl")
    with Upstream(OK) as upstream, pytest.raises(OperatorError, match="cannot be read"):
        run(made, upstream)


def test_bad_lines_can_be_mended_and_another_input_is_not_gone_on_with(tmp_path: Path) -> None:
    with Upstream(OK) as upstream:
        with pytest.raises(BadBatch):
            run(batch(tmp_path, body("one") + "[]\n"), upstream)
        assert run(batch(tmp_path, body("one") + body("two")), upstream) == Counts(2, 2, 0)
        (tmp_path / "out.jsonl").unlink()
        made = batch(tmp_path, body("one"))
        store = BatchStore(made.journal)
        store.put_batch("file", b'{"input_sha256":"x","endpoint":"/v1/other"}', is_over=False)
        store.close()
        with pytest.raises(OperatorError, match="is not what"):
            run(made, upstream)
        assert len(upstream.requests) == 2
