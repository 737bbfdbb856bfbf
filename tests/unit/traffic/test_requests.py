"""Requests of a file, one by one."""

from itertools import pairwise
from pathlib import Path

import pytest

from headgate.traffic.bad_file import BadUsageFile
from headgate.traffic.requests import Request, open_requests
from support.usage import TRACES

AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens\n"


def write(folder: Path, text: str, name: str = "trace.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_requests_come_in_the_order_of_time(tmp_path: Path) -> None:
    text = AZURE + "2023-11-16 18:00:02.5,30,3\n2023-11-16 18:00:01,10,1\n"
    with open_requests(write(tmp_path, text)) as found:
        rows = list(found.rows)
    assert (found.format, found.is_dated, found.left_out) == ("azure_trace", True, 0)
    assert [(row.number, row.input_tokens, row.output_tokens) for row in rows] == [
        (2, 10, 1),
        (1, 30, 3),
    ]
    assert rows[1].at - rows[0].at == 1.5


def test_times_since_the_first_and_blocks_of_prompts_are_read(tmp_path: Path) -> None:
    line = '{"timestamp": 1500, "input_length": 600, "output_length": 5, "hash_ids": [7, 8]}\n'
    with open_requests(write(tmp_path, line, "mooncake.jsonl")) as found:
        (row,) = found.rows
    assert row == Request(
        number=1, at=1.5, input_tokens=600, output_tokens=5, prefix_blocks="[7,8]"
    )
    assert not found.is_dated


def test_rows_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    good = "2023-11-16 18:00:01,10,1\n" * 3
    text = AZURE + good + "never,10,1\n2023-11-16 18:00:02,x,1\n"
    with open_requests(write(tmp_path, text)) as found:
        assert len(list(found.rows)) == 3
    assert found.left_out == 2


def test_without_times_nothing_can_be_replayed(tmp_path: Path) -> None:
    path = write(tmp_path, "input_tokens,output_tokens\n5,5\n")
    with pytest.raises(BadUsageFile, match="does not say when"), open_requests(path):
        pass


def test_sums_cannot_be_replayed(tmp_path: Path) -> None:
    path = write(tmp_path, "timestamp,input_tokens,output_tokens,requests\n2026-01-01,5,5,7\n")
    with pytest.raises(BadUsageFile, match="sums up several requests"), open_requests(path):
        pass


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(BadUsageFile, match="there is no such file"),
        open_requests(tmp_path / "none.csv"),
    ):
        pass


def test_the_public_trace_is_read_whole() -> None:
    with open_requests(TRACES / "AzureLLMInferenceTrace_conv_2023.csv") as found:
        rows = list(found.rows)
    assert len(rows) == 19_366
    assert all(one.at <= other.at for one, other in pairwise(rows))
