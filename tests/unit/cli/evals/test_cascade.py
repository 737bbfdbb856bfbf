"""`headgate eval cascade`, as it is typed."""

import json
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from headgate.cli.evals.cascade import command
from headgate.core.errors import HeadgateError
from support.labelled_cascades import rows, write


@pytest.fixture
def data(tmp_path):
    return str(write(tmp_path / "sums.jsonl", rows(120)))


def run(*arguments):
    return CliRunner().invoke(command, [*arguments, "--splits", "2"])


def test_the_table_has_every_router_and_a_verdict(data):
    out = run(data).stdout
    assert "learned from 84 questions, scored on 36 others" in out
    assert "members: small, better (2×)" in out
    for router in ("cascade", "disagreement", "random", "prompt length", "prompt words"):
        assert f"\n{router}\t" in out
    assert "at equal dollars the cascade is above every prompt-only router" in out


def test_json_has_the_same_numbers(data):
    document = json.loads(run(data, "--json").stdout)["sums"]
    assert document["partners"] == {"small, better": 2}
    by_name = {each["router"]: each for each in document["routers"]}
    assert by_name["random"]["apgr"]["mean"] == pytest.approx(0.5)
    assert f"{by_name['cascade']['apgr']['mean']:.3f}" in run(data).stdout


def test_the_seed_decides(data):
    assert run(data, "--json").stdout == run(data, "--json", "--seed", "1").stdout
    assert run(data, "--json").stdout != run(data, "--json", "--seed", "2").stdout


def test_the_picture_is_a_drawing_with_a_line_for_each_router(data, tmp_path):
    run(data, "--picture", str(tmp_path / "curve.svg"))
    root = ElementTree.parse(tmp_path / "curve.svg").getroot()
    assert root.tag.endswith("svg")
    texts = [each.text for each in root.iter() if each.tag.endswith("text")]
    assert {"sums", "cascade", "random", "prompt words"} <= set(texts)


def test_members_are_named_or_counted(data):
    found = json.loads(run(data, "--json", "--members", "other,small").stdout)["sums"]
    assert found["partners"] == {"other, small": 2}
    found = json.loads(run(data, "--json", "--members", "3").stdout)["sums"]
    assert [len(names.split(",")) for names in found["partners"]] == [3]


def test_prices_decide_what_money_buys(data):
    def margin(*prices):
        return json.loads(run(data, "--json", *prices).stdout)["sums"]

    free = margin("--local-usd-per-mtok", "0/0")
    dear = margin("--local-usd-per-mtok", "2.5/10")
    assert free["routers"][0]["quality"][0] is not None
    assert dear["routers"][0]["quality"][20] is None
    assert dear["margin"] is None
    longer = margin("--strong-answer-tokens", "500", "--strong-usd-per-mtok", "1/2")
    assert longer["strong_usd"] == pytest.approx(500 * 2 / 1e6, rel=0.1)


def test_where_the_strong_model_is_no_better_there_is_no_gap_to_recover(tmp_path):
    lines = rows(60)
    for line in lines:
        line["strong"] = 0.0
    out = run(str(write(tmp_path / "a.jsonl", lines))).stdout
    assert "\ncascade\t–\t–\t–\n" in out


def test_files_of_one_name_are_told_apart(data, tmp_path):
    (tmp_path / "more").mkdir()
    other = str(write(tmp_path / "more" / "sums.jsonl", rows(60)))
    assert set(json.loads(run(data, other, "--json").stdout)) == {data, other}


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--members", "4"], "--members 4: the data has 3 cheap models"),
        (["--members", "0"], "--members 0: the data has 3 cheap models"),
        (["--members", "small,bigger"], "no model is called 'bigger'; there are small, other"),
        (["--strong-usd-per-mtok", "ten"], "'ten' is not two prices, as 2.5/10"),
        (["--local-usd-per-mtok", "1/-1"], "'1/-1' is not two prices of 0 or more"),
        (["--local-usd-per-mtok", "nan/1"], "'nan/1' is not two prices of 0 or more"),
    ],
)
def test_what_cannot_be_meant_is_said(data, options, complaint):
    result = run(data, *options)
    assert result.exit_code == 2
    assert complaint in " ".join(result.stderr.split())


def test_a_bad_row_is_one_sentence_with_its_line(tmp_path):
    lines = rows(30)
    del lines[4]["cheap"]
    path = write(tmp_path / "bad.jsonl", lines)
    error = run(str(path)).exception
    assert isinstance(error, HeadgateError)
    assert error.message == f"`{path}`, line 5: Object missing required field `cheap`"
