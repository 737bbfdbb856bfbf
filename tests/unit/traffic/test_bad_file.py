"""What people are told about files that cannot be used: one sentence, with the way out."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from headgate.traffic.bad_file import BadUsageFile, missing_columns
from headgate.traffic.read import read_file
from support.usage import HEADER

TIMES = "write all times in one unit, best as `2026-11-27T09:30:00Z`"
COUNTS = "count tokens one by one in every row: `1.2k` is `1200`"
HOW_TO_WRITE = "write counts like `1200` and times like `2026-11-27T09:30:00Z`"
EXPORT_AGAIN = "export a time in which some requests were answered"
RENAME = "rename the columns, or name another format; docs/guides/usage-files.md lists them"
QUOTES = 'a quotation mark inside of a cell is written twice: `"say ""hi"""`'
CUT_OFF = "export it again; the file may be cut off"
FAILED = "request_id,startTime,prompt_tokens,completion_tokens,status"


@dataclass(frozen=True)
class Case:
    id: str
    text: str
    says: str
    hint: str
    encoding: str = "utf-8"


CASES = [
    Case("empty", "", "`x.csv` is empty", EXPORT_AGAIN),
    Case("blank", "\n\n  \n", "`x.csv` is empty", EXPORT_AGAIN),
    Case("header only", f"{HEADER}\n", "`x.csv` has no requests", EXPORT_AGAIN),
    Case("empty list", "[]", "`x.csv` has no requests", EXPORT_AGAIN),
    Case("empty page", '{"object": "page", "data": []}', "`x.csv` has no requests", EXPORT_AGAIN),
    Case(
        "empty buckets",
        '{"data": [{"start_time": 1, "end_time": 2, "results": []}]}',
        "`x.csv` has no requests",
        EXPORT_AGAIN,
    ),
    Case(
        "misspelt columns",
        "time,input_tokns,output\n1,2,3\n",
        "`x.csv`, line 1: no column `input_tokens`, `output_tokens` for the format `generic`;"
        " nearest is `input_tokns`",
        RENAME,
    ),
    Case(
        "one column of a trace is missing",
        "TIMESTAMP,ContextTokens,Generated\n2026-01-01,2,3\n",
        "`x.csv`, line 1: no column `GeneratedTokens` for the format `azure_trace`;"
        " nearest is `Generated`",
        RENAME,
    ),
    Case(
        "JSON without tokens",
        '{"a": 1}\n',
        "`x.csv`, line 1: no column `input_tokens`, `output_tokens` for the format `generic`",
        RENAME,
    ),
    Case(
        "only bad rows",
        f"{HEADER}\n2026-01-01,m,-1,6\n2026-01-01,m,-2,6\n",
        "`x.csv`, line 2: 2 of 2 rows cannot be used, most because `input_tokens` is negative",
        HOW_TO_WRITE,
    ),
    Case(
        "more than half are bad",
        f"{HEADER}\n2026-01-01,m,1,6\n2026-01-01,m,,6\n2026-01-01,m,,6\nsoon,m,1,1\n",
        "`x.csv`, line 3: 3 of 4 rows cannot be used, most because `input_tokens` is empty",
        HOW_TO_WRITE,
    ),
    Case(
        "American dates",
        f"{HEADER}\n11/27/2026 9:30 PM,m,1,6\n",
        "`x.csv`, line 2: 1 of 1 rows cannot be used, most because `timestamp` is not a time",
        HOW_TO_WRITE,
    ),
    Case(
        "only failed requests",
        f"{FAILED}\nr1,2026-01-01,0,0,failure\n",
        "`x.csv`: none of 1 rows is a request with tokens: the request failed",
        EXPORT_AGAIN,
    ),
    Case(
        "seconds and milliseconds",
        f"{HEADER}\n1790000000,m,5,6\n1790000001000,m,12,6\n",
        "`x.csv`: `timestamp` is seconds since 1970 on line 2"
        " but milliseconds since 1970 on line 3",
        TIMES,
    ),
    Case(
        "numbers and dates",
        f"{HEADER}\n\n2026-01-01,m,5,6\n1790000001,m,12,6\n",
        "`x.csv`: `timestamp` is a date on line 3 but seconds since 1970 on line 4",
        TIMES,
    ),
    Case(
        "thousands among units",
        f"{HEADER}\n2026-01-01,m,1200,6\n2026-01-01,m,1.2k,6\n",
        "`x.csv`, line 3: `input_tokens` is `1.2k`, which is no whole number of tokens,"
        " but line 2 counts in whole tokens",
        COUNTS,
    ),
    Case(
        "fractions",
        f"{HEADER}\n2026-01-01,m,7,0.2\n",
        "`x.csv`, line 2: `output_tokens` is `0.2`, which is no whole number of tokens",
        COUNTS,
    ),
    Case(
        "UTF-16",
        f"{HEADER}\n",
        "`x.csv`, line 1: not UTF-8 but probably UTF-16 (bytes FF FE)",
        "`iconv -f UTF-16 -t UTF-8 x.csv > utf8-x.csv`",
        encoding="utf-16",
    ),
    Case(
        "UTF-16 without a mark",
        f"{HEADER}\n",
        "`x.csv`, line 1: not UTF-8 but probably UTF-16LE (every other byte is 00)",
        "`iconv -f UTF-16LE -t UTF-8 x.csv > utf8-x.csv`",
        encoding="utf-16-le",
    ),
    Case(
        "Latin-1",
        f"{HEADER}\n2026-01-01,m,1,1\n2026-01-01,café,1,1\n",
        "`x.csv`, line 3: not UTF-8 but probably ISO-8859-1 (byte E9)",
        "`iconv -f ISO-8859-1 -t UTF-8 x.csv > utf8-x.csv`",
        encoding="latin-1",
    ),
    Case(
        "Windows, in lines of JSON",
        '{"input_tokens": 1, "output_tokens": 1}\n{"model": "“m”", "input_tokens": 1}\n',
        "`x.csv`, line 2: not UTF-8 but probably WINDOWS-1252 (byte 93)",
        "`iconv -f WINDOWS-1252 -t UTF-8 x.csv > utf8-x.csv`",
        encoding="cp1252",
    ),
    Case(
        "no text",
        "PK\x03\x04\x00\x00\x01abcdefgh",
        "`x.csv` is not a text file: it has a byte 00 in its first 15 bytes",
        "give it as CSV, JSON or JSONL, plain or compressed with gzip or zstd",
    ),
    Case(
        "an open quotation mark",
        f'{HEADER}\n2026-01-01,m,1,1\n2026-01-01,"m,1,1\n2026-01-01,m,1,1\n',
        "`x.csv`, line 3: a quotation mark is not closed, or closed too early",
        QUOTES,
    ),
    Case(
        "two kinds of line ends",
        f"{HEADER}\n2026-01-01,m,1,1\n2026-01-01,m,1,1\r\n2026-01-01,m,1,1\n",
        "`x.csv`, line 3: the line ends unlike the first one",
        r"`tr -d '\r' < x.csv` makes all line ends alike",
    ),
    Case(
        "Latin-1 in a document",
        '{"data": [\n{"model": "é", "input_tokens": 1, "output_tokens": 1}\n]}',
        "`x.csv`, line 2: not UTF-8 but probably ISO-8859-1 (byte E9)",
        "`iconv -f ISO-8859-1 -t UTF-8 x.csv > utf8-x.csv`",
        encoding="latin-1",
    ),
    Case(
        "a broken list",
        '[{"input_tokens": 1, "output_tokens": 2},\n{"input_tokens": 1, "output_tokens" 2}]',
        "`x.csv`, line 2: not JSON: expected ':'",
        CUT_OFF,
    ),
    Case(
        "a page that was cut off",
        '{"data": [\n{"start_time": 1,\n"results": [',
        "`x.csv`, line 3: not JSON: input data was truncated",
        CUT_OFF,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_one_sentence_says_where_and_why_and_what_to_do(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(case.text.encode(case.encoding))
    with pytest.raises(BadUsageFile) as failed:
        read_file(path)
    assert (str(failed.value), failed.value.hint) == (case.says, case.hint)
    assert (failed.value.exit_code, failed.value.http_status) == (2, 400)


def test_a_folder_and_nothing_at_all_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadUsageFile, match=r"`here` cannot be read: it is a folder"):
        read_file(tmp_path, name="here")
    with pytest.raises(BadUsageFile, match=r"`no.csv` cannot be read: no such file or directory"):
        read_file(tmp_path / "no.csv")


def test_a_format_nobody_wrote_is_refused_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"{HEADER}\n1,m,1,1\n")
    with pytest.raises(BadUsageFile, match="no usage format is called `azure_trac`") as failed:
        read_file(path, format="azure_trac")
    assert failed.value.hint == "did you mean `azure_trace`?"


def test_a_forced_format_names_the_columns_it_misses(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"{HEADER}\n1,m,1,1\n")
    with pytest.raises(BadUsageFile, match="no column `ContextTokens`, `GeneratedTokens` for"):
        read_file(path, format="azure_trace")


def test_names_of_files_are_quoted_for_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(f"{HEADER}\n".encode("utf-16"))
    with pytest.raises(BadUsageFile) as failed:
        read_file(path, name="my log.csv")
    assert failed.value.hint == "`iconv -f UTF-16 -t UTF-8 'my log.csv' > 'utf8-my log.csv'`"


def test_columns_that_resemble_nothing_have_no_nearest() -> None:
    error = missing_columns("x", format_name="generic", wanted=["input_tokens"], found=["q"])
    assert str(error) == "`x`, line 1: no column `input_tokens` for the format `generic`"
